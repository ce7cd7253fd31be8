// SPDX-License-Identifier: Apache-2.0
// Secrets in text files, without copies left in freed memory.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"
#include "base/secret.hpp"

namespace dsn::crypto {

/// Text that is zeroised when it goes out of scope. Its capacity is set once, because a buffer that
/// grows would leave a copy in freed memory.
class SecretText {
 public:
  explicit SecretText(std::size_t capacity) { bytes_.reserve(capacity); }
  /// Takes over a buffer.
  explicit SecretText(Bytes&& bytes) : bytes_(std::move(bytes)) {}
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  ~SecretText() { zeroise(bytes_); }

  /// A text that does not fit into the capacity ends the process.
  void append(std::string_view text);
  void append_hex(ByteView bytes);

  [[nodiscard]] ByteView bytes() const { return bytes_; }
  [[nodiscard]] std::string_view view() const { return as_text(bytes_); }

 private:
  Bytes bytes_;
};

/// Exactly 2 N hexadecimal digits of either case.
template <std::size_t N>
[[nodiscard]] std::optional<Secret<N>> secret_from_hex(std::string_view digits) {
  if (digits.size() != 2 * N) return std::nullopt;
  Secret<N> secret;
  // Byte by byte, so that no other buffer ever holds the whole secret.
  for (std::size_t i = 0; i < N; ++i) {
    const std::optional<Bytes> byte = from_hex(digits.substr(2 * i, 2));
    if (!byte) return std::nullopt;
    secret.mutable_view()[i] = byte->front();
  }
  return secret;
}

}  // namespace dsn::crypto
