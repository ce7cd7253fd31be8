// SPDX-License-Identifier: Apache-2.0
// Networks of cores whose key is replaced.
#include "core/publish/key_spreader.hpp"

#include <gtest/gtest.h>

#include "support/puppet.hpp"
#include "support/virtual_network.hpp"

namespace dsn::test {
namespace {

class KeySpreaderTest : public testing::Test {
 protected:
  KeySpreaderTest() { net_.options.authority = true; }

  void add(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) net_.add("node" + std::to_string(net_.size()));
  }
  [[nodiscard]] std::uint32_t epoch(std::size_t index) {
    return epoch_of(net_.node(index).keyring().current()->mark());
  }
  [[nodiscard]] NodeId id(std::size_t index) { return net_.node(index).self().id(); }
  [[nodiscard]] std::uint64_t count(std::size_t index, Counter counter) {
    return net_.node(index).counters()[counter];
  }
  [[nodiscard]] bool all_have(std::uint32_t epoch_wanted) {
    for (std::size_t i = 0; i < net_.size(); ++i) {
      if (net_[i].running && epoch(i) != epoch_wanted) return false;
    }
    return true;
  }
  [[nodiscard]] bool everybody_knows_that_all_have_it() {
    for (std::size_t i = 0; i < net_.size(); ++i) {
      for (const auto& peer : net_.node(i).peers().all()) {
        if (KeySpreader::mark_of(*peer) != net_.node(i).keyring().mark()) return false;
      }
    }
    return true;
  }

