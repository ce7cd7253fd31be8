// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include "base/bytes.hpp"
#include "base/utf8.hpp"

namespace dsn::inline base {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Unicode 15: the categories Cc, Cf, Zl, Zp and Co, noncharacters but the last two of each plane,
// and what has no shape by default but the selectors of variants, which belong to emoji. Sorted.
constexpr std::array kUnsafe = std::to_array<Range>({
    {0x00, 0x1f},        {0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},
    {0x600, 0x605},      {0x61c, 0x61c},     {0x6dd, 0x6dd},     {0x70f, 0x70f},
    {0x890, 0x891},      {0x8e2, 0x8e2},     {0x115f, 0x1160},   {0x17b4, 0x17b5},
    {0x180b, 0x180f},    {0x200b, 0x200f},   {0x2028, 0x202e},   {0x2060, 0x206f},
    {0x3164, 0x3164},    {0xd800, 0xf8ff},   {0xfdd0, 0xfdef},   {0xfeff, 0xfeff},
    {0xffa0, 0xffa0},    {0xfff0, 0xfffb},   {0x110bd, 0x110bd}, {0x110cd, 0x110cd},
    {0x13430, 0x1343f},  {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
    {0xf0000, 0x10ffff},
});

/// As printf does it; at most ten characters.
std::string formatted(const char* format, std::uint32_t number) {
  std::array<char, 12> text{};
  std::snprintf(text.data(), text.size(), format, static_cast<unsigned>(number));
  return text.data();
}

std::string escape(const CodePoint& point) {
  const auto number = static_cast<std::uint32_t>(point.value);
  if (number < 0x100) return formatted("\\x%02x", number);
  return formatted(number < 0x10000 ? "\\u%04x" : "\\U%08x", number);
}

std::string escape_for_people(const CodePoint& point) {
  if (point.valid && point.value == '\n') return "\\n";
  if (point.valid && point.value == '\r') return "\\r";
  if (point.valid && point.value == '\t') return "\\t";
  return escape(point);
}

std::string question_mark(const CodePoint&) { return "?"; }

std::string escape_in_json(const CodePoint& point) {
  const auto number = static_cast<std::uint32_t>(point.value);
  if (number < 0x10000) return formatted("\\u%04x", number);
  return formatted("\\u%04x", 0xd800 + ((number - 0x10000) >> 10)) +
         formatted("\\u%04x", 0xdc00 + (number & 0x3ff));
}

std::string replaced(std::string_view text, std::string (*replacement)(const CodePoint&)) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    CodePoint point = first_code_point(text);
    if (point.valid && !is_unsafe(point.value)) {
      result.append(text.substr(0, point.size));
    } else {
      if (!point.valid) point.value = static_cast<unsigned char>(text.front());
      result += replacement(point);
    }
    text.remove_prefix(point.size);
  }
  return result;
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
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

bool is_unsafe(char32_t value) {
  if ((value & 0xfffe) == 0xfffe) return true;  // the noncharacters that end each plane
  const auto* const range = std::ranges::lower_bound(kUnsafe, value, {}, &Range::last);
  return range != kUnsafe.end() && range->first <= value;
}

std::string printable(std::string_view text) { return replaced(text, escape_for_people); }

std::string with_question_marks(std::string_view text) { return replaced(text, question_mark); }

std::string printable_json(std::string_view json) { return replaced(json, escape_in_json); }

}  // namespace dsn::inline base
