// SPDX-License-Identifier: Apache-2.0
#include "local/json/json_reader.hpp"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

namespace dsn::local {
namespace {

std::string quoted(std::string_view name) { return std::string(1, '\'').append(name) + '\''; }

}  // namespace

JsonReader::JsonReader(const JsonIn& object) : object_(object) {
  if (!object.is_object()) fail("an object was expected");
}

void JsonReader::fail(std::string problem) {
  if (problem_.empty()) problem_ = std::move(problem);
}

void JsonReader::missing(const char* name, const char* what) {
  fail(quoted(name) + " is missing, " + what);
}

void JsonReader::take_problem(const char* name, const JsonReader& inner) {
  if (!inner.ok()) fail(quoted(name) + ": " + inner.problem());
}

const JsonIn* JsonReader::find(const char* name) {
  asked_.push_back(name);
  if (!object_.is_object()) return nullptr;
  const auto member = object_.find(name);
  return member != object_.end() ? &*member : nullptr;
}

void JsonReader::read(const char* name, const JsonIn* json, std::string& text) {
  if (json == nullptr) return missing(name, "a text");
  const auto* content = json->get_ptr<const std::string*>();
  if (content == nullptr) return fail(quoted(name) + " must be a text");
  text = *content;
}

void JsonReader::read(const char* name, const JsonIn* json, bool& truth) {
  if (json == nullptr) return missing(name, "true or false");
  if (!json->is_boolean()) return fail(quoted(name) + " must be true or false");
  truth = json->get<bool>();
}

void JsonReader::read(const char* name, const JsonIn* json, double& number) {
  if (json == nullptr) return missing(name, "a number");
  if (!json->is_number()) return fail(quoted(name) + " must be a number");
  number = json->get<double>();
}

std::uint64_t JsonReader::number_up_to(const char* name, const JsonIn* json, std::uint64_t max) {
  if (json == nullptr) {
    missing(name, "a number");
  } else if (!json->is_number_unsigned() || json->get<std::uint64_t>() > max) {
    fail(quoted(name) + " must be a whole number of at most " + std::to_string(max));
  } else {
    return json->get<std::uint64_t>();
  }
  return 0;
}

void JsonReader::read(const char* name, const JsonIn* json, std::uint16_t& number) {
  number = static_cast<std::uint16_t>(
      number_up_to(name, json, std::numeric_limits<std::uint16_t>::max()));
}

void JsonReader::read(const char* name, const JsonIn* json, std::uint32_t& number) {
  number = static_cast<std::uint32_t>(
      number_up_to(name, json, std::numeric_limits<std::uint32_t>::max()));
}

void JsonReader::read(const char* name, const JsonIn* json, std::uint64_t& number) {
  number = number_up_to(name, json, std::numeric_limits<std::uint64_t>::max());
}

void JsonReader::read(const char* name, const JsonIn* json, std::chrono::milliseconds& span) {
  span = std::chrono::milliseconds(
      number_up_to(name, json, static_cast<std::uint64_t>(kSpanMax.count())));
}

void JsonReader::read(const char* name, const JsonIn* json, std::chrono::microseconds& span) {
  span =
      std::chrono::microseconds(number_up_to(name, json, std::numeric_limits<std::int64_t>::max()));
}

bool JsonReader::is_list(const char* name, const JsonIn* json) {
  if (json == nullptr) {
    missing(name, "a list");
  } else if (!json->is_array()) {
    fail(quoted(name) + " must be a list");
  }
  return json != nullptr && json->is_array();
}

void JsonReader::read(const char* name, const JsonIn* json, std::vector<std::string>& texts) {
  if (!is_list(name, json)) return;
  for (const JsonIn& element : *json) {
    const auto* text = element.get_ptr<const std::string*>();
    if (text == nullptr) return fail(quoted(name) + " must be texts");
    texts.push_back(*text);
  }
}

void JsonReader::read(const char* name, const JsonIn* json,
                      std::vector<std::pair<std::string, std::uint64_t>>& counters) {
  if (json == nullptr || !json->is_object()) return missing(name, "an object");
  for (const auto& counter : json->items()) {
    counters.emplace_back(counter.key(), 0);
    read(name, &counter.value(), counters.back().second);
  }
}

void JsonReader::value(Value& value) {
  const JsonIn* json = find("value");
  if (json == nullptr) return fail("'value' is missing");
  read_value("value", *json, kJsonValueBytesMax, value);
}

void JsonReader::payload(Value& value) {
  const JsonIn* json = find("payload");
  if (json != nullptr) read_value("payload", *json, kJsonPayloadBytesMax, value);
}

void JsonReader::optional_payload(std::optional<Value>& value) {
  const JsonIn* json = find("payload");
  if (json != nullptr) read_value("payload", *json, kJsonPayloadBytesMax, value.emplace());
}

void JsonReader::read_value(const std::string& name, const JsonIn& json, std::size_t bytes_max,
                            Value& value) {
  std::optional<Value> found = value_from_json(json, bytes_max);
  if (!found) {
    return fail(
        "'" + name + "' is not a value of this network: deeper than 8 levels, larger than " +
        std::to_string(bytes_max / 1024) + " KiB, with equal keys, or with something else " +
        "in $bytes, $map, $float or $int than these can say");
  }
  value = *std::move(found);
}

void JsonReader::refuse_others(const char* what) {
  if (!object_.is_object()) return;
  const std::vector<std::string_view> known(asked_.begin(), asked_.end());
  for (const auto& member : object_.items()) {
    if (std::ranges::find(known, member.key()) != known.end()) continue;
    // Where a member is misspelt, the right one is missing: this says more.
    problem_ = quoted(std::string_view(member.key()).substr(0, 40)) + " is not " + what +
               did_you_mean(member.key(), known);
    return;
  }
}

}  // namespace dsn::local