  VirtualNetwork net_;
};

// protocol.md [key-mailed] [key-shown]
TEST_F(KeySpreaderTest, GivesANewKeyToAllAndAllKnowIt) {
  add(10);
  ASSERT_TRUE(net_.run_until([&] { return net_.all_meet(); }, 10s));
  ASSERT_EQ(net_.rotate(3), Keyring::Verdict::taken);
  EXPECT_TRUE(net_.run_until([&] { return all_have(2); }, 1s));
  EXPECT_TRUE(net_.run_until([&] { return everybody_knows_that_all_have_it(); }, 60s));
  EXPECT_TRUE(net_.all_meet()) << "no session ended for it";
  EXPECT_EQ(net_.events_of(0, CoreEvent::Kind::joined), 9U);
  EXPECT_EQ(net_[5].options.keys.keys.size(), 2U) << "it is stored";
}

// protocol.md [key-handed-on]
TEST_F(KeySpreaderTest, BringsItToThoseWhoDidNotHearIt) {
  add(4);
  ASSERT_TRUE(net_.run_until([&] { return net_.all_meet(); }, 10s));
  net_.cut = {{0, 2}, {0, 3}};
  net_.rotate(0);
  EXPECT_TRUE(net_.run_until([&] { return all_have(2); }, 30s));
}

// protocol.md [old-key-known] [key-answered]
TEST_F(KeySpreaderTest, ASleeperComesBackByItselfAfterTwoRotations) {
  add(3);
  net_.run_for(10s);
  net_.kill(2);
  net_.rotate(0);
  net_.run_for(30s);
  net_.rotate(1);
  net_.run_for(30min);
  ASSERT_EQ(epoch(0), 3U);
  net_.restart(2, 2);
  EXPECT_EQ(epoch(2), 1U);
  EXPECT_TRUE(net_.run_until([&] { return epoch(2) == 3U && net_.all_meet(); }, 2s));
  net_.restart(2, 3);
  EXPECT_EQ(epoch(2), 3U) << "it was kept";
}

TEST_F(KeySpreaderTest, TwoHalvesOfANetworkAgreeOnOneOfTwoKeys) {
  add(4);
  net_.run_for(10s);
  for (const std::size_t a : {0, 1}) {
    for (const std::size_t b : {2, 3}) net_.cut.insert({{a, b}, {b, a}});
  }
  net_.rotate(0);
  net_.rotate(2);
  net_.run_for(2min);
  ASSERT_NE(net_.node(0).keyring().mark(), net_.node(2).keyring().mark());
  net_.cut.clear();
  EXPECT_TRUE(net_.run_until(
      [&] { return net_.node(0).keyring().mark() == net_.node(2).keyring().mark(); }, 2min));
  EXPECT_TRUE(net_.run_until([&] { return net_.all_meet(); }, 2min));
}

// protocol.md [out-joined]
TEST_F(KeySpreaderTest, OfTwoRevocationsAtOnceNoneIsLost) {
  add(6);
  ASSERT_TRUE(net_.run_until([&] { return net_.all_meet(); }, 10s));
  for (const std::size_t a : {0, 1}) {
    for (const std::size_t b : {2, 3}) net_.cut.insert({{a, b}, {b, a}});
  }
  const NodeId first = id(4);
  const NodeId second = id(5);
  ASSERT_EQ(net_.rotate(0, {first}), Keyring::Verdict::taken);
  ASSERT_EQ(net_.rotate(2, {second}), Keyring::Verdict::taken);
  net_.run_for(30s);
  net_.cut.clear();
  const auto both_out = [&](std::size_t index) {
    const Keyring& ring = net_.node(index).keyring();
    return ring.is_out(first) && ring.is_out(second);
  };
  EXPECT_TRUE(net_.run_until(
      [&] {
        for (const std::size_t i : {0, 1, 2, 3}) {
          if (!both_out(i) || net_.node(i).peers().find(first) != nullptr) return false;
        }
        return true;
      },
      3min));
  EXPECT_TRUE(net_.node(1).keyring().may_be_known_outside());
  EXPECT_EQ(net_[3].options.keys.out.size(), 2U) << "it is stored";
  EXPECT_EQ(count(1, Counter::drop_bad_key), 0U);
}

// protocol.md [out-spread]
TEST_F(KeySpreaderTest, WhoWasAwayLearnsOfBothRevocations) {
  add(3);
  ASSERT_TRUE(net_.run_until([&] { return net_.all_meet(); }, 10s));
  net_.kill(2);
  const KeyRotation one = net_.authority.rotation(2, {NodeId{{1}}});
  const KeyRotation two = net_.authority.rotation(2, {NodeId{{2}}});
  net_.rotate(0, one);
  net_.rotate(1, two);
  net_.run_for(60s);
  net_.restart(2, 2);
  EXPECT_TRUE(net_.run_until(
      [&] {
        const Keyring& ring = net_.node(2).keyring();
        return ring.is_out(NodeId{{1}}) && ring.is_out(NodeId{{2}});
      },
      60s));
}

// protocol.md [old-key-known]
TEST_F(KeySpreaderTest, AStrangerWithAFormerKeyStaysOne) {
  add(2);
  net_.run_for(5s);
  Puppet thief(net_, 0, 1);
  connect(net_, {&thief});
  net_.rotate(0);
  net_.run_for(1s);
  thief.send(thief.hello());
  EXPECT_EQ(thief.datagrams_in, 0U);
  thief.send(thief.knock());
  EXPECT_EQ(thief.seen(), nullptr);
  EXPECT_EQ(count(0, Counter::drop_old_key), 2U);
}

// protocol.md [out-refused] [out-ended]
TEST_F(KeySpreaderTest, WhoIsPutOutIsOutAtOnce) {
  add(4);
  net_.set(3, "a", Value::integer(1));
  net_.run_for(10s);
  const NodeId out = id(3);
  net_.rotate(0, {out});
  EXPECT_EQ(net_.node(0).peers().find(out), nullptr);
  EXPECT_EQ(net_.events_of(0, CoreEvent::Kind::left), 1U);
  net_.run_for(60s);
  for (const std::size_t i : {0, 1, 2}) {
    EXPECT_EQ(epoch(i), 2U);
    EXPECT_EQ(net_.node(i).peers().find(out), nullptr) << i;
    EXPECT_TRUE(net_.node(i).names().name_of(out).empty());
  }
  EXPECT_EQ(epoch(3), 1U);
  net_.set(0, "b", Value::integer(2));
  net_.restart(3, 2);
  net_.run_for(60s);
  EXPECT_GT(count(0, Counter::drop_out), 0U);
  EXPECT_EQ(net_.node(0).peers().find(out), nullptr);
  EXPECT_EQ(net_.node(3).peers().count(), 0U);
  net_.restart(0, 2);
  net_.run_for(60s);
  EXPECT_EQ(net_.node(0).peers().find(out), nullptr) << "the list was kept";
}

// protocol.md [key-handed-on]
TEST_F(KeySpreaderTest, WhoJoinsWithTheNewKeyGetsItsStatement) {
  add(2);
  net_.run_for(5s);
  net_.rotate(0, {NodeId{{1}}});
  net_.run_for(5s);
  const std::size_t joined = net_.size();
  add(1);
  net_.kill(joined);
  net_[joined].options.keys = net_.authority.invite(net_[0].options.keys.keys.front());
  net_.restart(joined, 2);
  EXPECT_TRUE(net_.run_until([&] { return net_.node(joined).keyring().is_out(NodeId{{1}}); }, 30s));
}

// protocol.md [key-stored]
TEST_F(KeySpreaderTest, WhoCannotStoreItComesBackAsASleeper) {
  add(2);
  net_.run_for(5s);
  net_[1].keeps_keys = false;
  net_.rotate(0);
  net_.run_for(5s);
  EXPECT_EQ(epoch(1), 2U);
  net_.restart(1, 2);
  EXPECT_EQ(epoch(1), 1U);
  EXPECT_TRUE(net_.run_until([&] { return epoch(1) == 2U; }, 5s));
}

// protocol.md [key-checked]
TEST_F(KeySpreaderTest, WhoSendsForgedKeysIsNotListenedTo) {
  add(1);
  net_.run_for(5s);
  Puppet puppet(net_, 0, 1);
  connect(net_, {&puppet});
  puppet.join();
  KeyRotation forged = net_.authority.rotation(7);
  forged.statement.signature[0] ^= 1;
  const auto say = [&] { puppet.say([&](CborWriter& out) { encode_key(out, forged.message()); }); };
  for (int i = 0; i < 100; ++i) say();
  EXPECT_EQ(count(0, Counter::drop_bad_key), 1U) << "one was verified";
  EXPECT_EQ(epoch(0), 1U);
}

// protocol.md [key-announced]
TEST_F(KeySpreaderTest, AnnouncesTheFormerKeyForAWhileAndNotToWhoIsOut) {
  add(2);
  net_.run_for(5s);
  std::set<std::uint8_t> epochs;
  net_.filter = [&](std::size_t, const Endpoint& to, ByteView bytes) {
    if (to == Endpoint{}) epochs.insert(bytes[0] & 0x3f);
    return true;
  };
  const auto announced = [&](Duration span) {
    epochs.clear();
    net_.run_for(span);
    return epochs;
  };
  net_.rotate(0);
  EXPECT_EQ(announced(5min), (std::set<std::uint8_t>{1, 2}));
  net_.run_for(6min);
  EXPECT_EQ(announced(5min), std::set<std::uint8_t>{2});
  net_.rotate(0, {NodeId{{1}}});
  net_.run_for(30s);
  EXPECT_EQ(announced(5min), std::set<std::uint8_t>{3});
  net_.kill(1);
  net_.run_for(30s);
  EXPECT_EQ(announced(5min), std::set<std::uint8_t>{3}) << "it had the key when it was there";
  net_.rotate(0, {NodeId{{1}}});
  EXPECT_EQ(announced(5min), (std::set<std::uint8_t>{2, 3, 4})) << "it has not, and is not out";
}

/// Networks whose keys are replaced by hand.
class SecondKeyTest : public KeySpreaderTest {
 protected:
  SecondKeyTest() { net_.options.authority = false; }

