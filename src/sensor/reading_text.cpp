// SPDX-License-Identifier: Apache-2.0
#include "sensor/reading_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "sensor/attribute.hpp"

namespace dsn::sensor {
namespace {

constexpr std::string_view kMinus = "\xe2\x88\x92";  // U+2212
// No-break, figure, thin and zero-width spaces, and the byte order mark.
constexpr std::array<std::string_view, 8> kUnseen = {
    "\xc2\xa0",     "\xe2\x80\x87", "\xe2\x80\xaf", "\xe2\x80\x89",
    "\xe2\x80\x8b", "\xe2\x80\x8e", "\xe2\x81\xa0", "\xef\xbb\xbf",
};
constexpr std::string_view kBlank = std::string_view(" \t\r\n\v\f\0", 7);
constexpr std::size_t kShownSizeMax = 40;

bool is_surrogate(std::uint32_t unit) { return unit >= 0xd800 && unit <= 0xdfff; }

void append_utf8(std::string& text, std::uint32_t unit) {
  const auto byte = [](std::uint32_t bits) { return static_cast<char>(bits); };
  if (unit < 0x80) {
    text += byte(unit);
  } else if (unit < 0x800) {
    text += {byte(0xc0 | unit >> 6), byte(0x80 | (unit & 0x3f))};
  } else {
    text += {byte(0xe0 | unit >> 12), byte(0x80 | (unit >> 6 & 0x3f)), byte(0x80 | (unit & 0x3f))};
  }
}

enum class Order : std::uint8_t { none, little, big };

/// By the mark at its beginning; without one, a first character that has a byte of 0 tells.
Order utf16_order(std::string_view bytes) {
  if (bytes.size() < 2) return Order::none;
  if (bytes.starts_with("\xff\xfe")) return Order::little;
  if (bytes.starts_with("\xfe\xff")) return Order::big;
  if (bytes.size() < 4) return Order::none;
  if (bytes[0] != '\0' && bytes[1] == '\0' && bytes[2] != '\0') return Order::little;
  return bytes[0] == '\0' && bytes[1] != '\0' && bytes[2] == '\0' ? Order::big : Order::none;
}

/// What is no character of its own becomes U+FFFD: no number has any.
std::string from_utf16(std::string_view bytes, Order order) {
  std::string text;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    const std::uint32_t first = static_cast<unsigned char>(bytes[i]);
    const std::uint32_t second = static_cast<unsigned char>(bytes[i + 1]);
    const std::uint32_t unit = order == Order::little ? first | second << 8 : second | first << 8;
    append_utf8(text, is_surrogate(unit) ? 0xfffd : unit);
  }
  return text;
}

bool take_end(std::string_view& text, std::string_view unseen) {
  if (text.starts_with(unseen)) {
    text.remove_prefix(unseen.size());
  } else if (text.ends_with(unseen)) {
    text.remove_suffix(unseen.size());
  } else {
    return false;
  }
  return true;
}

std::string_view without_unseen(std::string_view text) {
  while (true) {
    const std::size_t begin = std::min(text.find_first_not_of(kBlank), text.size());
    text.remove_prefix(begin);
    text = text.substr(0, text.find_last_not_of(kBlank) + 1);
    const auto taken = [&text](std::string_view unseen) { return take_end(text, unseen); };
    if (std::ranges::none_of(kUnseen, taken)) return text;
  }
}

bool has_digit(std::string_view text) {
  return text.find_first_of("0123456789") != std::string_view::npos;
}

/// What somebody has to change, who sees a number where there is none.
std::string_view remedy(std::string_view text) {
  if (number_value(text)) return ": it is a text, and a number has no quotes";
  std::string with_point(text);
  std::ranges::replace(with_point, ',', '.');
  if (with_point != text && number_value(with_point)) {
    return ": it has a decimal comma, where a point is meant";
  }
  if (!has_digit(text)) return "";
  const bool is_one = text.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
  if (is_one && to_real(text.substr(0, 1))) return ": it is too large, or it has a mistake";
  const bool is_ascii = std::ranges::all_of(text, [](char c) { return (c & 0x80) == 0; });
  if (!is_ascii) return ": it has a character that is none of a number";
  return ": the number must stand alone, without its name or unit";
}

}  // namespace

std::string plain_text(std::string_view bytes) {
  const Order order = utf16_order(bytes);
  if (order == Order::none) return std::string(without_unseen(bytes));
  return std::string(without_unseen(from_utf16(bytes, order)));
}

std::optional<Value> number_value(std::string_view text) {
  std::string with_sign;
  if (text.starts_with(kMinus)) {
    with_sign.append("-").append(text.substr(kMinus.size()));
    text = with_sign;
  }
  // The numbers of to_integer() and to_real() have no "+".
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  if (const auto integer = to_integer(text)) return Value::integer(*integer);
  if (const auto real = to_real(text)) return Value::real(*real);
  return std::nullopt;
}

std::string no_number(const Value& value) {
  if (const auto flag = value.as_boolean()) {
    return std::string(*flag ? "true" : "false") + " is no number";
  }
  const auto text = value.as_text();
  if (!text) return "this is no number";
  return "'" + first_line_shown(*text, kShownSizeMax) + "' is no number" +
         std::string(remedy(*text));
}

}  // namespace dsn::sensor
