// SPDX-License-Identifier: Apache-2.0
// What becomes of a measured value before it is published (docs/configuration.md, "From the driver
// to the network"). The configuration fills it, the sensors' processor does it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace dsn::inline base {

/// Of one value; what is not set is not done.
struct Processing {
  enum class Filter : std::uint8_t { median, average };

  std::optional<bool> rate;      ///< a counter becomes its change per second
  std::optional<double> scale;   ///< factor, not 0
  std::optional<double> offset;  ///< added after `scale`
  std::optional<double> min;     ///< what is below is an error
  std::optional<double> max;     ///< what is above is an error
  std::optional<Filter> filter;  ///< over the last `window` samples
  std::optional<int> window;     ///< 2 to 100; nothing: kDefaultWindow, if there is a filter
  std::optional<int> precision;  ///< decimals
  std::optional<double> delta;   ///< report only when it changed by that much
  std::optional<std::chrono::milliseconds> max_interval;  ///< ... or when this time has passed
  std::optional<std::string> unit;  ///< instead of that of the driver; empty: that of the driver
  std::optional<std::string> ha_class;  ///< the device class of Home Assistant

  bool operator==(const Processing&) const = default;
};

inline constexpr int kDefaultWindow = 5;

/// `first`, with what it leaves open from `second`.
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
