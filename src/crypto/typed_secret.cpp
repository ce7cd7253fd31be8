// SPDX-License-Identifier: Apache-2.0
#include "crypto/typed_secret.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "base/check.hpp"
#include "crypto/key_pair.hpp"

namespace dsn::crypto {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kCheckBytes = 4;
constexpr std::size_t kContentBytesMax = 65;  // with room for bits that are left over

/// The secret with its checksum, and zeros behind it.
using Content = Secret<kContentBytesMax>;

Content with_check(const TypedForm& form, ByteView secret) {
  SecretText hashed(form.prefix.size() + secret.size());
  hashed.append(form.prefix);
  hashed.append(as_text(secret));
  const core::Digest256 digest = sha256(hashed.bytes());
  Content content;
  std::ranges::copy(secret, content.mutable_view().begin());
  std::copy_n(digest.begin(), kCheckBytes,
              content.mutable_view().begin() + static_cast<std::ptrdiff_t>(secret.size()));
  return content;
}

std::optional<unsigned> digit_of(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  const std::size_t digit = kDigits.find(c);
  return digit == std::string_view::npos ? std::nullopt : std::optional(unsigned(digit));
}

bool is_separator(char c) { return c == '-' || c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// The text behind the prefix; nothing if it begins with something else.
std::optional<std::string_view> after_prefix(const TypedForm& form, std::string_view text) {
  while (!text.empty() && is_separator(text.front())) text.remove_prefix(1);
  const auto is_same = [](char a, char b) { return a == b || a == b - 'A' + 'a'; };
  if (!std::ranges::equal(text.substr(0, form.prefix.size()), form.prefix, is_same))
    return std::nullopt;
  return text.substr(form.prefix.size());
}

// Sets the five bits of a digit.
void put_digit(Content& content, std::size_t index, unsigned digit) {
  for (std::size_t bit = 5 * index; bit < 5 * index + 5; ++bit) {
    const unsigned one = digit >> (4 - bit % 5) & 1U;
    std::uint8_t& byte = content.mutable_view()[bit / 8];
    byte = static_cast<std::uint8_t>(byte | one << (7 - bit % 8));
  }
}

std::string words(const TypedForm& form) { return "this " + std::string(form.what); }

}  // namespace

void append_typed(SecretText& text, const TypedForm& form, ByteView secret) {
  DSN_CHECK(secret.size() == form.bytes && form.bytes + kCheckBytes < kContentBytesMax);
  const Content content = with_check(form, secret);
  text.append(form.prefix);
  for (std::size_t i = 0; i < form.digits(); ++i) {
    unsigned digit = 0;
    for (std::size_t bit = 5 * i; bit < 5 * i + 5; ++bit) {
      digit = digit << 1 | (content.view()[bit / 8] >> (7 - bit % 8) & 1U);
    }
    if (i % 4 == 0) text.append("-");
    text.append(kDigits.substr(digit, 1));
  }
}

bool begins_as(const TypedForm& form, std::string_view text) {
  return after_prefix(form, text).has_value();
}

Result<void> parse_typed(const TypedForm& form, std::string_view text, MutableBytes secret) {
  DSN_CHECK(secret.size() == form.bytes);
  const std::optional<std::string_view> digits = after_prefix(form, text);
  const std::string prefix(form.prefix);
  if (!digits) {
    return Error{"this is no " + std::string(form.what) + ": it does not begin with " + prefix +
                 "-"};
  }
  Content content;
  std::size_t count = 0;
  for (const char c : *digits) {
    if (is_separator(c)) continue;
    const std::optional<unsigned> digit = digit_of(c);
    if (!digit) {
      return Error{words(form) +
                   " has a wrong character: only digits and letters other than U occur"};
    }
    if (count < form.digits()) put_digit(content, count, *digit);
    ++count;
  }
  if (count != form.digits()) {
    return Error{words(form) + " has " + std::to_string(count) + " digits after " + prefix +
                 "-, not " + std::to_string(form.digits())};
  }
  const ByteView read = ByteView(content.view()).first(form.bytes);
  if (!std::ranges::equal(with_check(form, read).view(), content.view())) {
    return Error{words(form) + " was mistyped: its check digits do not match"};
  }
  std::ranges::copy(read, secret.begin());
  return {};
}

}  // namespace dsn::crypto
