// SPDX-License-Identifier: Apache-2.0
// A network key in the form that people carry to the next node: DSN1-, then 32 digits in groups of
// four.
//
// The digits are those of Crockford's base 32 (0 to 9 and A to Z without I, L, O and U). They hold
// the 16 bytes of the key and, against mistakes in typing, the first 4 of SHA-256("DSN1" key).
#pragma once

#include <string_view>

#include "crypto/network_key.hpp"
#include "crypto/secret_text.hpp"
#include "dsn/result.hpp"

namespace dsn::crypto {

inline constexpr std::size_t kInviteSize = 4 + 8 * 5;

/// Appends kInviteSize characters.
void append_invite(SecretText& text, const NetworkKey& key);

/// Reads upper and lower case, with or without dashes and blanks; O is 0, I and L are 1. No error
/// shows the key.
[[nodiscard]] Result<NetworkKey> parse_invite(std::string_view text);

}  // namespace dsn::crypto
