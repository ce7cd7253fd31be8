// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.hpp"

namespace dsn::inline base {
namespace {

// What may follow a first byte: how many continuation bytes, and the range of the first of them,
// which is where overlong forms, surrogates and values above U+10FFFF show (RFC 3629, section 4).
struct Sequence {
  std::size_t continuations = 0;
  std::uint8_t second_min = 0x80;
  std::uint8_t second_max = 0xbf;
};

Sequence sequence_of(std::uint8_t first) {
  if (first >= 0xc2 && first <= 0xdf) return {1};
  if (first == 0xe0) return {2, 0xa0, 0xbf};
  if (first == 0xed) return {2, 0x80, 0x9f};
  if (first >= 0xe1 && first <= 0xef) return {2};
  if (first == 0xf0) return {3, 0x90, 0xbf};
  if (first >= 0xf1 && first <= 0xf3) return {3};
  if (first == 0xf4) return {3, 0x80, 0x8f};
  return {};
}

}  // namespace

bool is_utf8(ByteView bytes) {
  std::size_t i = 0;
  while (i < bytes.size()) {
    const std::uint8_t first = bytes[i++];
    if (first < 0x80) continue;
    const Sequence sequence = sequence_of(first);
    if (sequence.continuations == 0 || bytes.size() - i < sequence.continuations) return false;
    if (bytes[i] < sequence.second_min || bytes[i] > sequence.second_max) return false;
    for (std::size_t k = 1; k < sequence.continuations; ++k) {
      if ((bytes[i + k] & 0xc0) != 0x80) return false;
    }
    i += sequence.continuations;
  }
  return true;
}

}  // namespace dsn::inline base
