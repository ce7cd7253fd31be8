// SPDX-License-Identifier: Apache-2.0
#include "sensor/value_processor.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>
#include <vector>

#include "base/duration.hpp"
#include "sensor/reading_text.hpp"

namespace dsn::sensor {
namespace {

// A shift in the last of 15 digits is no change; 21.5 - 21.4 is less than 0.1 in binary.
constexpr double kRelativeError = 1e-12;

std::string text_of(double number) {
  // Not std::to_chars, whose tables for real numbers are 130 kB of a program.
  std::array<char, 32> digits{};
  std::snprintf(digits.data(), digits.size(), "%.15g", number);
  return digits.data();
}

double rounded(double value, std::uint32_t decimals) {
  const double power = std::pow(10.0, decimals);
  const double shifted = std::round(value * power);
  return std::isfinite(shifted) ? shifted / power : value;
}

double median(std::vector<double> values) {
  const std::size_t middle = values.size() / 2;
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(middle));
  const double upper = values[middle];
  if (values.size() % 2 == 1) return upper;
  const double lower =
      *std::max_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(middle));
  return lower + (upper - lower) / 2;
}

double average(const std::vector<double>& values) {
  // By parts, since a sum of the largest numbers would be infinite.
  double mean = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  return mean;
}

}  // namespace

std::string unit_per_second(const std::string& unit) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kPerSecond = {{
      {"B", "B/s"},
      {"bit", "bit/s"},
      {"l", "l/s"},
      {"m3", "m3/s"},
      {"m", "m/s"},
      {"m/s", "m/s2"},
      {"J", "W"},
      {"count", "1/s"},
      {"", "1/s"},
  }};
  for (const auto& [counted, per_second] : kPerSecond) {
    if (unit == counted) return std::string(per_second);
  }
  return "";
}

double scaled(double number, double scale) {
  // The reciprocal of 0.001 is exact.
  const double divisor = std::round(1.0 / scale);
  if (divisor != 0.0 && 1.0 / divisor == scale) return number / divisor;
  return number * scale;
}

ValueProcessor::ValueProcessor(Processing settings, Duration interval,
                               std::optional<std::chrono::milliseconds> max_age)
    : settings_(std::move(settings)),
      interval_(interval),
      report_interval_(report_interval(
          settings_, std::chrono::duration_cast<std::chrono::milliseconds>(interval), max_age)),
      max_age_(max_age) {
  if (settings_.window && !settings_.filter) settings_.filter = Processing::Filter::median;
}

bool ValueProcessor::changes_numbers() const {
  return settings_.rate.value_or(false) || settings_.scale || settings_.offset ||
         settings_.filter || settings_.precision;
}

ValueProcessor::Outcome ValueProcessor::process(Instant now, Measurement measured) {
  Outcome outcome{std::move(measured), false, ""};
  Measurement& result = outcome.value;
  outcome.error = failure_of(result);
  if (!outcome.error.empty()) {
    fail();
    return outcome;
  }
  const bool rate = settings_.rate.value_or(false);
  if (rate) result.unit = unit_per_second(result.unit);
  if (settings_.unit && !settings_.unit->empty()) result.unit = *settings_.unit;

  const auto number = result.value.as_number();
  if (number && (changes_numbers() || settings_.min || settings_.max)) {
    double value = *number;
    if (rate) {
      const auto per_second_now = per_second(now, value, result.counter_span);
      if (!per_second_now) return outcome;
      value = *per_second_now;
    }
    if (settings_.scale) value = scaled(value, *settings_.scale);
    if (settings_.offset) value += *settings_.offset;
    outcome.error = implausible(value, result.unit);
    if (!outcome.error.empty()) {
      fail();
      return outcome;
    }
    if (settings_.filter) value = filtered(now, value);
    if (settings_.precision) value = rounded(value, *settings_.precision);
    // What nobody changed keeps its type.
    if (changes_numbers()) result.value = Value::real(value);
  } else if (!number && !result.value.is_null() && needs_number(result.suffix)) {
    outcome.error = no_number(result.value);
    fail();
    return outcome;
  }
  outcome.report = worth_a_report(now, result.value);
  return outcome;
}

