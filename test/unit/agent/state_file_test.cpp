// SPDX-License-Identifier: Apache-2.0
#include "agent/state_file.hpp"

#include <gtest/gtest.h>

#include "support/fake_crypto.hpp"
#include "temp_dir.hpp"

namespace dsn::agent {
namespace {

SavedState example() {
  SavedState state;
  state.incarnation = 7;
  state.peers = {Endpoint::ipv4({192, 168, 1, 7}, 17373),
                 Endpoint::ipv6({0xfd, 0x77, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 9)};
  return state;
}

TEST(StateFile, ComesBackAsItWasSaved) {
  test::FakeCrypto crypto(1);
  const TempDir dir;
  ASSERT_TRUE(save_state(crypto, dir.path(), example()));
  const auto loaded = load_state(crypto, dir.path());
  ASSERT_TRUE(loaded);
  EXPECT_EQ(*loaded, example());
}

TEST(StateFile, IsEmptyWhenThereIsNone) {
  test::FakeCrypto crypto(1);
  const TempDir dir;
  const auto loaded = load_state(crypto, dir.path());
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->incarnation, 0U);
}

TEST(StateFile, RefusesEveryAlteredByte) {
  test::FakeCrypto crypto(1);
  const Bytes good = encode_saved_state(crypto, example());
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bad = good;
    bad[i] ^= 0x10;
    EXPECT_FALSE(decode_saved_state(crypto, bad)) << "byte " << i;
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(decode_saved_state(crypto, ByteView(good).first(size))) << "size " << size;
  }
}

TEST(StateFile, FallsBackToThePreviousOneWhenTheNewestIsDamaged) {
  test::FakeCrypto crypto(1);
  const TempDir dir;
  SavedState state = example();
  ASSERT_TRUE(save_state(crypto, dir.path(), state));
  state.incarnation = 8;
  ASSERT_TRUE(save_state(crypto, dir.path(), state));
  write_text(dir.path() + "/state.cbor", "torn");
  const auto loaded = load_state(crypto, dir.path());
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->incarnation, 7U);
}

TEST(StateFile, SaysWhatIsDamagedWhenNothingIsLeft) {
  test::FakeCrypto crypto(1);
  const TempDir dir;
  write_text(dir.path() + "/state.cbor", "torn");
  const auto loaded = load_state(crypto, dir.path());
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().find("state.cbor"), std::string::npos);
}

TEST(StateFile, KeepsAtMostSoManyPeers) {
  test::FakeCrypto crypto(1);
  SavedState state;
  state.incarnation = 1;
  for (int i = 0; i < 1000; ++i) {
    state.peers.push_back(Endpoint::ipv4(
        {10, 0, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}, 1));
  }
  const auto loaded = decode_saved_state(crypto, encode_saved_state(crypto, state));
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->peers.size(), kSavedPeersMax);
}

}  // namespace
}  // namespace dsn::agent
