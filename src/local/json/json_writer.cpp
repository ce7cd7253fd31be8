// SPDX-License-Identifier: Apache-2.0
#include "local/json/json_writer.hpp"

#include <algorithm>

#include "local/json/json_reader.hpp"

namespace dsn::local {

void JsonWriter::begin(std::string_view name) {
  out_.append(is_first_ ? "\"" : ",\"").append(name).append("\":");
  is_first_ = false;
}

/// A member of the network may claim an age of thousands of years. No client takes that, and
/// nanoseconds do not hold it.
void JsonWriter::write(std::chrono::milliseconds span) {
  write(std::clamp(span, std::chrono::milliseconds(0), kSpanMax).count());
}

/// A limit below zero goes out as it is: the agent refuses it with a reason.
void JsonWriter::write(const std::optional<std::chrono::milliseconds>& limit) {
  if (limit) {
    write(std::min(*limit, kSpanMax).count());
  } else {
    out_ += "null";
  }
}

void JsonWriter::write(const std::vector<std::pair<std::string, std::uint64_t>>& counters) {
  out_ += '{';
  for (std::size_t i = 0; i < counters.size(); ++i) {
    if (i > 0) out_ += ',';
    append_text(out_, counters[i].first);
    out_ += ':';
    write(counters[i].second);
  }
  out_ += '}';
}

void JsonWriter::value(const Value& value) {
  begin("value");
  append_value(out_, value);
}

void JsonWriter::payload(const Value& value) {
  begin("payload");
  append_value(out_, value);
}

void JsonWriter::time(std::chrono::milliseconds age) {
  if (clock_ == nullptr) return;
  required("time", clock_->time_of(std::clamp(age, std::chrono::milliseconds(0), kSpanMax)));
  required("clock", clock_->state);
}

}  // namespace dsn::local
