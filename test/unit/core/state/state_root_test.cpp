// SPDX-License-Identifier: Apache-2.0
#include "core/state/state_root.hpp"

#include <gtest/gtest.h>

#include <set>

#include "core/common/limits.hpp"
#include "support/fake_crypto.hpp"

namespace dsn::test {

using namespace core;

namespace {

Bytes state_of(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  return bytes;
}

TEST(StateRoot, HasAHashForEachChunkOf1024Bytes) {
  test::FakeCrypto crypto(1);
  Bytes hashes;
  for (const auto& [size, chunks] : {std::pair{0, 0}, {1, 1}, {1024, 1}, {1025, 2}, {65536, 64}}) {
    chunk_hashes(crypto, state_of(static_cast<std::size_t>(size)), hashes);
    EXPECT_EQ(hashes.size(), static_cast<std::size_t>(chunks) * sizeof(ShortHash)) << size;
  }
}

TEST(StateRoot, ChangesWithEveryByteAndWithTheLength) {
  test::FakeCrypto crypto(1);
  Bytes bytes = state_of(2500);
  std::set<ShortHash> roots{state_root(crypto, bytes)};
  for (std::size_t i = 0; i < bytes.size(); i += 50) {
    bytes[i] ^= 1;
    EXPECT_TRUE(roots.insert(state_root(crypto, bytes)).second) << i;
    bytes[i] ^= 1;
  }
  bytes.push_back(0);
  EXPECT_TRUE(roots.insert(state_root(crypto, bytes)).second);
}

TEST(StateRoot, IsMadeOfTheHashesOfTheChunks) {
  test::FakeCrypto crypto(1);
  const Bytes bytes = state_of(3000);
  Bytes hashes;
  chunk_hashes(crypto, bytes, hashes);
  EXPECT_EQ(root_of_hashes(crypto, hashes), state_root(crypto, bytes));
}

TEST(StateRoot, NeverTakesALeafForARoot) {
  test::FakeCrypto crypto(1);
  const Bytes bytes = state_of(16);
  EXPECT_NE(chunk_hash(crypto, bytes), root_of_hashes(crypto, bytes));
}

}  // namespace
}  // namespace dsn::test
