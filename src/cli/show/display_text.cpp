// SPDX-License-Identifier: Apache-2.0
#include "cli/show/display_text.hpp"

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

std::string json_line(std::string_view json) { return printable_json(json) + "\n"; }

}  // namespace dsn::cli
