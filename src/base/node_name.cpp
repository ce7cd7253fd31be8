// SPDX-License-Identifier: Apache-2.0
#include "base/node_name.hpp"

#include <algorithm>

namespace dsn::inline base {
namespace {

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

bool is_node_name(std::string_view text) {
  if (text.empty() || text.size() > kNodeNameBytesMax) return false;
  if (!is_letter_or_digit(text.front()) || !is_letter_or_digit(text.back())) return false;
  return std::ranges::all_of(text,
                             [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; });
}

}  // namespace dsn::inline base
