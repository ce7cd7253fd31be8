// SPDX-License-Identifier: Apache-2.0
// Nobody is judged by what one peer hears, and nobody who is dead goes on to live.
#include <gtest/gtest.h>

#include <set>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

using Kind = CoreEvent::Kind;

class SuspicionTest : public testing::Test {
 protected:
  void build(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) net_.add("node" + std::to_string(i));
    ASSERT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 30s));
    net_.run_for(10s);
  }
  const Peer& peer(std::size_t observer, std::size_t of) {
    return *net_.node(observer).peers().find(net_.node(of).self().id());
  }
  std::size_t events(Kind kind) {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < net_.size(); ++i) sum += net_.events_of(i, kind);
    return sum;
  }
  bool is_gone_everywhere(std::size_t dead) {
    for (std::size_t i = 0; i < net_.size(); ++i) {
      if (net_[i].running && peer(i, dead).life.state != PeerState::gone) return false;
    }
    return true;
  }
  VirtualNetwork net_;
};

// protocol.md [suspected] [probe] [late-asked]
TEST_F(SuspicionTest, ADeadNodeIsGoneEverywhereWithinTwentySeconds) {
  build(20);
  net_.kill(7);
  EXPECT_TRUE(net_.run_until([&] { return is_gone_everywhere(7); }, 20s));
  net_.run_for(5min);
  EXPECT_TRUE(is_gone_everywhere(7));
  EXPECT_EQ(events(Kind::gone), 19U);
}

// protocol.md [beat-revives] [relayed-patience]
TEST_F(SuspicionTest, ANodeLivesForThoseWhoDoNotHearItButHearOfIt) {
  for (const bool both_ways : {false, true}) {
    net_.cut.clear();
    if (net_.size() == 0) build(4);
    net_.cut.insert({1, 0});
    if (both_ways) net_.cut.insert({0, 1});
    net_.run_for(30min);
    EXPECT_EQ(peer(0, 1).life.state, PeerState::live);
    EXPECT_EQ(events(Kind::gone), 0U) << both_ways;
    // Over 40 seeds a node is late once in seven minutes for one that it cannot reach either way.
    EXPECT_LE(events(Kind::late), 8U) << both_ways;
  }
  net_.kill(1);
  EXPECT_TRUE(net_.run_until([&] { return is_gone_everywhere(1); }, 30s));
}

// protocol.md [deaf]
TEST_F(SuspicionTest, AnObserverThatHearsNobodyJudgesNobodyForAWhile) {
  build(5);
  for (std::size_t i = 1; i < 5; ++i) net_.cut.insert({i, 0});
  net_.run_for(35s);
  EXPECT_EQ(net_.events_of(0, Kind::gone), 0U);
  net_.run_for(30s);
  EXPECT_EQ(net_.events_of(0, Kind::gone), 4U) << "but not for ever";
}

// protocol.md [own-lag]
TEST_F(SuspicionTest, AnObserverThatWasNotCalledJudgesNobody) {
  build(5);
  for (const Duration nap : {Duration(11s), Duration(3min), Duration(12h)}) {
    net_.suspend(0, nap);
    net_.run_for(30s);
    EXPECT_EQ(events(Kind::gone), 0U) << to_ms(nap);
  }
}

// protocol.md [round-partner]
TEST_F(SuspicionTest, WhoWasNotHeardOfForLongIsProbedFirst) {
  build(6);
  const Endpoint self = net_[0].endpoint;
  std::uint64_t rounds = net_.node(0).counters()[Counter::rounds];
  unsigned younger = 0;  // of the other four
  unsigned partners = 0;
  net_.filter = [&](std::size_t from, const Endpoint& to, ByteView) {
    const std::uint64_t now = net_.node(0).counters()[Counter::rounds];
    if (from != 0 || to == self || now == rounds) return true;
    rounds = now;
    const auto& peers = net_.node(0).peers().all();
    const auto partner =
        std::ranges::find_if(peers, [&](auto& peer) { return peer->path.endpoint == to; });
    ++partners;
    younger += static_cast<unsigned>(std::ranges::count_if(
        peers, [&](const auto& peer) { return peer->life.heard > (*partner)->life.heard; }));
    return true;
  };
  net_.run_for(300s);
  ASSERT_GT(partners, 100U);
  // Drawn at random it would be 2, the oldest of three is older than 3 of the 4.
  EXPECT_GT(younger, partners * 5 / 2);
}

