// SPDX-License-Identifier: Apache-2.0
// The grammar of the names of nodes (docs/protocol.md, section 2).
#pragma once

#include <cstddef>
#include <string_view>

namespace dsn::inline base {

inline constexpr std::size_t kNodeNameBytesMax = 63;

/// 1 to kNodeNameBytesMax characters of a-z, 0-9, '-' and '_', of which '-' and '_' are neither
/// first nor last: no two names look the same, and none can command a terminal.
[[nodiscard]] bool is_node_name(std::string_view text);

}  // namespace dsn::inline base
