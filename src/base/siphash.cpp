// SPDX-License-Identifier: Apache-2.0
#include "base/siphash.hpp"

#include <bit>
#include <cstring>

namespace dsn::inline base {
namespace {

std::uint64_t little_endian64(const std::uint8_t* bytes, std::size_t count = 8) {
  std::uint64_t value = 0;
  if (count > 0) std::memcpy(&value, bytes, count);  // of nothing there may be no address
  if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap64(value);
  return value;
}

struct SipState {
  std::uint64_t v0, v1, v2, v3;

  void round() {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }

  void absorb(std::uint64_t word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
};

}  // namespace

std::uint64_t siphash24(std::span<const std::uint8_t, 16> key, ByteView message) {
  const std::uint64_t k0 = little_endian64(key.data());
  const std::uint64_t k1 = little_endian64(key.data() + 8);
  SipState state{k0 ^ 0x736f6d6570736575ULL, k1 ^ 0x646f72616e646f6dULL, k0 ^ 0x6c7967656e657261ULL,
                 k1 ^ 0x7465646279746573ULL};
  const std::size_t whole = message.size() / 8 * 8;
  for (std::size_t i = 0; i < whole; i += 8) state.absorb(little_endian64(message.data() + i));
  state.absorb(little_endian64(message.data() + whole, message.size() - whole) |
               std::uint64_t{message.size() & 0xff} << 56);
  state.v2 ^= 0xff;
  for (int i = 0; i < 4; ++i) state.round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace dsn::inline base
