// SPDX-License-Identifier: Apache-2.0
// Lines and places of a text, for what is said about a document that is not valid YAML.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "config/finding.hpp"
#include "config/report.hpp"

namespace dsn::config {

/// Where the line begins in which `pos` is.
[[nodiscard]] std::size_t line_begin(std::string_view text, std::size_t pos);

/// The text from `pos` to the end of its line.
[[nodiscard]] std::string_view line_from(std::string_view text, std::size_t pos);

/// The character at `pos`; 0 behind the end.
[[nodiscard]] char character_at(std::string_view text, std::size_t pos);

/// The place of a ':' that follows a word and has text behind it at once, as in `port:80`.
[[nodiscard]] std::optional<std::size_t> colon_without_blank(std::string_view text);

/// Whether a line may be a key, with or without a value.
[[nodiscard]] bool has_colon(std::string_view line);

/// Where the text ends that stands before `pos`, apart from blanks and comments.
[[nodiscard]] std::size_t end_before(std::string_view text, std::size_t pos);

/// Counts places as an editor does: lines and characters from 1. yaml-cpp counts bytes, from 0.
class TextPlaces {
 public:
  TextPlaces(std::string_view text, int file)
      : text_(text), at_{.line = 1, .column = 1, .file = file} {}

  /// Quick for places in the order of the text.
  [[nodiscard]] Mark mark_at(std::size_t pos);

 private:
  std::string_view text_;
  std::size_t pos_ = 0;
  Mark at_;
};

}  // namespace dsn::config
