// SPDX-License-Identifier: Apache-2.0
#include "base/hide_keys.hpp"

#include <algorithm>

namespace dsn::inline base {
namespace {

// Half a network key already says too much.
constexpr std::size_t kHexRunShownMax = 15;
// An invite has 32 digits behind DSN1, in eight groups; a UUID has three such groups in a row.
constexpr std::ptrdiff_t kInviteDigitsShownMax = 15;
constexpr std::size_t kGroupsShownMax = 3;
constexpr std::size_t kGroupSize = 4;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_latin(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_word(char c) { return is_digit(c) || is_latin(c) || c == '-'; }
bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool has_long_hex_run(std::string_view text) {
  std::size_t run = 0;
  for (const char c : text) {
    run = is_hex_digit(c) ? run + 1 : 0;
    if (run > kHexRunShownMax) return true;
  }
  return false;
}

/// Whether "DSN1" is in it, in upper or lower case, with many digits behind it.
bool has_beginning_of_invite(std::string_view text) {
  constexpr std::string_view kPrefix = "dsn1";
  const auto is_same = [](char a, char b) { return a == b || (is_latin(a) && (a | 0x20) == b); };
  const auto found = std::ranges::search(text, kPrefix, is_same);
  const auto is_counted = [](char c) { return is_digit(c) || is_latin(c); };
  return std::count_if(found.end(), text.end(), is_counted) > kInviteDigitsShownMax;
}

/// "XZSB-0F3K-..." in a row, with a digit among the letters.
bool has_groups_of_invite(std::string_view text) {
  const bool has_digit = std::ranges::any_of(text, is_digit);
  for (std::size_t groups = 0; has_digit && !text.empty();) {
    const std::string_view group = text.substr(0, text.find('-'));
    text.remove_prefix(std::min(group.size() + 1, text.size()));
    groups = group.size() == kGroupSize ? groups + 1 : 0;
    if (groups > kGroupsShownMax) return true;
  }
  return false;
}

}  // namespace

bool looks_like_key(std::string_view word) {
  return has_long_hex_run(word) || has_beginning_of_invite(word) || has_groups_of_invite(word);
}

std::string hide_keys(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto end = std::ranges::find_if_not(text, is_word);
    const std::string_view word = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    result += looks_like_key(word) ? "... (looks like a key, so it is not shown)" : word;
    text.remove_prefix(word.size());
    if (text.empty()) break;
    result += text.front();
    text.remove_prefix(1);
  }
  return result;
}

}  // namespace dsn::inline base
