// SPDX-License-Identifier: Apache-2.0
// The messages of the local API as JSON and back, for the server and the client
// (docs/local-api.md). The members of each are listed in json_members.hpp and
// json_status_members.hpp.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "dsn/result.hpp"
#include "local/json/json_codec.hpp"
#include "local/json/json_members.hpp"
#include "local/json/json_reader.hpp"
#include "local/json/json_status_members.hpp"
#include "local/json/json_writer.hpp"

namespace dsn::local {

/// Appends a message as one line without the line feed. Readings and events say when it was, if
/// there is a clock.
template <typename T>
void append_json(std::string& out, const T& message, const WallClock* clock = nullptr) {
  JsonWriter::object(out, clock, [&message](JsonWriter& writer) { members(writer, message); });
}

template <typename T>
[[nodiscard]] std::string encode_json(const T& message) {
  std::string json;
  append_json(json, message);
  return json;
}
template <typename T>
[[nodiscard]] std::string encode_json(const T& message, const WallClock& clock) {
  std::string json;
  append_json(json, message, &clock);
  return json;
}

/// Nothing if a member is missing or wrong. Members that this version does not know are ignored, so
/// that an older client can talk to a newer agent.
template <typename T>
[[nodiscard]] std::optional<T> decode_json(const JsonIn& json) {
  JsonReader reader(json);
  T message;
  members(reader, message);
  return reader.ok() ? std::optional(std::move(message)) : std::nullopt;
}

/// The same for the parameters of a request, which a person may have typed: an unknown member is an
/// error too, and the error names the member that is wrong.
template <typename T>
[[nodiscard]] Result<T> decode_params(const JsonIn& json) {
  JsonReader reader(json);
  T params;
  members(reader, params);
  reader.refuse_others();
  if (!reader.ok()) return Error{reader.problem(), ErrorCode::invalid_argument};
  return params;
}

}  // namespace dsn::local
