// SPDX-License-Identifier: Apache-2.0
#include "config/scalar.hpp"

#include <cmath>

#include "base/hide_keys.hpp"
#include "base/number_text.hpp"
#include "base/printable.hpp"

namespace dsn::config {
namespace {

constexpr std::size_t kShownSizeMax = 60;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || !is_digit(digits[0]) || (digits[0] == '0' && digits.size() > 1)) {
    return std::nullopt;
  }
  return number_of<std::int64_t>(text);
}

bool looks_octal(std::string_view text) {
  if (text.starts_with("0o")) text.remove_prefix(1);
  if (text.size() < 2 || text[0] != '0') return false;
  return text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

std::optional<double> parse_number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  // number_of() also reads "inf" and "nan".
  if (text.empty() || (!is_digit(text.back()) && text.back() != '.')) return std::nullopt;
  return number_of<double>(text);
}

std::string shown(std::string_view text) {
  if (looks_like_key(text)) return "'...' (looks like a key, so it is not shown)";
  const bool cut = text.size() > kShownSizeMax;
  if (cut) {
    std::size_t size = kShownSizeMax;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
    text = text.substr(0, size);
  }
  return "'" + with_question_marks(text) + (cut ? "...'" : "'");
}

}  // namespace dsn::config
