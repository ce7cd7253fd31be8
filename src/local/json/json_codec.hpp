// SPDX-License-Identifier: Apache-2.0
// JSON that arrives, and dsn::Value from it (docs/local-api.md, section "Values").
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "dsn/value.hpp"

namespace dsn::local {

/// JSON that arrives: its members are sorted, so that an object of thousands of members stays
/// cheap.
using JsonIn = nlohmann::json;

/// The most levels of a line: eight of a value, each of them up to three as {"$map": [[k, v]]}, and
/// the levels of the message around it. A deeper line is refused before it is parsed.
inline constexpr std::size_t kJsonDepthMax = 40;

/// The largest encoding that the API translates. A node takes no more than
/// wire::kValueBytesMax and refuses what is larger with a reason of its own.
inline constexpr std::size_t kJsonValueBytesMax = 16 * 1024;

/// The largest payload of a message.
inline constexpr std::size_t kJsonPayloadBytesMax = 64 * 1024;

/// Parses one line. Nothing if it is not exactly one JSON text of at most kJsonDepthMax levels.
/// Does not throw.
[[nodiscard]] std::optional<JsonIn> parse_json(std::string_view line);

/// An element of a list that is the result of a request, and the number of the request. True if it
/// was taken.
using TakeElement = std::function<bool(std::uint64_t id, const JsonIn& element)>;

/// The same of an answer whose result may be a list, which may be long: its elements, which are
/// objects two levels below the outermost one, are offered to `take`, and left out of what is
/// returned if it took them. The id of the request has to stand before the result.
[[nodiscard]] std::optional<JsonIn> parse_answer(std::string_view line, const TakeElement& take);

/// The reverse of append_value(). Nothing if the value is too deep, too large or a map with two
/// equal keys.
[[nodiscard]] std::optional<Value> value_from_json(const JsonIn& json,
                                                   std::size_t bytes_max = kJsonValueBytesMax);

}  // namespace dsn::local
