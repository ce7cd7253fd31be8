// SPDX-License-Identifier: Apache-2.0
// The grammar of the names of application messages (docs/protocol.md, section 6.8).
#pragma once

#include <cstddef>
#include <string_view>

namespace dsn::inline base {

inline constexpr std::size_t kMessageNameBytesMax = 64;

/// UTF-8 of 1 to kMessageNameBytesMax bytes without control and format characters, and without
/// blanks at its ends.
[[nodiscard]] bool is_message_name(std::string_view name);

}  // namespace dsn::inline base
