// SPDX-License-Identifier: Apache-2.0
#include "cli/setup/sensor_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <thread>

#include "cli/show/display_text.hpp"
#include "cli/show/value_text.hpp"
#include "local/json/json_text.hpp"
#include "sensor/catalogue.hpp"
#include "sensor/sample_once.hpp"
#include "sensor/value_processor.hpp"

namespace dsn::cli {
namespace {

using config::SensorConfig;
using std::chrono::milliseconds;

// The slowest chips take a second; what waits for a bus that hangs is not waited for.
constexpr milliseconds kDeadline{5000};
// A share of time, or a rate, needs some time to have passed.
constexpr milliseconds kPause{500};

std::string hint_for(const std::string& driver) {
  const sensor::Driver* known = sensor::find_driver(driver);
  return known == nullptr ? "" : std::string(known->hint);
}

sensor::SensorSpec spec_of(const SensorConfig& config) {
  return {config.driver, config.options, config.command, config.timeout, config.stream};
}

CheckedValue failure(const SensorConfig& config, const std::string& suffix, std::string error) {
  CheckedValue value;
  value.key = config.key + (suffix.empty() ? "" : "/") + suffix;
  value.driver = config.driver;
  value.error = std::move(error);
  value.hint = hint_for(config.driver);
  return value;
}

/// One sensor with a processor for each of its values.
class Sampled {
 public:
  explicit Sampled(const SensorConfig& config) : config_(config) {}

  [[nodiscard]] bool needs_more() const {
    return values_.empty() ||
           std::ranges::any_of(values_, [](const CheckedValue& v) { return !v.note.empty(); });
  }

  void take(Instant at, const Result<sensor::Measurements>& result) {
    values_.clear();
    error_ = result ? "" : result.error();
    if (!result) return;
    for (const sensor::Measurement& measured : *result) take_value(at, measured);
  }

  [[nodiscard]] std::vector<CheckedValue> values() const {
    if (!error_.empty()) return {failure(config_, "", error_)};
    return values_;
  }

 private:
  void take_value(Instant at, const sensor::Measurement& measured) {
    const std::string& suffix = measured.suffix;
    sensor::ValueProcessor& processor =
        processors_
            .try_emplace(suffix, config_.processing_of(suffix), config_.every, config_.max_age)
            .first->second;
    processor.fail();  // the second sample is shown although it says the same
    auto outcome = processor.process(at, measured);
    CheckedValue value = failure(config_, suffix, outcome.error);
    value.raw = measured.value;
    value.raw_unit = measured.unit;
    if (value.error.empty()) value.hint.clear();
    if (!value.error.empty()) {
      if (measured.error.empty()) value.hint = "is the sensor all right, and are its settings?";
    } else if (outcome.report) {
      value.value = outcome.value.value;
      value.unit = outcome.value.unit;
      value.precision = processor.settings().precision;
    } else {
      value.note = "counter: its rate comes with the next sample";
    }
    values_.push_back(std::move(value));
  }

  const SensorConfig& config_;
  std::map<std::string, sensor::ValueProcessor> processors_;
  std::vector<CheckedValue> values_;
  std::string error_;
};

Instant now() {
  return Instant(
      std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

std::string status_of(const CheckedValue& value) {
  if (!value.error.empty()) return "error: " + value.error;
  return value.note.empty() ? "ok" : value.note;
}

std::string text_json(std::string_view text) { return local::value_json(Value::text(text)); }

}  // namespace

std::vector<CheckedValue> check_sensors(const std::vector<SensorConfig>& sensors,
                                        const std::string& root) {
  std::vector<sensor::SensorSpec> specs;
  std::vector<Sampled> sampled;
  milliseconds deadline = kDeadline;
  for (const SensorConfig& config : sensors) {
    specs.push_back(spec_of(config));
    sampled.emplace_back(config);
    if (!config.command.empty()) deadline = std::max(deadline, config.timeout + kPause);
  }
  sensor::SensorBench bench(specs, root);
  std::vector<bool> wanted(sensors.size(), true);
  for (int round = 0; round < 2; ++round) {
    if (round > 0) std::this_thread::sleep_for(kPause);
    const auto answers = bench.sample(wanted, deadline);
    const Instant at = now();
    for (std::size_t i = 0; i < sensors.size(); ++i) {
      if (wanted[i]) sampled[i].take(at, answers[i]);
      wanted[i] = sampled[i].needs_more();
    }
    if (std::ranges::find(wanted, true) == wanted.end()) break;
  }
  std::vector<CheckedValue> values;
  for (const Sampled& one : sampled) std::ranges::move(one.values(), std::back_inserter(values));
  return values;
}

std::string check_report(const std::vector<CheckedValue>& values, const TableStyle& style) {
  Table table({{"KEY"}, {"DRIVER"}, {"RAW", true}, {"VALUE", true}, {"STATUS"}},
              {{"KEY", 12}, {"DRIVER", 0}, {"RAW", 12}, {"RAW", 0}, {"KEY", 6}, {"VALUE", 12}});
  std::string hints;
  for (const CheckedValue& value : values) {
    const Style status = !value.error.empty() ? Style::bad
                         : value.note.empty() ? Style::good
                                              : Style::warning;
    const std::string raw = raw_value(value.raw);
    table.add({{printable(value.key)},
               {value.driver},
               value.raw.is_null()
                   ? Cell{"\u2014", Style::faint}
                   : Cell{printable(raw + (value.raw_unit.empty() ? "" : " ") + value.raw_unit)},
               value.value.is_null()
                   ? Cell{"\u2014", Style::faint}
                   : Cell{show_value(value.value, value.unit, value.precision).text},
               {printable(status_of(value)), status}});
    if (!value.hint.empty()) hints += fmt::format("{}: {}\n", printable(value.key), value.hint);
  }
  return table.render(style) + (hints.empty() ? "" : "\n") + hints;
}

std::string check_line(const CheckedValue& value) {
  return tsv_line({value.key, value.driver, raw_value(value.raw), value.raw_unit,
                   raw_value(value.value), value.unit, status_of(value)});
}

std::string check_json(const CheckedValue& value) {
  std::string text = fmt::format(
      R"({{"key":{},"driver":{},"raw":{},"raw_unit":{},"value":{},"unit":{},"status":{})",
      text_json(value.key), text_json(value.driver), local::value_json(value.raw),
      text_json(value.raw_unit), local::value_json(value.value), text_json(value.unit),
      value.error.empty() ? (value.note.empty() ? "\"ok\"" : "\"waiting\"") : "\"error\"");
  if (!value.error.empty()) {
    text += fmt::format(R"(,"error":{},"hint":{})", text_json(value.error), text_json(value.hint));
  }
  return json_line(text + "}");
}

std::string finding_json(const config::Finding& finding, const char* severity) {
  return json_line(
      fmt::format(R"({{"severity":"{}","file":{},"line":{},"column":{},"message":{}}})", severity,
                  text_json(finding.position.file), finding.position.line, finding.position.column,
                  text_json(finding.message)));
}

}  // namespace dsn::cli
