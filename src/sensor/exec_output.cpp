// SPDX-License-Identifier: Apache-2.0
#include "sensor/exec_output.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/key_name.hpp"
#include "sensor/attribute.hpp"
#include "sensor/reading_text.hpp"

namespace dsn::sensor {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMembersMax = 64;
constexpr std::size_t kTextSizeMax = 1024;  // what a value may have (docs/protocol.md, limits)

/// Whether the name can follow the shortest key.
bool is_suffix(const std::string& name) { return is_sensor_key("k/" + name); }

std::string in_quotes(std::string_view text) {
  return std::string("'") + first_line_shown(text, 40) + "'";
}

/// Nothing for a list, an object, or a text that is too long.
std::optional<Value> scalar_value(const Json& json) {
  switch (json.type()) {
    case Json::value_t::null:
      return Value();
    case Json::value_t::boolean:
      return Value::boolean(json.get<bool>());
    case Json::value_t::number_integer:
      return Value::integer(json.get<std::int64_t>());
    case Json::value_t::number_unsigned:
      return counter_value(json.get<std::uint64_t>());
    case Json::value_t::number_float:
      return Value::real(json.get<double>());
    case Json::value_t::string: {
      const auto& text = json.get_ref<const std::string&>();
      if (text.size() > kTextSizeMax) return std::nullopt;
      return Value::text(text);
    }
    case Json::value_t::object:
    case Json::value_t::array:
    case Json::value_t::binary:
    case Json::value_t::discarded:
      return std::nullopt;
  }
  return std::nullopt;
}

/// The name as part of a key: "Temperature" is "temperature", "1-0:1.8.0" is "x1_0_1_8_0". Empty if
/// nothing of it can be one.
std::string suffix_of(std::string_view name) {
  std::string suffix;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool is_digit = c >= '0' && c <= '9';
    const bool is_fit = is_digit || (c >= 'a' && c <= 'z') || c == '/';
    if (is_digit && suffix.empty()) suffix += 'x';
    if (is_fit || (!suffix.empty() && suffix.back() != '_')) suffix += is_fit ? c : '_';
  }
  while (suffix.ends_with('_')) suffix.pop_back();
  return is_suffix(suffix) ? suffix : "";
}

/// The member with its value, or why it has none.
Measurement measured(const std::string& name, std::string suffix, const Json& json) {
  Measurement measurement{std::move(suffix), Value(), ""};
  if (auto value = scalar_value(json)) {
    measurement.value = std::move(*value);
  } else {
    measurement.error = "the member " + in_quotes(name) +
                        " is neither a number, nor true or false, nor a text of at most 1024 bytes";
  }
  return measurement;
}

Result<Measurements> parse_object(std::string_view output) {
  const Json json = Json::parse(output, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    return Error{"printed what begins with '{' but is no JSON object: " + in_quotes(output)};
  }
  if (json.empty()) return Error{"printed a JSON object without members"};
  if (json.size() > kMembersMax) return Error{"printed a JSON object of more than 64 members"};
  Measurements measurements;
  std::string unfit;  // a name of which no key can be made
  for (auto member = json.begin(); member != json.end(); ++member) {
    std::string suffix = is_suffix(member.key()) ? member.key() : suffix_of(member.key());
    const auto has_it = [&suffix](const Measurement& other) { return other.suffix == suffix; };
    if (suffix.empty() || std::ranges::any_of(measurements, has_it)) {
      unfit = member.key();
      continue;
    }
    measurements.push_back(measured(member.key(), std::move(suffix), member.value()));
  }
  if (!measurements.empty()) return measurements;
  return Error{"printed the member " + in_quotes(unfit) +
               ", but names are made of a-z, 0-9 and '_', in parts separated by '/'"};
}

}  // namespace

Result<Measurements> parse_output(std::string_view bytes) {
  const std::string output = plain_text(bytes);
  if (output.empty()) return Error{"printed nothing"};
  if (output.front() == '{') return parse_object(output);
  const std::string line = plain_text(output.substr(0, output.find('\n')));
  if (auto number = number_value(line)) return Measurements{{"", std::move(*number), ""}};
  if (line == "true" || line == "false")
    return Measurements{{"", Value::boolean(line == "true"), ""}};
  if (line.front() == '"') {
    const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    auto value = scalar_value(json);
    if (value && json.is_string()) return Measurements{{"", std::move(*value), ""}};
  }
  if (line.size() > kTextSizeMax) return Error{"printed a line of more than 1024 bytes"};
  return Measurements{{"", Value::text(line), ""}};
}

}  // namespace dsn::sensor
