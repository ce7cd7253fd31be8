// SPDX-License-Identifier: Apache-2.0
// The words of an enumeration, told once: the word of an enumerator and the enumerator of a word
// are both read from one table.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "base/check.hpp"

namespace dsn::inline base {

template <typename Enum>
struct EnumWord {
  Enum value;
  const char* word;
};

/// All enumerators in their order, with a word each; made by enum_words().
template <typename Enum, std::size_t N>
struct EnumWords {
  std::array<EnumWord<Enum>, N> table;

  [[nodiscard]] constexpr const char* word(Enum value) const {
    const auto index = static_cast<std::size_t>(value);
    return index < N ? table[index].word : "?";
  }

  [[nodiscard]] constexpr std::array<std::string_view, N> words() const {
    std::array<std::string_view, N> all;
    for (std::size_t i = 0; i < N; ++i) all[i] = table[i].word;
    return all;
  }

  [[nodiscard]] constexpr std::optional<Enum> find(std::string_view word) const {
    for (const auto& entry : table) {
      if (word == entry.word) return entry.value;
    }
    return std::nullopt;
  }
};

/// A table that is out of order or has a gap does not compile.
template <typename Enum, std::size_t N>
consteval EnumWords<Enum, N> enum_words(const EnumWord<Enum> (&table)[N]) {
  EnumWords<Enum, N> words{};
  for (std::size_t i = 0; i < N; ++i) {
    DSN_CHECK(static_cast<std::size_t>(table[i].value) == i);
    words.table[i] = table[i];
  }
  return words;
}

}  // namespace dsn::inline base
