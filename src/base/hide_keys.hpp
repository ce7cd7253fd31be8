// SPDX-License-Identifier: Apache-2.0
// Messages that repeat what somebody wrote, but never a key that was written in the wrong place.
#pragma once

#include <string>
#include <string_view>

namespace dsn::inline base {

/// Whether a word may be the key of a network or half of one: sixteen hexadecimal digits in a row,
/// or an invite, with its DSN1- or only its groups of digits.
[[nodiscard]] bool looks_like_key(std::string_view word);

/// The text with a remark in place of each word that looks like a key.
[[nodiscard]] std::string hide_keys(std::string_view text);

}  // namespace dsn::inline base
