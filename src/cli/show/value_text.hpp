// SPDX-License-Identifier: Apache-2.0
// A value with its unit, for people and for scripts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dsn/reading.hpp"
#include "dsn/value.hpp"
#include "formats/raw_value.hpp"

namespace dsn::cli {

/// A value as the table shows it: "21.4 °C", "3.4 MiB", "open".
struct ShownValue {
  std::string text;
  /// With a number: the columns before its decimal point, to align a column of numbers.
  std::size_t integer_width = 0;
  bool is_number = false;
};

/// Rounded for people: three decimals, or four digits below one; bytes in KiB, MiB, ...; seconds
/// from two minutes on as an age. A number that is neither has `precision` decimals, if they are
/// said. Safe to print.
[[nodiscard]] ShownValue show_value(const Value& value, std::string_view unit,
                                    std::optional<std::uint32_t> precision = std::nullopt);
[[nodiscard]] ShownValue show_value(const Reading& reading);

using formats::raw_value;

}  // namespace dsn::cli
