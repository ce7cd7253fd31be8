// SPDX-License-Identifier: Apache-2.0
#include "sensor/value_processor.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <sstream>

namespace dsn::sensor {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A processor that is given a sample every second.
class Line {
 public:
  explicit Line(Processing settings, std::optional<milliseconds> max_age = {})
      : processor_(std::move(settings), seconds(1), max_age) {}

  /// "21.5 Cel", "-" if it is not to be reported, or the error.
  std::string put(Value value, const std::string& unit = "Cel", const std::string& suffix = "") {
    return put(Measurement{suffix, std::move(value), unit});
  }
  std::string put(const Measurement& measured) {
    now_ += seconds(1);
    const auto outcome = processor_.process(now_, measured);
    if (!outcome.error.empty()) return outcome.error;
    if (!outcome.report) return "-";
    return shown(outcome.value.value) + " " + outcome.value.unit;
  }
  std::string put(double value, const std::string& unit = "Cel") {
    return put(Value::real(value), unit);
  }
  void wait(seconds span) { now_ += span; }
  void fail() { processor_.fail(); }

 private:
  static std::string shown(const Value& value) {
    if (const auto flag = value.as_boolean()) return *flag ? "true" : "false";
    if (const auto text = value.as_text()) return std::string(*text);
    if (const auto integer = value.as_integer()) return std::to_string(*integer);
    std::ostringstream text;
    text.precision(15);
    if (const auto number = value.as_number()) text << *number << "r";
    return text.str();
  }
  ValueProcessor processor_;
  Instant now_{};
};

TEST(ValueProcessor, WithoutSettingsReportsEverySampleAsItIs) {
  Line line({});
  EXPECT_EQ(line.put(21.5), "21.5r Cel");
  EXPECT_EQ(line.put(21.5), "21.5r Cel");
  EXPECT_EQ(line.put(Value::integer(7), ""), "7 ");
  EXPECT_EQ(line.put(Value::text("open")), "open Cel");
}

TEST(ValueProcessor, ScalesAsAPersonWouldRoundIt) {
  const auto scaled_by = [](std::int64_t number, double scale, double offset) {
    Processing settings;
    settings.scale = scale;
    settings.offset = offset;
    settings.unit = "m";
    return Line(settings).put(Value::integer(number));
  };
  EXPECT_EQ(scaled_by(48200, 0.001, 0), "48.2r m");
  EXPECT_EQ(scaled_by(101325, 1e-2, 0), "1013.25r m");
  EXPECT_EQ(scaled_by(7, 0.3, 0), "2.1r m");
  EXPECT_EQ(scaled_by(3, -2, 0), "-6r m");
  EXPECT_EQ(scaled_by(10, 2, -1.5), "18.5r m");
}

TEST(ValueProcessor, FindsNoNumberWhereOneIsNeeded) {
  Processing settings;
  settings.scale = 2;
  Line line(settings);
  EXPECT_EQ(line.put(Value::text("open")), "'open' is no number");
  // Of several values, those that are numbers are meant.
  EXPECT_EQ(line.put(Value::boolean(true), "", "on_battery"), "true ");
}

TEST(ValueProcessor, RefusesWhatIsOutOfRange) {
  Processing settings;
  settings.min = -55;
  settings.max = 125;
  Line line(settings);
  EXPECT_EQ(line.put(180), "out of range: 180 Cel, plausible -55 to 125");
  EXPECT_EQ(line.put(-55.5), "out of range: -55.5 Cel, plausible -55 to 125");
  EXPECT_EQ(line.put(125), "125r Cel");
  EXPECT_EQ(line.put(std::nan("")), "out of range: nan Cel, plausible -55 to 125");
  settings.max.reset();
  EXPECT_EQ(Line(settings).put(-60, ""), "out of range: -60, plausible -55 or more");
  settings = {};
  settings.max = 10;
  EXPECT_EQ(Line(settings).put(11), "out of range: 11 Cel, plausible 10 or less");
  EXPECT_EQ(Line(settings).put(Value::integer(7)), "7 Cel");
}

TEST(ValueProcessor, KeepsASpikeOutOfTheWindow) {
  Processing settings;
  settings.max = 100;
  settings.filter = Processing::Filter::average;
  settings.window = 2;
  Line line(settings);
  EXPECT_EQ(line.put(20), "20r Cel");
  EXPECT_EQ(line.put(1000), "out of range: 1000 Cel, plausible 100 or less");
  EXPECT_EQ(line.put(22), "21r Cel");
}

TEST(ValueProcessor, TakesTheMedianOfTheLastSamples) {
  Processing settings;
  settings.window = 3;  // the filter of a window is the median
  Line line(settings);
  EXPECT_EQ(line.put(20), "20r Cel");
  EXPECT_EQ(line.put(22), "21r Cel");
  EXPECT_EQ(line.put(85), "22r Cel");
  EXPECT_EQ(line.put(23), "23r Cel");
  EXPECT_EQ(line.put(24), "24r Cel");
  // What was measured before a long silence is no neighbour of what is measured after it.
  line.wait(seconds(60));
  EXPECT_EQ(line.put(-5), "-5r Cel");
}

TEST(ValueProcessor, MakesARateOfACounter) {
  Processing settings;
  settings.rate = true;
  Line line(settings);
  EXPECT_EQ(line.put(Value::integer(1000), "B"), "-");
  EXPECT_EQ(line.put(Value::integer(1500), "B"), "500r B/s");
  line.wait(seconds(1));
  EXPECT_EQ(line.put(Value::integer(1600), "B"), "50r B/s");
  EXPECT_EQ(line.put(Value::integer(1600), "B"), "0r B/s");
}

TEST(ValueProcessor, FollowsACounterThatGoesRound) {
  Processing settings;
  settings.rate = true;
  Line line(settings);
  const auto put = [&line](std::int64_t count) {
    Measurement measured{"", Value::integer(count), "count"};
    measured.counter_span = 4294967296.0;
    return line.put(measured);
  };
  EXPECT_EQ(put(4294967290), "-");
  EXPECT_EQ(put(4), "10r 1/s");
  // That would be half of its span.
  EXPECT_EQ(put(0), "-");
}

TEST(ValueProcessor, TakesAFallForABeginningWhereNothingIsKnownOfTheSpan) {
  Processing settings;
  settings.rate = true;
  Line line(settings);
  EXPECT_EQ(line.put(Value::integer(3'000'000'000), "B"), "-");
  EXPECT_EQ(line.put(Value::integer(1500), "B"), "-");
  EXPECT_EQ(line.put(Value::integer(1600), "B"), "100r B/s");
}

TEST(ValueProcessor, GoesOnAfterACounterThatAnsweredZeroOnce) {
  Processing settings;
  settings.rate = true;
  Line line(settings);
  EXPECT_EQ(line.put(Value::integer(50'000'000'000), "B"), "-");
  EXPECT_EQ(line.put(Value::integer(0), "B"), "-");
  EXPECT_EQ(line.put(Value::integer(0), "B"), "-");
  EXPECT_EQ(line.put(Value::integer(50'000'003'000), "B"), "1000r B/s");
  EXPECT_EQ(line.put(Value::integer(0), "B"), "-");
  EXPECT_EQ(line.put(Value::integer(70), "B"), "70r B/s");  // it did begin anew
}

TEST(ValueProcessor, TakesNoTextWhereTheSettingsSayANumber) {
  const auto put = [](const Processing& settings, Value value, const std::string& suffix = "") {
    return Line(settings).put(std::move(value), "", suffix);
  };
  const Processing in_degrees{.unit = "Cel"};
  EXPECT_EQ(put(in_degrees, Value::text("21,5")),
            "'21,5' is no number: it has a decimal comma, where a point is meant");
  EXPECT_EQ(put(in_degrees, Value::boolean(true)), "true is no number");
  EXPECT_EQ(put({.max = 85}, Value::text("nan")), "'nan' is no number");
  EXPECT_EQ(put({.precision = 1}, Value::text("-")), "'-' is no number");
  EXPECT_EQ(put({.ha_class = "temperature"}, Value::text("-")), "'-' is no number");
  EXPECT_EQ(put({.delta = 0, .ha_class = "door"}, Value::text("open")), "open ");
  // Of several values only those that have settings of their own.
  EXPECT_EQ(put(in_degrees, Value::text("on"), "state"), "on Cel");
  EXPECT_EQ(put({.unit = "Cel", .is_number = true}, Value::text("on"), "state"),
            "'on' is no number");
}

TEST(ValueProcessor, BeginsAnewWithACounterThatDoes) {
  Processing settings;
  settings.rate = true;
  Line line(settings);
  EXPECT_EQ(line.put(Value::integer(5'000'000'000), "J"), "-");
  EXPECT_EQ(line.put(Value::integer(10), "J"), "-");
  EXPECT_EQ(line.put(Value::integer(30), "J"), "20r W");
  EXPECT_EQ(line.put(Value::integer(5), "J"), "-");
  EXPECT_EQ(line.put(Value::integer(6), "J"), "1r W");
}

TEST(ValueProcessor, ScalesTheRateAndNotTheCounter) {
  Processing settings;
  settings.rate = true;
  settings.scale = 60;
  settings.offset = 1;
  settings.unit = "1/min";
  Line line(settings);
  EXPECT_EQ(line.put(Value::integer(100), "count"), "-");
  EXPECT_EQ(line.put(Value::integer(102), "count"), "121r 1/min");
}

TEST(ValueProcessor, RoundsToDecimals) {
  Processing settings;
  settings.precision = 1;
  Line line(settings);
  EXPECT_EQ(line.put(21.4375), "21.4r Cel");
  EXPECT_EQ(line.put(-0.25), "-0.3r Cel");
  settings.precision = 0;
  EXPECT_EQ(Line(settings).put(1013.49), "1013r Cel");
  EXPECT_EQ(Line(settings).put(1e300), "1e+300r Cel");
}

TEST(ValueProcessor, ReportsAChangeOfDelta) {
  Processing settings;
  settings.delta = 0.1;
  settings.max_interval = seconds(60);
  Line line(settings);
  EXPECT_EQ(line.put(21.4), "21.4r Cel");
  EXPECT_EQ(line.put(21.45), "-");
  EXPECT_EQ(line.put(21.5), "21.5r Cel");  // although 21.5 - 21.4 is less than 0.1 in binary
  EXPECT_EQ(line.put(21.42), "-");
  line.fail();
  EXPECT_EQ(line.put(21.42), "21.42r Cel");
  EXPECT_EQ(line.put(Value::boolean(true)), "true Cel");
  EXPECT_EQ(line.put(Value::boolean(true)), "-");
  EXPECT_EQ(line.put(Value::text("a")), "a Cel");
  EXPECT_EQ(line.put(Value::text("b")), "b Cel");
}

TEST(ValueProcessor, WithDeltaZeroReportsAnyChange) {
  Processing settings;
  settings.delta = 0;
  Line line(settings);
  EXPECT_EQ(line.put(1), "1r Cel");
  EXPECT_EQ(line.put(1), "-");
  EXPECT_EQ(line.put(1.000001), "1.000001r Cel");
}

TEST(ValueProcessor, ReportsAnUnchangedValueFromTimeToTime) {
  const auto samples_between_reports = [](Processing settings,
                                          std::optional<milliseconds> max_age) {
    settings.delta = 1;
    Line line(settings, max_age);
    EXPECT_EQ(line.put(5), "5r Cel");
    int samples = 1;
    while (line.put(5) == "-") ++samples;
    return samples;
  };
  Processing settings;
  EXPECT_EQ(samples_between_reports(settings, {}), 6);
  EXPECT_EQ(samples_between_reports(settings, seconds(5)), 3);  // two samples before it is late
  EXPECT_EQ(samples_between_reports(settings, seconds(2)), 1);
  settings.max_interval = seconds(10);
  EXPECT_EQ(samples_between_reports(settings, seconds(5)), 10);
}

TEST(Processing, IsLateTwoSamplesAfterAReportIsDue) {
  Processing settings;
  EXPECT_EQ(late_after(settings, seconds(10), {}), seconds(30));
  settings.delta = 1;
  EXPECT_EQ(late_after(settings, seconds(10), {}), seconds(80));
  settings.max_interval = seconds(600);
  EXPECT_EQ(late_after(settings, seconds(10), {}), seconds(620));
  EXPECT_EQ(late_after(settings, seconds(10), seconds(15)), seconds(15));
}

// Whatever is measured, a reader is never wrong by more than delta, and never late by the silence.
TEST(ValueProcessor, KeepsReadersWithinDeltaAndMaxAge) {
  std::mt19937 random(20261121);
  for (int round = 0; round < 300; ++round) {
    Processing settings;
    settings.delta = std::uniform_real_distribution<double>(0.0, 2.0)(random);
    if (round % 3 == 1) settings.max_interval = seconds(random() % 40 + 1);
    if (round % 5 == 1) settings.precision = static_cast<int>(random() % 3);
    const std::optional<milliseconds> max_age =
        round % 3 == 2 ? std::optional(milliseconds(seconds(random() % 40 + 3))) : std::nullopt;
    ValueProcessor processor(settings, seconds(1), max_age);
    const auto late = late_after(settings, seconds(1), max_age);
    Instant now{};
    Instant reported_at{};
    double reported = 0;
    double value = 20;
    for (int i = 0; i < 400; ++i) {
      // Samples come up to 50 ms early or late.
      now = Instant(seconds(i + 1)) + milliseconds(static_cast<int>(random() % 101) - 50);
      if (random() % 4 == 0) value += std::normal_distribution<double>(0, 1)(random);
      const auto outcome = processor.process(now, {"", Value::real(value), "Cel"});
      const double processed = outcome.value.value.as_number().value_or(1e9);
      ASSERT_EQ(outcome.error, "");
      if (outcome.report) {
        ASSERT_TRUE(i == 0 || now - reported_at < late) << "round " << round << " sample " << i;
        reported = processed;
        reported_at = now;
      }
      ASSERT_LE(std::abs(processed - reported), *settings.delta + 1e-9) << round << " " << i;
    }
  }
}

}  // namespace
}  // namespace dsn::sensor
