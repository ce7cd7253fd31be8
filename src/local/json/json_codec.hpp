// SPDX-License-Identifier: Apache-2.0
// dsn::Value as JSON and back (docs/local-api.md, section "Values").
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "dsn/value.hpp"

namespace dsn::local {

/// What arrives: members sorted, so that a hostile object of thousands of members stays cheap.
using JsonIn = nlohmann::json;
/// What leaves: members in the documented order.
using JsonOut = nlohmann::ordered_json;

/// The levels of a line: eight of a value, each up to three when it is a {"$map": [[k, v]]}, and
/// those of the message around it. Deeper lines are refused before anything is built from them.
inline constexpr std::size_t kJsonDepthMax = 40;

/// The hard limit of a value's encoding (design: 16 KiB); the backend may allow less.
inline constexpr std::size_t kJsonValueBytesMax = 16 * 1024;

/// Parses one line. Nothing if it is not exactly one JSON text of at most kJsonDepthMax levels.
/// Does not throw.
[[nodiscard]] std::optional<JsonIn> parse_json(std::string_view line);

/// One line without the line feed. Text that is not UTF-8 is repaired, never an exception.
[[nodiscard]] std::string dump_json(const JsonOut& json);

/// Bytes become {"$bytes": "00ff"}; a map with keys other than text {"$map": [[key, value], ...]};
/// a map whose only key would read as one of these gets one more '$' in front of it. Not-a-number
/// and infinities become null, see non_finite_note().
[[nodiscard]] JsonOut value_to_json(const Value& value);

/// The reverse. Nothing if the value is too deep, too large or has equal keys.
[[nodiscard]] std::optional<Value> value_from_json(const JsonIn& json);

/// "nan", "inf" or "-inf" if the value is such a real, which JSON cannot say; nothing otherwise.
[[nodiscard]] std::optional<std::string_view> non_finite_note(const Value& value);

/// The value behind a note; nothing for an unknown one.
[[nodiscard]] std::optional<Value> value_from_note(std::string_view note);

}  // namespace dsn::local
