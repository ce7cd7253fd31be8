// SPDX-License-Identifier: Apache-2.0
#include "core/session/keyring.hpp"

#include <gtest/gtest.h>

#include "core/common/limits.hpp"
#include "support/fake_crypto.hpp"
#include "support/key_authority.hpp"

namespace dsn::test {
namespace {

using Verdict = Keyring::Verdict;

NodeId node_id(std::uint8_t fill) {
  NodeId id;
  id.bytes.fill(fill);
  return id;
}

class KeyringTest : public testing::Test {
 protected:
  Verdict take(const KeyRotation& rotation) { return ring_.take(rotation.message(), self_); }

  FakeCrypto crypto_{1};
  KeyAuthority authority_;
  NodeId self_ = node_id(1);
  Keyring ring_{crypto_, authority_.invite({}), SessionId{1}};
};

TEST_F(KeyringTest, OfANetworkWithoutAnAuthorityKeepsItsKey) {
  Keyring ring(crypto_, only_key({}), SessionId{1});
  const NetworkKeys key(crypto_, Secret<16>());
  EXPECT_EQ(ring.network_id(), key.network_id());
  EXPECT_EQ(ring.mark(), KeyMark::none);
  EXPECT_EQ(ring.take(authority_.rotation(2).message(), self_), Verdict::refused);
  EXPECT_NE(ring.network_id(), ring_.network_id()) << "it is that of the authority there";
}

TEST_F(KeyringTest, KeepsTheNetworkWhileKeysComeAndGo) {
  const NetworkId network = ring_.network_id();
  const Bytes sum_key(ring_.sum_key().begin(), ring_.sum_key().end());
  EXPECT_EQ(ring_.mark(), key_mark(1, 0)) << "nobody signed the first key";
  const KeyHandle first = ring_.current();
  for (std::uint32_t epoch = 2; epoch <= 5; ++epoch) {
    const KeyHandle before = ring_.current();
    const KeyRotation rotation = authority_.rotation(epoch);
    ASSERT_EQ(take(rotation), Verdict::taken);
    EXPECT_EQ(ring_.mark(), ring_.current()->mark());
    EXPECT_EQ(epoch_of(ring_.mark()), epoch);
    EXPECT_EQ(ring_.former().front(), before);
    EXPECT_EQ(ring_.network_id(), network);
    EXPECT_TRUE(std::ranges::equal(ring_.sum_key(), sum_key));
    EXPECT_TRUE(ring_.has_epoch(static_cast<std::uint8_t>(epoch)));
  }
  EXPECT_EQ(ring_.contents().keys.size(), kNetworkKeysMax);
  EXPECT_TRUE(ring_.has_epoch(3));
  EXPECT_FALSE(ring_.has_epoch(2));
  EXPECT_FALSE(ring_.is_current(first->mark()));
}

// protocol.md [network-tag] [key-epoch]
TEST_F(KeyringTest, FindsTheKeyByEpochAndTag) {
  const KeyHandle first = ring_.current();
  ASSERT_EQ(take(authority_.rotation(1 + 64)), Verdict::taken);
  const KeyHandle second = ring_.current();
  ASSERT_EQ(first->frame_epoch(), second->frame_epoch());
  const Bytes frame(60, 5);
  EXPECT_EQ(ring_.find(1, frame, first->tag_of(frame)), first);
  EXPECT_EQ(ring_.find(1, frame, second->tag_of(frame)), second);
  EXPECT_EQ(ring_.find(1, frame, second->tag_of(frame) + 1), nullptr);
  EXPECT_EQ(ring_.find(2, frame, second->tag_of(frame)), nullptr);
}

// protocol.md [key-checked]
TEST_F(KeyringTest, TakesNothingThatIsNotProven) {
  const KeyRotation good = authority_.rotation(2);
  KeyRotation bad = good;
  bad.statement.signature[5] ^= 1;
  EXPECT_EQ(take(bad), Verdict::forged);
  bad = good;
  bad.statement.authority[9] ^= 1;
  EXPECT_EQ(take(bad), Verdict::refused);
  bad = good;
  bad.key.key.mutable_view()[15] ^= 1;
  EXPECT_EQ(take(bad), Verdict::refused);
  bad = good;
  bad.statement.encoded.back() ^= 1;  // a flag
  EXPECT_EQ(take(bad), Verdict::forged);
  KeyAuthority other(std::make_unique<FakeCrypto>(77));
  EXPECT_EQ(take(other.rotation(2)), Verdict::refused);
  EXPECT_EQ(take(authority_.rotation(2, {self_})), Verdict::refused);
  EXPECT_EQ(epoch_of(ring_.mark()), 1U);
  EXPECT_EQ(take(good), Verdict::taken);
  EXPECT_EQ(take(good), Verdict::known);
}

// protocol.md [out-joined] [out-overtaken]
TEST_F(KeyringTest, OfTwoStatementsAtOnceBothPutOut) {
  const KeyRotation a = authority_.rotation(2, {node_id(8)});
  const KeyRotation b = authority_.rotation(2, {node_id(9)});
  Keyring other(crypto_, authority_.invite({}), SessionId{2});
  const std::vector<Verdict> here = {take(a), take(b)};
  const std::vector<Verdict> there = {other.take(b.message(), self_),
                                      other.take(a.message(), self_)};
  EXPECT_EQ(here[0], Verdict::taken);
  EXPECT_EQ(there[0], Verdict::taken);
  EXPECT_TRUE((here[1] == Verdict::joined) != (there[1] == Verdict::joined)) << "one of them wins";
  for (const Keyring* ring : {&ring_, &other}) {
    EXPECT_TRUE(ring->is_out(node_id(8)) && ring->is_out(node_id(9)));
    ASSERT_EQ(ring->overtaken_messages().size(), 1U);
    EXPECT_TRUE(ring->may_be_known_outside());
  }
  EXPECT_EQ(take(a), Verdict::known);
  EXPECT_EQ(take(b), Verdict::known);
  Keyring third(crypto_, authority_.invite({}), SessionId{3});
  EXPECT_EQ(third.take(ring_.message(), self_), Verdict::taken);
  EXPECT_EQ(third.take(ring_.overtaken_messages().front(), self_), Verdict::joined);
  EXPECT_EQ(third.contents().out.size(), 2U);

  EXPECT_EQ(take(authority_.rotation(3, {node_id(8), node_id(9)})), Verdict::taken);
  EXPECT_TRUE(ring_.overtaken_messages().empty()) << "the new statement names both";
  EXPECT_FALSE(ring_.may_be_known_outside());
}

// protocol.md [out-joined]
TEST_F(KeyringTest, JoinsNobodyWhomTheAuthorityDidNotPutOut) {
  ASSERT_EQ(take(authority_.rotation(3)), Verdict::taken);
  KeyRotation forged = authority_.rotation(2, {node_id(8)});
  forged.statement.signature[3] ^= 1;
  EXPECT_EQ(take(forged), Verdict::forged);
  EXPECT_EQ(take(authority_.rotation(2, {node_id(8), self_})), Verdict::refused);
  EXPECT_TRUE(ring_.contents().out.empty());
  for (std::uint8_t i = 0; i < 20; ++i) {
    EXPECT_EQ(take(authority_.rotation(2, {node_id(static_cast<std::uint8_t>(100 + i))})),
              Verdict::joined);
  }
  EXPECT_EQ(ring_.contents().out.size(), 20U);
  EXPECT_EQ(ring_.contents().overtaken.size(), kOvertakenMax);
}

// protocol.md [second-key]
TEST_F(KeyringTest, WithoutAnAuthorityMayHaveASecondKey) {
  KeyringContents contents = only_key({});
  contents.keys.push_back({});
  contents.keys.back().key.mutable_view()[0] = 7;
  const Keyring both(crypto_, contents, SessionId{1});
  std::swap(contents.keys[0], contents.keys[1]);
  const Keyring swapped(crypto_, contents, SessionId{1});
  const Keyring old(crypto_, only_key({}), SessionId{1});
  EXPECT_EQ(both.network_id(), old.network_id());
  EXPECT_TRUE(both.is_ours(swapped.network_id()) && swapped.is_ours(both.network_id()));
  EXPECT_FALSE(old.is_ours(swapped.network_id()));
  EXPECT_EQ(epoch_of(both.mark()), 0U);
  EXPECT_EQ(hash_in(both.mark()), hash_in(swapped.current()->mark()));
  EXPECT_NE(both.mark(), swapped.mark());
  EXPECT_TRUE(both.admits_strangers(swapped.current()->mark()));
  const Bytes frame(60, 5);
  const std::uint64_t tag = swapped.current()->tag_of(frame);
  ASSERT_NE(both.find(1, frame, tag), nullptr);
  EXPECT_EQ(old.find(1, frame, tag), nullptr);
}

// protocol.md [key-checked]
TEST_F(KeyringTest, OfTwoStatementsOfOneEpochTheSameWinsWhicheverComesFirst) {
  const KeyRotation a = authority_.rotation(2, {node_id(8)});
  const KeyRotation b = authority_.rotation(2, {node_id(9)});
  Keyring other(crypto_, authority_.invite({}), SessionId{2});
  take(a);
  take(b);
  other.take(b.message(), self_);
  other.take(a.message(), self_);
  EXPECT_EQ(ring_.mark(), other.mark());
  EXPECT_EQ(take(authority_.rotation(1)), Verdict::known);
  EXPECT_EQ(take(authority_.rotation(3)), Verdict::taken);
}

TEST_F(KeyringTest, TakesTheStatementOfAKeyThatItJoinedWith) {
  const KeyRotation rotation = authority_.rotation(2, {node_id(8)});
  Keyring joined(crypto_, authority_.invite(rotation.key), SessionId{2});
  EXPECT_EQ(joined.mark(), key_mark(2, 0));
  EXPECT_FALSE(joined.has_statement());
  EXPECT_EQ(joined.take(rotation.message(), self_), Verdict::taken);
  EXPECT_EQ(joined.mark(), joined.current()->mark());
  EXPECT_EQ(joined.contents().keys.size(), 1U);
  EXPECT_TRUE(joined.is_out(node_id(8)));
}

// protocol.md [out-kept]
TEST_F(KeyringTest, KeepsTheListOfAllWhoArePutOut) {
  take(authority_.rotation(2, {node_id(8), node_id(9)}));
  EXPECT_TRUE(ring_.puts_out());
  take(authority_.rotation(3, {node_id(9), node_id(10)}));
  take(authority_.rotation(4));
  EXPECT_FALSE(ring_.puts_out());
  const std::vector<NodeId> all = {node_id(8), node_id(9), node_id(10)};
  EXPECT_EQ(ring_.contents().out, all);
  const Keyring again(crypto_, ring_.contents(), SessionId{3});
  EXPECT_EQ(again.mark(), ring_.mark());
  for (const NodeId& id : all) EXPECT_TRUE(again.is_out(id));
  EXPECT_FALSE(again.is_out(node_id(11)));
  std::uint32_t epoch = 5;
  for (std::uint8_t i = 20; epoch < 200; ++epoch, ++i) {
    take(authority_.rotation(epoch, {node_id(i), node_id(static_cast<std::uint8_t>(i + 1))}));
  }
  EXPECT_LE(ring_.contents().out.size(), kOutMax);
}

TEST_F(KeyringTest, DropsTheFormerKeysIfTheStatementSaysSo) {
  take(authority_.rotation(2));
  take(authority_.rotation(3, {}, KeyStatement::kDropsFormer));
  EXPECT_EQ(ring_.contents().keys.size(), 1U);
  EXPECT_TRUE(ring_.former().empty());
  EXPECT_FALSE(ring_.has_epoch(2));
}

// protocol.md [key-handed-on]
TEST_F(KeyringTest, HandsOnWhatItTook) {
  take(authority_.rotation(2, {node_id(8)}));
  Keyring other(crypto_, authority_.invite({}), SessionId{2});
  EXPECT_EQ(other.take(ring_.message(), node_id(5)), Verdict::taken);
  EXPECT_EQ(other.mark(), ring_.mark());
}

}  // namespace
}  // namespace dsn::test