  static EpochKey key(std::uint8_t fill) {
    EpochKey key;
    key.key.mutable_view()[0] = fill;
    return key;
  }
  void restart_with(std::size_t index, std::vector<EpochKey> keys) {
    net_[index].options.known = net_.node(index).known(net_.now(index));
    net_.kill(index);
    net_[index].options.keys.keys = std::move(keys);
    net_.restart(index, ++incarnation_);
  }
  /// All get these keys, one after the other, and none is left alone.
  void round(const std::vector<EpochKey>& keys) {
    for (std::size_t i = 0; i < net_.size(); ++i) {
      restart_with(i, keys);
      EXPECT_TRUE(net_.run_until([&] { return net_.all_meet(); }, 2min)) << i;
      net_.set(i, "round", Value::integer(incarnation_));
      EXPECT_TRUE(net_.run_until([&] { return all_hold(i); }, 30s)) << i;
    }
  }
  [[nodiscard]] bool all_hold(std::size_t owner) {
    const LocalNode& self = net_.node(owner).self();
    for (std::size_t i = 0; i < net_.size(); ++i) {
      if (i == owner) continue;
      const Peer* peer = net_.node(i).peers().find(self.id());
      if (peer == nullptr || peer->copy.replica.version() != self.version()) return false;
    }
    return true;
  }

  std::uint32_t incarnation_ = 1;
};

// protocol.md [second-key]
TEST_F(SecondKeyTest, ThreeRoundsByHandReplaceItAndNobodyIsLeftAlone) {
  add(4);
  const EpochKey old = net_[0].options.keys.keys.front();
  ASSERT_TRUE(net_.run_until([&] { return net_.all_meet(); }, 10s));
  round({old, key(9)});
  EXPECT_TRUE(net_.run_until([&] { return everybody_knows_that_all_have_it(); }, 60s));
  round({key(9), old});
  round({key(9)});
  for (std::size_t i = 0; i < net_.size(); ++i) {
    EXPECT_EQ(net_.node(i).keyring().former().size(), 0U);
    EXPECT_EQ(count(i, Counter::drop_bad_identity), 0U) << i;
  }
}

// protocol.md [second-key]
TEST_F(SecondKeyTest, BetweenTheRoundsNodesDoNotTalkWithoutEnd) {
  add(4);
  const EpochKey old = net_[0].options.keys.keys.front();
  ASSERT_TRUE(net_.run_until([&] { return net_.all_meet(); }, 10s));
  round({old, key(9)});
  restart_with(0, {key(9), old});
  restart_with(1, {key(9), old});
  ASSERT_TRUE(net_.run_until([&] { return net_.all_meet(); }, 2min));
  const std::uint64_t before = count(2, Counter::frames_out);
  net_.run_for(10min);
  EXPECT_LT(count(2, Counter::frames_out) - before, 600U * 20);
  EXPECT_TRUE(net_.all_meet());
}

}  // namespace
}  // namespace dsn::test
