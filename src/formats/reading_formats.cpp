// SPDX-License-Identifier: Apache-2.0
#include "formats/reading_formats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

#include "base/printable.hpp"
#include "formats/raw_value.hpp"
#include "local/json/json_text.hpp"

namespace dsn::formats {
namespace {

std::string json_text(std::string_view text) {
  return local::value_json(Value::text(std::string(text)));
}

double seconds_of(std::chrono::milliseconds time) {
  return static_cast<double>(time.count()) / 1000.0;
}

std::string csv_field(const std::string& text) {
  const std::string shown = printable(text);
  if (shown.find_first_of(",\"") == std::string::npos) return shown;
  std::string quoted = "\"";
  for (const char c : shown) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

/// RFC 8428, section 4.5.1: letters, digits and -:./_, of which a letter or digit comes first.
std::string senml_name(const Reading& reading) {
  std::string name = reading.node + "/" + reading.key;
  const std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-:./_";
  for (char& c : name) {
    if (allowed.find(c) == std::string_view::npos) c = '_';
  }
  if (allowed.find(name.front()) >= 62) name.insert(0, "n");
  return name;
}

/// `"v":21.4`, `"vb":true` or `"vs":"open"`; nothing for what SenML has no field for.
std::optional<std::string> senml_value(const Value& value) {
  if (const auto truth = value.as_boolean()) return fmt::format(R"("vb":{})", *truth);
  if (const auto number = value.as_number()) {
    if (!std::isfinite(*number)) return std::nullopt;
    return R"("v":)" + raw_value(value);
  }
  if (const auto text = value.as_text()) return R"("vs":)" + json_text(*text);
  return std::nullopt;
}

std::optional<double> prom_value(const Reading& reading) {
  if (reading.freshness != Freshness::ok) return std::nullopt;
  if (const auto truth = reading.value.as_boolean()) return *truth ? 1.0 : 0.0;
  return reading.value.as_number();
}

std::string prom_number(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", number);
}

std::string prom_label(const std::string& text) {
  std::string escaped;
  for (const char c : printable(text)) {
    if (c == '\\' || c == '"') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string prom_labels(const Reading& reading) {
  return fmt::format(R"(node="{}",key="{}")", prom_label(reading.node), prom_label(reading.key));
}

}  // namespace

std::string reading_csv(const Reading& reading) {
  std::string status = to_string(reading.freshness);
  if (reading.freshness == Freshness::error && !reading.error.empty()) {
    status += ": " + reading.error;
  }
  return fmt::format("{},{},{},{},{},{},{}\n", csv_field(reading.node), csv_field(reading.key),
                     csv_field(raw_value(reading.value)), csv_field(reading.unit),
                     reading.age.count(),
                     reading.max_age ? std::to_string(reading.max_age->count()) : std::string(),
                     csv_field(status));
}

std::string removed_csv(const NodeEvent& event) {
  return fmt::format("{},{},,,,,removed\n", csv_field(event.node), csv_field(event.key));
}

std::optional<std::string> senml_record(const Reading& reading) {
  const auto value = senml_value(reading.value);
  if (!value || reading.freshness == Freshness::error) return std::nullopt;
  std::string record = fmt::format(R"({{"n":{},{})", json_text(senml_name(reading)), *value);
  if (!reading.unit.empty()) record += R"(,"u":)" + json_text(reading.unit);
  record += fmt::format(R"(,"t":{})", -seconds_of(reading.age));
  if (reading.max_age) record += fmt::format(R"(,"ut":{})", seconds_of(*reading.max_age));
  return printable_json(record + "}");
}

std::string readings_senml(const std::vector<Reading>& readings) {
  std::string pack;
  for (const Reading& reading : readings) {
    if (const auto record = senml_record(reading)) pack += (pack.empty() ? "" : ",\n ") + *record;
  }
  return "[" + pack + "]\n";
}

std::string readings_prom(const std::vector<Reading>& readings) {
  std::string values;
  std::string ages;
  std::string trusted;
  for (const Reading& reading : readings) {
    const std::string labels = prom_labels(reading);
    if (const auto number = prom_value(reading)) {
      values += fmt::format("dsn_reading{{{},unit=\"{}\"}} {}\n", labels, prom_label(reading.unit),
                            prom_number(*number));
    }
    ages += fmt::format("dsn_reading_age_seconds{{{}}} {}\n", labels, seconds_of(reading.age));
    trusted += fmt::format("dsn_reading_ok{{{}}} {}\n", labels,
                           reading.freshness == Freshness::ok ? 1 : 0);
  }
  return "# HELP dsn_reading The value, if it can be trusted; true is 1, false is 0.\n"
         "# TYPE dsn_reading gauge\n" +
         values +
         "# HELP dsn_reading_age_seconds Time since the value was measured.\n"
         "# TYPE dsn_reading_age_seconds gauge\n" +
         ages +
         "# HELP dsn_reading_ok Whether the reading can be trusted.\n"
         "# TYPE dsn_reading_ok gauge\n" +
         trusted;
}

}  // namespace dsn::formats
