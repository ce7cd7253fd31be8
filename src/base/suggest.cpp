// SPDX-License-Identifier: Apache-2.0
#include "base/suggest.hpp"

#include <algorithm>
#include <array>

namespace dsn::inline base {
namespace {

// Longer words are no slip of the fingers, and the cost grows with the square.
constexpr std::size_t kWordSizeMax = 64;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  if (a.size() > kWordSizeMax || b.size() > kWordSizeMax) return std::max(a.size(), b.size());
  using Row = std::array<std::size_t, kWordSizeMax + 1>;
  Row two_above{};
  Row above{};
  Row row{};
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    two_above = above;
    above = row;
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], two_above[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

std::optional<std::string_view> closest(std::string_view word,
                                        std::span<const std::string_view> known) {
  const std::string wanted = lower(word.substr(0, kWordSizeMax + 1));
  std::size_t best = (word.size() + 2) / 3 + 1;
  std::optional<std::string_view> found;
  for (const std::string_view candidate : known) {
    const std::size_t distance = edit_distance(wanted, lower(candidate));
    // A candidate of which nothing is left explains nothing.
    if (distance < best && distance < candidate.size()) {
      best = distance;
      found = candidate;
    }
  }
  return found;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  const auto found = closest(word, known);
  return found ? " (did you mean '" + std::string(*found) + "'?)" : std::string();
}

std::string no_such_word(std::string_view word, std::span<const std::string_view> known) {
  std::string text = "'" + std::string(word.substr(0, 40)) + "'" + did_you_mean(word, known);
  text += " is none of";
  for (std::size_t i = 0; i < known.size(); ++i) {
    text.append(i == 0 ? ": " : ", ").append(known[i]);
  }
  return text;
}

}  // namespace dsn::inline base