// protocol.md [lost-to-others]
TEST_F(SuspicionTest, WhoIsLostToOthersIsProbed) {
  build(12);
  Puppet teller(net_, 0, 1);
  connect(net_, {&teller});
  teller.join();
  net_.run_for(5s);
  const Peer& peer = *net_.node(0).peers().find(net_.node(1).self().id());
  for (std::size_t i = 0; i < net_.size(); ++i) net_.cut.insert({i, 0});
  net_.run_for(1s);
  ASSERT_EQ(peer.life.suspected, kNever);
  DigestItem item{peer.id.prefix(), peer.copy.replica.version(), ~peer.digest.fingerprint};
  std::array<std::uint8_t, 100> buffer;
  CborWriter items(buffer);
  encode_item(items, item);
  teller.say([&](CborWriter& out) { encode_syn(out, {1, 1, {1, items.written()}, 0}); });
  EXPECT_NE(peer.life.suspected, kNever);
}

class AskedTest : public SuspicionTest {
 protected:
  void SetUp() override {
    build(12);
    asker_ = std::make_unique<Puppet>(net_, 0, 1);
    connect(net_, {asker_.get()});
    asker_->join();
    net_.run_for(1s);
    asker_->heard();
  }
  void ask(std::size_t of) {
    asker_->say([&](CborWriter& out) {
      Late late;
      late.prefixes[late.count++] = net_.node(of).self().id().prefix();
      encode_late(out, late);
    });
  }
  // The beats of others that came, as the first bytes of ids.
  std::vector<std::uint32_t> told() {
    std::vector<std::uint32_t> origins;
    for (const Bytes& text : asker_->heard()) {
      CborReader in(text);
      while (in.ok() && !in.at_end()) {
        const MessageStart head = decode_message_start(in);
        if (head.type != static_cast<std::uint64_t>(MessageType::rumours)) {
          skip_message(in, head);
          continue;
        }
        const ByteView others = decode_rumours(in, head).others;
        for (std::size_t at = 0; at < others.size(); at += kRumourBytes) {
          origins.push_back(decode_rumour(others.subspan(at).first<kRumourBytes>()).origin);
        }
      }
    }
    return origins;
  }
  std::uint32_t origin(std::size_t index) {
    return static_cast<std::uint32_t>(net_.node(index).self().id().prefix() >> 40);
  }
  std::unique_ptr<Puppet> asker_;
};

// protocol.md [rumours]
TEST_F(AskedTest, EverySynIsAnsweredWithBeatsOfOthers) {
  asker_->say([](CborWriter& out) { encode_syn(out, {7, 0, {}, 0}); });
  const auto origins = told();
  EXPECT_EQ(origins.size(), kRumoursPerFrame);
  EXPECT_EQ(std::set(origins.begin(), origins.end()).size(), kRumoursPerFrame);
}

// protocol.md [rumours]
TEST(Rumours, TheOwnBeatIsToldAPeerOnceAndTheCountOfWarningsWithIt) {
  VirtualNetwork net;
  net.add("a");
  net.add("b");
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 5s));
  net.run_for(1min);
  const NodeId a = net.node(0).self().id();
  EXPECT_EQ(net.node(1).peers().find(a)->life.warnings, 0U);
  const std::uint64_t before = net.bytes_sent;
  net.node(0).set_warnings(3);
  net.run_for(5s);
  EXPECT_EQ(net.node(1).peers().find(a)->life.warnings, 3U);
  net.node(0).set_warnings(0);
  net.run_for(1min);
  EXPECT_EQ(net.node(1).peers().find(a)->life.warnings, 0U);
  EXPECT_LT(net.bytes_sent - before, 65U * 2 * 60) << "not in every SYN and ACK";
}

// protocol.md [late-answer] [late-limit]
TEST_F(AskedTest, WhoHasASignOfLifeTellsItAndWhoHasNoneLooksForOne) {
  const auto is_young = [&] { return net_.now() - peer(0, 5).life.heard < 500ms; };
  ASSERT_TRUE(net_.run_until(is_young, 60s));
  told();
  ask(5);
  EXPECT_EQ(told(), std::vector{origin(5)}) << "at once";
  const auto is_old = [&] { return net_.now() - peer(0, 5).life.heard > kProofYoung; };
  ASSERT_TRUE(net_.run_until(is_old, 600s));
  told();
  ask(5);
  EXPECT_TRUE(told().empty());
  net_.run_for(50ms);
  EXPECT_EQ(std::ranges::count(told(), origin(5)), 1);
  net_.kill(6);
  net_.run_for(4s);
  ask(6);
  net_.run_for(1s);
  EXPECT_NE(peer(0, 6).life.suspected, kNever);
  EXPECT_EQ(std::ranges::count(told(), origin(6)), 0);
}

}  // namespace
}  // namespace dsn::test
