// SPDX-License-Identifier: Apache-2.0
#include "cli/show/display_text.hpp"

#include <algorithm>
#include <clocale>
#include <cwchar>

namespace dsn::cli {
namespace {

std::size_t width_of(const CodePoint& point) {
  if (!point.valid) return 1;
  const int width = ::wcwidth(static_cast<wchar_t>(point.value));
  // -1: unassigned in the tables of this C library; terminals mostly draw one box.
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

/// Bytes of the sequence at the begin of the text that changes the colour; 0: there is none.
std::size_t colour_bytes(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  const std::size_t end = text.find('m');
  return end == std::string_view::npos ? 0 : end + 1;
}

std::size_t visible_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const std::size_t colour = colour_bytes(text);
    const CodePoint point = first_code_point(text);
    if (colour == 0) width += width_of(point);
    text.remove_prefix(colour > 0 ? colour : point.size);
  }
  return width;
}

/// Breaks the last line where it is too long for its only word.
void break_word(std::vector<std::string>& lines, std::size_t columns) {
  while (visible_width(lines.back()) > columns) {
    std::string_view rest = lines.back();
    for (std::size_t width = 0; true;) {
      const std::size_t colour = colour_bytes(rest);
      const CodePoint point = first_code_point(rest);
      if (colour == 0) width += width_of(point);
      if (width > std::max<std::size_t>(columns, 2)) break;
      rest.remove_prefix(colour > 0 ? colour : point.size);
      if (rest.empty()) return;
    }
    std::string next(rest);
    lines.back().resize(lines.back().size() - rest.size());
    lines.push_back(std::move(next));
  }
}

/// Where the last column of a line begins in bytes, if that leaves it half of the room; else 0.
std::size_t last_column(std::string_view line, std::size_t columns) {
  std::size_t last = 0;
  const std::size_t text = std::min(line.find_first_not_of(' '), line.size());
  for (std::size_t at = text; (at = line.find("  ", at)) != std::string_view::npos;) {
    at = std::min(line.find_first_not_of(' ', at), line.size());
    if (at < line.size() && visible_width(line.substr(0, at)) <= columns / 2) last = at;
  }
  return last;
}

std::string wrap_line(std::string_view line, std::size_t columns) {
  if (visible_width(line) <= columns) return std::string(line);
  std::size_t begin = last_column(line, columns);
  std::size_t indent = visible_width(line.substr(0, begin));
  if (begin == 0) {
    begin = std::min(line.find_first_not_of(' '), line.size());
    indent = begin + 2;
  }
  if (indent > columns / 2) begin = indent = 0;
  std::string all(line.substr(0, begin));
  for (const std::string& part : wrapped(line.substr(begin), columns - indent)) {
    if (all.size() > begin) all.append("\n").append(indent, ' ');
    all += part;
  }
  if (line.ends_with(' ')) all += ' ';
  return all;
}

}  // namespace

void use_utf8_widths() {
  std::setlocale(LC_CTYPE, "");
  if (::wcwidth(L'\u00e9') != 1 || ::wcwidth(L'\u4e2d') != 2) std::setlocale(LC_CTYPE, "C.UTF-8");
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    width += width_of(point);
    text.remove_prefix(point.size);
  }
  return width;
}

std::string clip(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::string kept;
  for (std::size_t width = 0; !text.empty();) {
    const CodePoint point = first_code_point(text);
    width += width_of(point);
    if (width > columns - 1) break;
    kept.append(text.substr(0, point.size));
    text.remove_prefix(point.size);
  }
  return kept + "…";
}

std::string last_columns(std::string_view text, std::size_t columns) {
  for (std::size_t width = display_width(text); width > columns;) {
    const CodePoint point = first_code_point(text);
    width -= width_of(point);
    text.remove_prefix(point.size);
  }
  return std::string(text);
}

std::string clip_middle(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns < 3) return clip(text, columns);
  const std::size_t behind = (columns - 1) / 2;
  return clip(text, columns - behind) + last_columns(text, behind);
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    // A word with the blanks before it, which are left out where a line begins.
    const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    std::string_view with_blanks = text.substr(0, end);
    text.remove_prefix(end);
    if (word.empty()) break;
    const bool fits = visible_width(lines.back()) + visible_width(with_blanks) <= columns;
    if (!fits && !lines.back().empty()) lines.emplace_back();
    lines.back() += lines.back().empty() ? word : with_blanks;
    break_word(lines, columns);
  }
  return lines;
}

std::string wrap_lines(std::string_view text, std::size_t columns) {
  std::string all;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    all += wrap_line(text.substr(0, end), columns);
    if (end < text.size()) all += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return all;
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string json_line(std::string_view json) { return printable_json(json) + "\n"; }

}  // namespace dsn::cli
