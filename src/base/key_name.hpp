// SPDX-License-Identifier: Apache-2.0
// The grammar of the keys under which readings are published (docs/protocol.md, section 5).
#pragma once

#include <cstddef>
#include <string_view>

namespace dsn::inline base {

inline constexpr std::size_t kKeyNameBytesMax = 64;

/// Parts of a-z, 0-9 and '_', separated by '/', of which the first begins with a letter; at most
/// kKeyNameBytesMax bytes.
[[nodiscard]] bool is_key_name(std::string_view text);

/// The grammar as a regular expression (ECMA 262), for the schema of the configuration.
inline constexpr char kKeyNamePattern[] = "^[a-z][a-z0-9_]*(/[a-z0-9_]+)*$";

}  // namespace dsn::inline base
