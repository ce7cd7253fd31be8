// SPDX-License-Identifier: Apache-2.0
#include "base/unit_symbol.hpp"

#include <array>
#include <utility>

namespace dsn::inline base {
namespace {

/// SenML (RFC 8428, section 12.1; RFC 8798), where the symbol of everyday life is another one.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kSymbols = {{
    {"Cel", "°C"},
    {"degF", "°F"},
    {"deg", "°"},
    {"ohm", "Ω"},
    {"Ohm", "Ω"},
    {"m2", "m²"},
    {"m3", "m³"},
    {"m/s2", "m/s²"},
    {"m3/s", "m³/s"},
    {"kg/m3", "kg/m³"},
    {"W/m2", "W/m²"},
    {"ug/m3", "µg/m³"},
    {"uA", "µA"},
    {"uW", "µW"},
    {"/", ""},
    {"count", ""},
}};

}  // namespace

std::string unit_symbol(std::string_view unit) {
  for (const auto& [name, symbol] : kSymbols) {
    if (unit == name) return std::string(symbol);
  }
  return std::string(unit);
}

}  // namespace dsn::inline base
