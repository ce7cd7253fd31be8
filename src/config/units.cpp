// SPDX-License-Identifier: Apache-2.0
#include "config/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/suggest.hpp"

namespace dsn::config {
namespace {

constexpr auto kUnits = std::to_array<std::string_view>({
    // RFC 8428, table 9
    "m",
    "kg",
    "g",
    "s",
    "A",
    "K",
    "cd",
    "mol",
    "Hz",
    "rad",
    "sr",
    "N",
    "Pa",
    "J",
    "W",
    "C",
    "V",
    "F",
    "Ohm",
    "S",
    "Wb",
    "T",
    "H",
    "Cel",
    "lm",
    "lx",
    "Bq",
    "Gy",
    "Sv",
    "kat",
    "m2",
    "m3",
    "l",
    "m/s",
    "m/s2",
    "m3/s",
    "l/s",
    "W/m2",
    "cd/m2",
    "bit",
    "bit/s",
    "lat",
    "lon",
    "pH",
    "dB",
    "dBW",
    "Bspl",
    "count",
    "/",
    "%",
    "%RH",
    "%EL",
    "EL",
    "1/s",
    "1/min",
    "beat/min",
    "beats",
    "S/m",
    // RFC 8798, table 1, and what was registered since
    "B",
    "VA",
    "VAs",
    "var",
    "vars",
    "J/m",
    "kg/m3",
    "deg",
    "NTU",
    // RFC 8798, table 2: secondary units, which are multiples of others
    "ms",
    "min",
    "h",
    "MHz",
    "kW",
    "kVA",
    "kvar",
    "Ah",
    "Wh",
    "kWh",
    "varh",
    "kvarh",
    "kVAh",
    "Wh/km",
    "KiB",
    "GB",
    "Mbit/s",
    "B/s",
    "MB/s",
    "mV",
    "mA",
    "dBm",
    "ug/m3",
    "mm/h",
    "m/h",
    "ppm",
    "/100",
    "/1000",
    "hPa",
    "mm",
    "cm",
    "km",
    "km/h",
});

struct Alias {
  std::string_view written;
  std::string_view unit;
};

// How people write them; too far from the symbol, or too close to another, for edit distance.
constexpr auto kAliases = std::to_array<Alias>({
    {"\u00b0C", "Cel"}, {"degC", "Cel"},   {"celsius", "Cel"},
    {"Celsius", "Cel"}, {"\u00b0", "deg"}, {"percent", "%"},
    {"\u2126", "Ohm"},  {"\u03a9", "Ohm"}, {"rpm", "1/min"},
    {"RPM", "1/min"},   {"bytes", "B"},    {"By", "B"},
    {"volt", "V"},      {"ampere", "A"},   {"watt", "W"},
    {"lux", "lx"},      {"mbar", "hPa"},   {"\u00b5g/m3", "ug/m3"},
    {"sec", "s"},       {"m\u00b3", "m3"}, {"m\u00b2", "m2"},
    {"l/min", "l/s"},   {"l/h", "l/s"},    {"m3/h", "m3/s"},
    {"kPa", "hPa"},     {"mW", "W"},       {"uA", "mA"},
    {"uV", "mV"},
});

}  // namespace

bool is_unit(std::string_view text) {
  return text.empty() || std::ranges::find(kUnits, text) != kUnits.end();
}

std::span<const std::string_view> known_units() { return kUnits; }

std::string unit_hint(std::string_view text) {
  std::vector<std::string_view> known(kUnits.begin(), kUnits.end());
  for (const Alias& alias : kAliases) known.push_back(alias.written);
  // An exact alias has distance 0 and wins over every neighbour.
  const auto near = closest(text, known);
  if (!near) return "; give a SenML unit (RFC 8428), or none";
  const auto alias = std::ranges::find(kAliases, *near, &Alias::written);
  return fmt::format(" (did you mean '{}'?)", alias != kAliases.end() ? alias->unit : *near);
}

}  // namespace dsn::config
