// SPDX-License-Identifier: Apache-2.0
// "did you mean": the known word that a mistyped one most likely stands for.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dsn::inline base {

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (optimal
/// string alignment), by bytes. Words longer than 64 bytes count as entirely different.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The closest of `known` if it is close enough that a slip of the fingers explains it: one edit
/// in each three letters begun. Upper and lower case are the same here. Of equally close ones, the
/// first.
[[nodiscard]] std::optional<std::string_view> closest(std::string_view word,
                                                      std::span<const std::string_view> known);

/// ` (did you mean 'every'?)`, or nothing if no known word is close.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       std::span<const std::string_view> known);

/// `'lat' (did you mean 'late'?) is none of: ok, late, error`
[[nodiscard]] std::string no_such_word(std::string_view word,
                                       std::span<const std::string_view> known);

}  // namespace dsn::inline base
