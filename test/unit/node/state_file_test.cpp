// SPDX-License-Identifier: Apache-2.0
#include "node/state_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/fake_crypto.hpp"
#include "support/temp_dir.hpp"

namespace dsn::node {

using namespace test;
using namespace core;
using namespace wire;

namespace {

constexpr NodeId kSelf{{7}};

SharedSecret secret(std::uint8_t byte) {
  SharedSecret made;
  std::ranges::fill(made.mutable_view(), byte);
  return made;
}

SavedState example() {
  SavedState state;
  state.owner = kSelf;
  state.incarnation = 7;
  SavedPeer shed{{4, 1},
                 "shed",
                 70000,
                 secret(1),
                 Endpoint::ipv4({192, 168, 1, 7}, 17373),
                 "",
                 false,
                 {},
                 {},
                 {},
                 SavedPresence{70, 9}};
  SavedPeer attic{{4, 2}, "attic", 0, std::nullopt, std::nullopt, "", true, Bytes(224, 7),
                  {1, 2}, {},      {}};
  SavedPeer cellar{{4, 3},
                   std::string(63, 'c'),
                   0xffffffff,
                   secret(2),
                   Endpoint::ipv6({0xfd, 0x77, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 9),
                   std::string(15, 'w'),
                   true,
                   Bytes(kHeadBytesMax, 9),
                   {},
                   {{0xffffffff, ~std::uint64_t{0}}, SessionId{~std::uint64_t{0}}, 5},
                   SavedPresence{kAbsentHoursMax, kAsleepMinutesMax}};
  state.peers = {shed, attic, cellar};
  return state;
}

Result<void> save(CryptoPort& crypto, const TempDir& dir, const SavedState& state) {
  return save_state(crypto, dir.path(), encode_saved_state(crypto, state));
}

TEST(StateFile, ComesBackAsItWasSaved) {
  test::FakeCrypto crypto(1);
  const TempDir dir;
  ASSERT_TRUE(save(crypto, dir, example()));
  EXPECT_EQ(mode_of(dir.file("state.cbor")), 0600U);
  const auto loaded = load_state(crypto, dir.path(), kSelf);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->incarnation, 7U);
  EXPECT_EQ(loaded->peers[0].name, "shed");
  EXPECT_EQ(loaded->peers[0].endpoint, Endpoint::ipv4({192, 168, 1, 7}, 17373));
  ASSERT_TRUE(loaded->peers[0].presence);
  EXPECT_EQ(loaded->peers[0].presence->absent_hours, 70U);
  EXPECT_FALSE(loaded->peers[1].presence);
  EXPECT_FALSE(loaded->peers[1].secret);
  EXPECT_TRUE(loaded->peers[1].pinned);
  EXPECT_EQ(loaded->peers[1].head, Bytes(224, 7));
  EXPECT_EQ(loaded->peers[1].signature, (Signature{1, 2}));
  EXPECT_EQ(loaded->peers[1].reached.version, StateVersion{});
  EXPECT_EQ(loaded->peers[2].reached.clock_ms, 5U);
  EXPECT_EQ(encode_saved_state(crypto, *loaded), encode_saved_state(crypto, example()));
}

TEST(StateFile, IsEmptyWhenThereIsNone) {
  test::FakeCrypto crypto(1);
  const TempDir dir;
  const auto loaded = load_state(crypto, dir.path(), kSelf);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->incarnation, 0U);
  EXPECT_EQ(loaded->owner, kSelf);
}

TEST(StateFile, OfAnotherIdentityGivesWhatItKnowsOfOthers) {
  test::FakeCrypto crypto(1);
  const TempDir dir;
  ASSERT_TRUE(save(crypto, dir, example()));
  const auto loaded = load_state(crypto, dir.path(), NodeId{{8}});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->incarnation, 0U);
  ASSERT_EQ(loaded->peers.size(), 3U);
  EXPECT_FALSE(loaded->peers[0].secret) << "it is of another private key";
  EXPECT_EQ(loaded->peers[0].incarnation, 70000U);
}

Bytes with_checksum(CryptoPort& crypto, Bytes bytes) {
  const Digest256 digest = crypto.sha256(bytes);
  bytes.push_back(0x48);
  bytes.insert(bytes.end(), digest.begin(), digest.begin() + 8);
  return bytes;
}

TEST(StateFile, IgnoresKeysOfLaterVersions) {
  test::FakeCrypto crypto(1);
  // [2, {1: 16 bytes, 2: 9, 3: [{1: 65 bytes, 2: "a", 12: [1, 2]}], 5: {1: true}}]
  Bytes bytes = from_hex("8302a40150").value();
  bytes.resize(bytes.size() + 16, 5);
  const Bytes middle = from_hex("02090381a3015841").value();
  bytes.insert(bytes.end(), middle.begin(), middle.end());
  bytes.resize(bytes.size() + 65, 4);
  const Bytes rest = from_hex(
                         "0261610c820102"
                         "05a101f5")
                         .value();
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  const auto state = decode_saved_state(crypto, with_checksum(crypto, bytes));
  ASSERT_TRUE(state) << state.error();
  EXPECT_EQ(state->incarnation, 9U);
  ASSERT_EQ(state->peers.size(), 1U);
  EXPECT_EQ(state->peers[0].name, "a");
}

TEST(StateFile, RefusesWhatIsNotItsFormatWhateverTheChecksum) {
  test::FakeCrypto crypto(1);
  for (const char* hex : {"8301a0", "8303a0", "8202",
                          "8302a102"
                          "f5",
                          "8302a1038101",
                          "8302a10381a10261"
                          "61",
                          "8302a202010109",
                          "8302a2020102"
                          "02"}) {
    EXPECT_FALSE(decode_saved_state(crypto, with_checksum(crypto, from_hex(hex).value()))) << hex;
  }
  EXPECT_TRUE(decode_saved_state(crypto, with_checksum(crypto, from_hex("8302a0").value())));
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
  ASSERT_TRUE(save(crypto, dir, state));
  state.incarnation = 8;
  ASSERT_TRUE(save(crypto, dir, state));
  write_text(dir.path() + "/state.cbor", "torn");
  const auto loaded = load_state(crypto, dir.path(), kSelf);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->incarnation, 7U);
}

TEST(StateFile, SaysWhatIsDamagedWhenNothingIsLeft) {
  test::FakeCrypto crypto(1);
  const TempDir dir;
  write_text(dir.path() + "/state.cbor", "torn");
  const auto loaded = load_state(crypto, dir.path(), kSelf);
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().find("state.cbor"), std::string::npos);
}

TEST(StateFile, KeepsAtMostSoManyPeers) {
  test::FakeCrypto crypto(1);
  const TempDir dir;
  SavedState state = example();
  state.peers.resize(kSavedPeersMax + 100, state.peers[2]);
  ASSERT_TRUE(save(crypto, dir, state));
  const auto loaded = load_state(crypto, dir.path(), kSelf);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->peers.size(), kSavedPeersMax);
}

}  // namespace
}  // namespace dsn::node
