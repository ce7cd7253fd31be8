// SPDX-License-Identifier: Apache-2.0
// Numbers that a whole text says.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>

namespace dsn::inline base {

/// The number that the whole text says, in the grammar of std::from_chars: no blanks and no "+".
/// Nothing if the text says none, says more than one, or is out of the type's range.
template <typename Number>
[[nodiscard]] std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [stop, error] = std::from_chars(begin, end, number);
  return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

/// The same in hexadecimal digits. "0x" is none of them.
template <std::integral Number>
[[nodiscard]] std::optional<Number> number_of_hex(std::string_view digits) {
  constexpr int kHex = 16;
  Number number{};
  const char* const begin = digits.data();
  const char* const end = begin + digits.size();
  const auto [stop, error] = std::from_chars(begin, end, number, kHex);
  return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

}  // namespace dsn::inline base
