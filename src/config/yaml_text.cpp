// SPDX-License-Identifier: Apache-2.0
#include "config/yaml_text.hpp"

#include <algorithm>

namespace dsn::config {

std::size_t line_begin(std::string_view text, std::size_t pos) {
  return pos == 0 ? 0 : text.rfind('\n', pos - 1) + 1;  // npos + 1 is 0
}

std::string_view line_from(std::string_view text, std::size_t pos) {
  return text.substr(pos, text.find('\n', pos) - pos);
}

char character_at(std::string_view text, std::size_t pos) {
  return pos < text.size() ? text[pos] : '\0';
}

std::optional<std::size_t> colon_without_blank(std::string_view text) {
  const std::size_t colon = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-/");
  if (colon == 0 || character_at(text, colon) != ':') return std::nullopt;
  const char next = character_at(text, colon + 1);
  if (next == '\0' || next == ' ' || next == '\t' || next == '\r' || next == '\n') {
    return std::nullopt;
  }
  return colon;
}

bool has_colon(std::string_view line) {
  return line.find(": ") != std::string_view::npos ||
         character_at(line, line.find_last_not_of(" \r")) == ':';
}

std::size_t end_before(std::string_view text, std::size_t pos) {
  while (true) {
    const std::size_t begin = line_begin(text, pos);
    std::string_view line = text.substr(begin, pos - begin);
    if (line.starts_with('#')) line = {};
    line = line.substr(0, line.find(" #"));
    const std::size_t last = line.find_last_not_of(" \t\r");
    if (last != std::string_view::npos) return begin + last + 1;
    if (begin == 0) return 0;
    pos = begin - 1;
  }
}

Mark TextPlaces::mark_at(std::size_t pos) {
  pos = std::min(pos, text_.size());
  if (pos < pos_) *this = TextPlaces(text_, at_.file);
  for (; pos_ < pos; ++pos_) {
    const auto c = static_cast<unsigned char>(text_[pos_]);
    if (c == '\n') {
      ++at_.line;
      at_.column = 1;
    } else if ((character_at(text_, pos_ + 1) & 0xc0) != 0x80) {
      ++at_.column;
    }
  }
  return at_;
}

}  // namespace dsn::config
