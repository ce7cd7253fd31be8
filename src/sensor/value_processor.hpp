// SPDX-License-Identifier: Apache-2.0
// From what a driver measured to what is published: rate, calibration, plausible range, filter,
// rounding, and whether the value is published. There is no clock here: time is an argument.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "base/processing.hpp"
#include "base/time.hpp"
#include "sensor/sensor.hpp"

namespace dsn::sensor {

/// The stages of one value, in this order:
///
///     rate -> scale, offset -> min, max -> filter -> precision -> delta, max_interval
///
/// The range is tested before the filter, so that no spike gets into its window, and in the units
/// of the published value. Booleans, texts and null pass all stages but the last; where the
/// settings are those of a number, a boolean or a text is an error. So is what the source says that
/// it was measured longer ago than a `max_age` that is given.
class ValueProcessor {
 public:
  /// `interval` is the time between two samples.
  ValueProcessor(Processing settings, Duration interval,
                 std::optional<std::chrono::milliseconds> max_age);

  struct Outcome {
    Measurement value;
    bool report = false;  ///< whether the value is to be published
    std::string error;    ///< why there is no value; empty if there is one, or will be
  };
  [[nodiscard]] Outcome process(Instant now, Measurement measured);

  [[nodiscard]] const Processing& settings() const { return settings_; }

  /// The sample failed. The next value is reported even if it is the same as before.
  void fail() { reported_.reset(); }

 private:
  struct Sample {
    Instant at;
    double value = 0;
  };
  [[nodiscard]] bool changes_numbers() const;
  [[nodiscard]] std::string failure_of(const Measurement& measured) const;
  [[nodiscard]] bool needs_number(const std::string& suffix) const;
  [[nodiscard]] std::optional<double> per_second(Instant now, double count, double span);
  [[nodiscard]] std::string implausible(double value, const std::string& unit) const;
  [[nodiscard]] double filtered(Instant now, double value);
  [[nodiscard]] bool worth_a_report(Instant now, const Value& value);

  Processing settings_;
  Duration interval_;
  Duration report_interval_;
  std::optional<std::chrono::milliseconds> max_age_;
  std::optional<Sample> counter_;  // the last one, for the rate
  std::optional<Sample> fallen_;   // the one before it fell to 0
  std::deque<Sample> window_;
  std::optional<Value> reported_;
  Instant reported_at_{};
};

/// What a counter of this unit becomes per second: B is B/s, J is W. Empty if SenML has no symbol.
[[nodiscard]] std::string unit_per_second(const std::string& unit);

/// `number * scale`, as a person would round it: 48200 * 0.001 is 48.2, although 0.001 is no
/// binary fraction and the product would be off by its error.
[[nodiscard]] double scaled(double number, double scale);

}  // namespace dsn::sensor
