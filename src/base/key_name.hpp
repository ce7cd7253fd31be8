// SPDX-License-Identifier: Apache-2.0
// The grammar of keys (docs/protocol.md, section 5).
#pragma once

#include <cstddef>
#include <string_view>

namespace dsn::inline base {

inline constexpr std::size_t kKeyNameBytesMax = 64;

/// UTF-8 of 1 to kKeyNameBytesMax bytes without control and format characters, blanks at its ends,
/// and empty parts between '/': what programs may set.
[[nodiscard]] bool is_key_name(std::string_view text);

/// The key of a sensor: parts of a-z, 0-9 and '_', separated by '/', of which the first begins with
/// a letter; at most kKeyNameBytesMax bytes.
[[nodiscard]] bool is_sensor_key(std::string_view text);

/// The database that a key belongs to: what is before its first '/'. Empty if there is none.
[[nodiscard]] std::string_view database_of(std::string_view key);

/// The grammar of a sensor's key as a regular expression (ECMA 262), for the schema of the
/// configuration.
inline constexpr char kSensorKeyPattern[] = "^[a-z][a-z0-9_]*(/[a-z0-9_]+)*$";

}  // namespace dsn::inline base
