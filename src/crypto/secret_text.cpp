// SPDX-License-Identifier: Apache-2.0
#include "crypto/secret_text.hpp"

#include "base/check.hpp"

namespace dsn::crypto {

void SecretText::append(std::string_view text) {
  DSN_CHECK(text.size() <= bytes_.capacity() - bytes_.size());
  bytes_.insert(bytes_.end(), text.begin(), text.end());
}

void SecretText::append_hex(ByteView bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  for (const std::uint8_t byte : bytes) {
    append(kDigits.substr(byte >> 4, 1));
    append(kDigits.substr(byte & 15, 1));
  }
}

}  // namespace dsn::crypto
