// SPDX-License-Identifier: Apache-2.0
// Secret bytes in letters that people can type: a prefix, then groups of four digits.
//
// The digits are those of Crockford's base 32 (0 to 9 and A to Z without I, L, O and U). They hold
// the bytes and, against mistakes in typing, the first 4 of SHA-256(prefix bytes). Bits that are
// left over are 0.
#pragma once

#include <string_view>

#include "base/bytes.hpp"
#include "crypto/secret_text.hpp"
#include "dsn/result.hpp"

namespace dsn::crypto {

/// How a kind of secret is called in errors, and what it begins with.
struct TypedForm {
  std::string_view what;    ///< such as "invite"
  std::string_view prefix;  ///< four letters or digits
  std::size_t bytes = 0;    ///< of the secret, at most 60

  [[nodiscard]] constexpr std::size_t digits() const { return (8 * (bytes + 4) + 4) / 5; }
  /// Characters of the whole.
  [[nodiscard]] constexpr std::size_t size() const {
    return prefix.size() + digits() + (digits() + 3) / 4;
  }
};

/// Appends form.size() characters.
void append_typed(SecretText& text, const TypedForm& form, ByteView secret);

/// Whether the text begins as this form does.
[[nodiscard]] bool begins_as(const TypedForm& form, std::string_view text);

/// Reads form.bytes bytes from upper and lower case, with or without dashes and blanks; O is 0, I
/// and L are 1. No error shows the secret.
[[nodiscard]] Result<void> parse_typed(const TypedForm& form, std::string_view text,
                                       MutableBytes secret);

}  // namespace dsn::crypto
