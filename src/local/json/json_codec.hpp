// SPDX-License-Identifier: Apache-2.0
// dsn::Value as JSON and back (docs/local-api.md, section "Values").
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "dsn/value.hpp"

namespace dsn::local {

/// JSON that arrives: its members are sorted, so that an object of thousands of members stays
/// cheap.
using JsonIn = nlohmann::json;
/// JSON that leaves: its members are in the documented order.
using JsonOut = nlohmann::ordered_json;

/// The most levels of a line: eight of a value, each of them up to three as {"$map": [[k, v]]}, and
/// the levels of the message around it. A deeper line is refused before it is parsed.
inline constexpr std::size_t kJsonDepthMax = 40;

/// The largest encoding that the API translates. A node takes no more than
/// wire::kValueBytesMax and refuses what is larger with a reason of its own.
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

/// The reverse. Nothing if the value is too deep, too large or a map with two equal keys.
[[nodiscard]] std::optional<Value> value_from_json(const JsonIn& json);

/// "nan", "inf" or "-inf" if the value is such a real, which JSON cannot express; else nothing.
[[nodiscard]] std::optional<std::string_view> non_finite_note(const Value& value);

/// The value behind a note; nothing for an unknown one.
[[nodiscard]] std::optional<Value> value_from_note(std::string_view note);

}  // namespace dsn::local
