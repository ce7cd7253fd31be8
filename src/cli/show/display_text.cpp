// SPDX-License-Identifier: Apache-2.0
#include "cli/show/display_text.hpp"

#include <fmt/format.h>

#include <clocale>
#include <cwchar>

#include "base/utf8.hpp"

namespace dsn::cli {
namespace {

struct CodePoint {
  char32_t value = 0;
  std::size_t size = 1;
  bool valid = false;
};

/// The first code point of a text that is not empty.
CodePoint first_of(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc0 || size > text.size()) return {};
  if (!is_utf8(as_bytes(text.substr(0, size)))) return {};
  char32_t value = lead & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    value = value << 6 | (static_cast<unsigned char>(text[i]) & 0x3fU);
  }
  return {value, size, true};
}

std::size_t width_of(const CodePoint& point) {
  if (!point.valid) return 1;
  const int width = ::wcwidth(static_cast<wchar_t>(point.value));
  // -1: unassigned in the tables of this C library; terminals mostly draw one box.
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

/// Whether a terminal would act on it, or show the text in another order than it is written in.
bool is_unsafe(char32_t value) {
  return value < 0x20 || (value >= 0x7f && value < 0xa0) || value == 0x2028 || value == 0x2029 ||
         (value >= 0x202a && value <= 0x202e) || (value >= 0x2066 && value <= 0x2069);
}

std::string escape(char32_t value) {
  switch (value) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      break;
  }
  const auto number = static_cast<std::uint32_t>(value);
  return number < 0x100 ? fmt::format("\\x{:02x}", number) : fmt::format("\\u{:04x}", number);
}

}  // namespace

void use_utf8_widths() {
  std::setlocale(LC_CTYPE, "");
  if (::wcwidth(L'\u00e9') != 1 || ::wcwidth(L'\u4e2d') != 2) std::setlocale(LC_CTYPE, "C.UTF-8");
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const CodePoint point = first_of(text);
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
    const CodePoint point = first_of(text);
    width += width_of(point);
    if (width > columns - 1) break;
    kept.append(text.substr(0, point.size));
    text.remove_prefix(point.size);
  }
  return kept + "…";
}

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = first_of(text);
    if (!point.valid) {
      shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    } else if (is_unsafe(point.value)) {
      shown += escape(point.value);
    } else {
      shown.append(text.substr(0, point.size));
    }
    text.remove_prefix(point.size);
  }
  return shown;
}

}  // namespace dsn::cli
