// SPDX-License-Identifier: Apache-2.0
#include "wire/float_form.hpp"

#include <bit>
#include <cmath>
#include <limits>

namespace dsn::wire {

std::optional<std::uint16_t> exact_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = bits >> 16 & 0x8000;
  const std::uint32_t fraction = bits & 0x7fffff;
  const int exponent = static_cast<int>(bits >> 23 & 0xff) - 127;

  std::uint32_t magnitude = 0;
  if (std::isnan(value)) return std::nullopt;
  if (std::isinf(value)) {
    magnitude = 0x7c00;
  } else if (value == 0) {
    magnitude = 0;
  } else if (exponent >= -14 && exponent <= 15) {
    if ((fraction & 0x1fff) != 0) return std::nullopt;
    magnitude = static_cast<std::uint32_t>(exponent + 15) << 10 | fraction >> 13;
  } else if (exponent >= -24 && exponent < -14) {
    // A subnormal half counts units of 2^-24; the single is (2^23 + fraction) * 2^(exponent - 23).
    const int shift = -1 - exponent;
    const std::uint32_t significand = fraction | 0x800000;
    if ((significand & ((1U << shift) - 1)) != 0) return std::nullopt;
    magnitude = significand >> shift;
  } else {
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(sign | magnitude);
}

std::optional<float> exact_single(double value) {
  if (std::isnan(value)) return std::nullopt;
  // Converting a finite number beyond the range of float is undefined.
  if (!std::isinf(value) && std::fabs(value) > std::numeric_limits<float>::max()) {
    return std::nullopt;
  }
  const auto single = static_cast<float>(value);
  if (static_cast<double>(single) != value) return std::nullopt;
  return single;
}

double half_value(std::uint16_t half) {
  const int exponent = half >> 10 & 0x1f;
  const int fraction = half & 0x3ff;
  double magnitude = 0;
  if (exponent == 0x1f) {
    magnitude = fraction == 0 ? std::numeric_limits<double>::infinity()
                              : std::numeric_limits<double>::quiet_NaN();
  } else if (exponent == 0) {
    magnitude = std::ldexp(fraction, -24);
  } else {
    magnitude = std::ldexp(fraction + 1024, exponent - 25);
  }
  return (half & 0x8000) != 0 ? -magnitude : magnitude;
}

}  // namespace dsn::wire