std::string ValueProcessor::failure_of(const Measurement& measured) const {
  if (!measured.error.empty()) return measured.error;
  if (!max_age_ || !measured.age || *measured.age <= *max_age_) return "";
  return "written " + rounded_duration_text(*measured.age) + " ago, where max_age is " +
         duration_text(*max_age_) + ": has its writer stopped?";
}

bool ValueProcessor::needs_number(const std::string& suffix) const {
  // Of several values, those that have settings of their own are meant.
  return suffix.empty() ? says_number(settings_) : settings_.is_number.value_or(false);
}

std::optional<double> ValueProcessor::per_second(Instant now, double count, double span) {
  const std::optional<Sample> before = std::exchange(counter_, Sample{now, count});
  if (!before || now <= before->at) return std::nullopt;
  const auto rate_since = [&](const Sample& sample, double change) {
    return change / std::chrono::duration<double>(now - sample.at).count();
  };
  if (count < before->value) {
    // Either it went round, and then not by much more than before, or it began anew, and then
    // nobody knows what was counted in between.
    const double round = count + span - before->value;
    if (before->value < span && round < span / 2) return rate_since(*before, round);
    fallen_ = before;
    return std::nullopt;
  }
  // A driver that answers 0 once goes on from where it was.
  if (before->value == 0 && count == 0 && fallen_) return std::nullopt;
  const std::optional<Sample> fallen = std::exchange(fallen_, std::nullopt);
  const bool goes_on = fallen && before->value == 0 && count >= fallen->value;
  const Sample& from = goes_on ? *fallen : *before;
  return rate_since(from, count - from.value);
}

std::string ValueProcessor::implausible(double value, const std::string& unit) const {
  const bool below = settings_.min && value < *settings_.min;
  const bool above = settings_.max && value > *settings_.max;
  if (!below && !above && !std::isnan(value)) return "";
  std::string text = "out of range: " + text_of(value) + (unit.empty() ? "" : " " + unit);
  if (!settings_.min && !settings_.max) return text;
  text += ", plausible ";
  if (!settings_.max) return text + text_of(*settings_.min) + " or more";
  if (!settings_.min) return text + text_of(*settings_.max) + " or less";
  return text + text_of(*settings_.min) + " to " + text_of(*settings_.max);
}

double ValueProcessor::filtered(Instant now, double value) {
  const int size = settings_.window.value_or(kDefaultWindow);
  window_.push_back({now, value});
  // After a time without samples the old ones say nothing about the present.
  while (window_.size() > static_cast<std::size_t>(size) ||
         now - window_.front().at > 2 * size * interval_) {
    window_.pop_front();
  }
  std::vector<double> values;
  for (const Sample& sample : window_) values.push_back(sample.value);
  return settings_.filter == Processing::Filter::average ? average(values)
                                                         : median(std::move(values));
}

bool ValueProcessor::worth_a_report(Instant now, const Value& value) {
  const auto is_close = [this](const Value& old, const Value& fresh) {
    const auto a = old.as_number();
    const auto b = fresh.as_number();
    if (!a || !b || old == fresh) return old == fresh;
    const double error = kRelativeError * std::max(std::abs(*a), std::abs(*b));
    return std::abs(*a - *b) < *settings_.delta - error || std::abs(*a - *b) <= error;
  };
  // Samples come a little early or late.
  const bool is_due = now - reported_at_ >= report_interval_ - interval_ / 2;
  if (settings_.delta && reported_ && !is_due && is_close(*reported_, value)) return false;
  reported_ = value;
  reported_at_ = now;
  return true;
}

}  // namespace dsn::sensor
