// SPDX-License-Identifier: Apache-2.0
#include "local/json/json_writer.hpp"

#include <algorithm>

#include "local/json/json_reader.hpp"

namespace dsn::local {

/// A member of the network may claim an age of thousands of years. No client takes that, and
/// nanoseconds do not hold it.
JsonOut JsonWriter::encode(std::chrono::milliseconds span) {
  return std::clamp(span, std::chrono::milliseconds(0), kSpanMax).count();
}

/// A limit below zero goes out as it is: the agent refuses it with a reason.
JsonOut JsonWriter::encode(const std::optional<std::chrono::milliseconds>& limit) {
  return limit ? JsonOut(std::min(*limit, kSpanMax).count()) : JsonOut(nullptr);
}

JsonOut JsonWriter::encode(const std::vector<std::pair<std::string, std::uint64_t>>& counters) {
  JsonOut json = JsonOut::object();
  for (const auto& [name, count] : counters) json[name] = count;
  return json;
}

void JsonWriter::note(const Value& value) {
  if (const auto note = non_finite_note(value)) json_["note"] = *note;
}

void JsonWriter::time(std::chrono::milliseconds age) {
  if (clock_ == nullptr) return;
  json_["time"] = clock_->time_of(std::clamp(age, std::chrono::milliseconds(0), kSpanMax));
  json_["clock"] = clock_->state;
}

}  // namespace dsn::local
