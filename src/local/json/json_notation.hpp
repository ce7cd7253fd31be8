// SPDX-License-Identifier: Apache-2.0
// How values that JSON has no form for are written: as an object whose only member has one of these
// names (docs/local-api.md, section "Values").
#pragma once

#include <string_view>

namespace dsn::local {

inline constexpr std::string_view kBytesMember = "$bytes";
inline constexpr std::string_view kMapMember = "$map";
inline constexpr std::string_view kFloatMember = "$float";
inline constexpr std::string_view kIntMember = "$int";

inline constexpr std::string_view kNotANumber = "NaN";
inline constexpr std::string_view kInfinity = "Infinity";
inline constexpr std::string_view kMinusInfinity = "-Infinity";

/// -2^64, the one integer whose digits 64 bits do not hold.
inline constexpr std::string_view kLowestInteger = "-18446744073709551616";

/// Whether a one-key map with this key would be taken for one of these notations.
[[nodiscard]] constexpr bool needs_escape(std::string_view key) {
  for (const std::string_view name : {kBytesMember, kMapMember, kFloatMember, kIntMember}) {
    if (key == name) return true;
  }
  return key.starts_with("$$");
}

}  // namespace dsn::local
