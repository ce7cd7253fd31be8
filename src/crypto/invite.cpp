// SPDX-License-Identifier: Apache-2.0
#include "crypto/invite.hpp"

#include <algorithm>
#include <optional>

#include "crypto/key_pair.hpp"

namespace dsn::crypto {
namespace {

constexpr std::string_view kPrefix = "DSN1";
constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kDigitCount = 32;  // of 5 bits
constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kInviteCheckBytes = 4;

/// The key with its checksum.
using Content = Secret<kKeyBytes + kInviteCheckBytes>;

Content with_check(ByteView key) {
  SecretText hashed(kPrefix.size() + kKeyBytes);
  hashed.append(kPrefix);
  hashed.append(as_text(key));
  const core::Digest256 digest = sha256(hashed.bytes());
  Content content;
  std::ranges::copy(key, content.mutable_view().begin());
  std::copy_n(digest.begin(), kInviteCheckBytes, content.mutable_view().begin() + kKeyBytes);
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

/// The text behind `DSN1`; nothing if it begins with something else.
std::optional<std::string_view> after_prefix(std::string_view text) {
  while (!text.empty() && is_separator(text.front())) text.remove_prefix(1);
  const auto is_same = [](char a, char b) { return a == b || a == b - 'A' + 'a'; };
  if (!std::ranges::equal(text.substr(0, kPrefix.size()), kPrefix, is_same)) return std::nullopt;
  return text.substr(kPrefix.size());
}

}  // namespace

void append_invite(SecretText& text, const NetworkKey& key) {
  const Content content = with_check(key.view());
  text.append(kPrefix);
  for (std::size_t i = 0; i < kDigitCount; ++i) {
    unsigned digit = 0;
    for (std::size_t bit = 5 * i; bit < 5 * i + 5; ++bit) {
      digit = digit << 1 | (content.view()[bit / 8] >> (7 - bit % 8) & 1U);
    }
    if (i % 4 == 0) text.append("-");
    text.append(kDigits.substr(digit, 1));
  }
}

Result<NetworkKey> parse_invite(std::string_view text) {
  const std::optional<std::string_view> digits = after_prefix(text);
  if (!digits) return Error{"that is no invite: an invite begins with DSN1-"};
  Content content;
  std::size_t count = 0;
  for (const char c : *digits) {
    if (is_separator(c)) continue;
    const std::optional<unsigned> digit = digit_of(c);
    if (!digit)
      return Error{"this invite has a wrong character: only digits and letters other than U occur"};
    for (std::size_t bit = 5 * count; count < kDigitCount && bit < 5 * count + 5; ++bit) {
      const unsigned one = *digit >> (4 - bit % 5) & 1U;
      std::uint8_t& byte = content.mutable_view()[bit / 8];
      byte = static_cast<std::uint8_t>(byte | one << (7 - bit % 8));
    }
    ++count;
  }
  if (count != kDigitCount) {
    return Error{"this invite has " + std::to_string(count) + " digits after DSN1-, not 32"};
  }
  NetworkKey key;
  std::copy_n(content.view().begin(), kKeyBytes, key.mutable_view().begin());
  if (!std::ranges::equal(with_check(key.view()).view(), content.view())) {
    return Error{"this invite was mistyped: its check digits do not match"};
  }
  return key;
}

}  // namespace dsn::crypto
