// SPDX-License-Identifier: Apache-2.0
// The steps between a measured value and the published one (docs/configuration.md, "From the driver
// to the network"). The configuration fills them in, sensor/value_processor applies them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace dsn::inline base {

/// The steps for one value. A step that is not set is left out.
struct Processing {
  enum class Filter : std::uint8_t { median, average };

  std::optional<bool> rate;      ///< a counter becomes its change per second
  std::optional<double> scale;   ///< factor, not 0
  std::optional<double> offset;  ///< added after `scale`
  std::optional<double> min;     ///< what is below is an error
  std::optional<double> max;     ///< what is above is an error
  std::optional<Filter> filter;  ///< over the last `window` samples
  std::optional<int> window;     ///< 2 to 100; nothing: kDefaultWindow, if there is a filter
  std::optional<std::uint32_t> precision;  ///< decimals
  std::optional<double> delta;             ///< report only a change of at least this much
  std::optional<std::chrono::milliseconds> max_interval;  ///< report an unchanged value so often
  std::optional<std::string> unit;      ///< replaces the driver's unit; empty: the driver's unit
  std::optional<std::string> ha_class;  ///< the device class of Home Assistant
  std::optional<bool> is_number;        ///< of one of several values: no text will do

  bool operator==(const Processing&) const = default;
};

inline constexpr int kDefaultWindow = 5;

/// Whether the steps are those of a number: it has a unit, a range, or is calculated with.
[[nodiscard]] bool says_number(const Processing& processing);

/// `first`, with the steps of `second` that `first` does not set.
[[nodiscard]] Processing merged(const Processing& first, const Processing& second);

/// How often an unchanged value is reported. Without `delta` at each sample. With it every
/// `max_interval`; by default every sixth sample, or as often as a given `max_age` asks for.
[[nodiscard]] std::chrono::milliseconds report_interval(
    const Processing& processing, std::chrono::milliseconds every,
    std::optional<std::chrono::milliseconds> max_age);

/// When readers call the value late: `max_age`, by default two samples after a report is due.
[[nodiscard]] std::chrono::milliseconds late_after(
    const Processing& processing, std::chrono::milliseconds every,
    std::optional<std::chrono::milliseconds> max_age);

}  // namespace dsn::inline base
