// SPDX-License-Identifier: Apache-2.0
// How strangers become peers, and what keeps others out.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

Value number(double value) { return Value::real(value); }

struct Recorded {
  std::size_t from;
  Endpoint to;
  Bytes bytes;
};

bool is_group(ByteView bytes) { return bytes[0] >> 6 == 0; }

class HandshakeTest : public testing::Test {
 protected:
  void record() {
    net_.filter = [this](std::size_t from, const Endpoint& to, ByteView bytes) {
      recorded_.push_back({from, to, Bytes(bytes.begin(), bytes.end())});
      return true;
    };
  }
  std::uint64_t count(std::size_t index, Counter counter) {
    return net_.node(index).counters()[counter];
  }
  VirtualNetwork net_;
  std::vector<Recorded> recorded_;
};

TEST_F(HandshakeTest, AnswersAnotherNetworkWithSilenceAndCountsIt) {
  const auto a = net_.add("attic");
  net_.run_for(1s);
  const auto stranger = net_.add_stranger("stranger");
  record();
  net_.run_for(30s);
  EXPECT_GT(count(a, Counter::drop_foreign), 0U);
  EXPECT_EQ(net_.node(a).peers().count(), 0U);
  for (const Recorded& r : recorded_) EXPECT_NE(r.to, net_[stranger].endpoint);
}

TEST_F(HandshakeTest, MakesNothingOfAReplayedHello) {
  const auto a = net_.add("attic");
  const auto b = net_.add("cellar");
  record();
  ASSERT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 5s));
  const auto hello = std::ranges::find_if(
      recorded_, [&](const Recorded& r) { return r.from == b && is_group(r.bytes); });
  ASSERT_NE(hello, recorded_.end());
  const Bytes bytes = hello->bytes;
  const Endpoint elsewhere = Endpoint::ipv4({6, 6, 6, 6}, 666);
  recorded_.clear();
  net_.inject(a, elsewhere, bytes);
  net_.run_for(60s);
  EXPECT_TRUE(net_.in_sync());
  EXPECT_EQ(net_[a].node->peers().find(net_.node(b).self().id())->path.endpoint, net_[b].endpoint);
  std::size_t sent = 0;
  for (const Recorded& r : recorded_) {
    if (r.to == elsewhere) sent += r.bytes.size();
  }
  EXPECT_LE(sent, bytes.size());
}

// protocol.md [welcome-echo]
TEST_F(HandshakeTest, MakesNothingOfAReplayedWelcome) {
  const auto a = net_.add("attic");
  const auto b = net_.add("cellar");
  record();
  ASSERT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 5s));
  const auto welcome = std::ranges::find_if(
      recorded_, [&](const Recorded& r) { return r.to == net_[a].endpoint && is_group(r.bytes); });
  ASSERT_NE(welcome, recorded_.end());
  const Bytes bytes = welcome->bytes;
  // From elsewhere it may be that the peer has moved: it is asked.
  const Endpoint elsewhere = Endpoint::ipv4({6, 6, 6, 6}, 666);
  recorded_.clear();
  net_.inject(a, elsewhere, bytes);
  net_.run_for(10s);
  std::size_t sent = 0;
  for (const Recorded& r : recorded_) {
    if (r.to == elsewhere) sent += r.bytes.size();
  }
  EXPECT_LE(sent, kMovedBytesFactor * bytes.size());
  EXPECT_TRUE(net_.in_sync());
  net_.kill(a);
  net_.restart(a, 2);
  const std::uint64_t unwanted = count(a, Counter::drop_unwanted);
  net_.inject(a, net_[b].endpoint, bytes);
  EXPECT_EQ(count(a, Counter::drop_unwanted), unwanted + 1) << "it answered another run";
}

// protocol.md [knock-ipv4]
TEST_F(HandshakeTest, StaysWithAnIpv4AddressThatAnswers) {
  const auto a = net_.add("attic");
  const auto b = net_.add("cellar");
  record();
  ASSERT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 5s));
  const auto welcome = std::ranges::find_if(
      recorded_, [&](const Recorded& r) { return r.to == net_[a].endpoint && is_group(r.bytes); });
  ASSERT_NE(welcome, recorded_.end());
  const Bytes bytes = welcome->bytes;
  const auto is_asked_at = [&](const Endpoint& endpoint) {
    net_.run_for(61s);  // a repeated frame counts again
    recorded_.clear();
    net_.inject(a, endpoint, bytes);
    net_.run_for(1s);
    return std::ranges::any_of(recorded_, [&](const Recorded& r) { return r.to == endpoint; });
  };
  const Endpoint ipv6 = Endpoint::ipv6({0xfd, 0x77, 1}, 666);
  EXPECT_TRUE(is_asked_at(Endpoint::ipv4({6, 6, 6, 6}, 666))) << "it may have moved";
  EXPECT_FALSE(is_asked_at(ipv6));
}

// protocol.md [drop-replay]
TEST_F(HandshakeTest, RefusesReplayedPairFrames) {
  const auto a = net_.add("attic");
  const auto b = net_.add("cellar");
  record();
  ASSERT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 5s));
  net_.set(b, "door", Value::boolean(true));
  net_.run_for(1s);
  const std::uint64_t frames = count(a, Counter::frames_in);
  std::size_t replayed = 0;
  const std::vector<Recorded> all = recorded_;
  for (const Recorded& r : all) {
    if (r.to != net_[a].endpoint || is_group(r.bytes)) continue;
    net_.inject(a, net_[b].endpoint, r.bytes);
    ++replayed;
  }
  ASSERT_GT(replayed, 2U);
  EXPECT_EQ(count(a, Counter::drop_replayed), replayed);
  EXPECT_EQ(count(a, Counter::frames_in), frames);
}

TEST_F(HandshakeTest, RefusesFramesThatWereRecordedBeforeARestart) {
  const auto a = net_.add("attic");
  const auto b = net_.add("cellar");
  record();
  net_.set(b, "door", Value::boolean(true));
  ASSERT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 5s));
  net_.kill(b);
  net_.restart(b, 2);
  ASSERT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 5s));
  const std::vector<Recorded> all = recorded_;
  for (const Recorded& r : all) {
    if (r.to == net_[a].endpoint) net_.inject(a, net_[b].endpoint, r.bytes);
    if (r.to == net_[b].endpoint) net_.inject(b, net_[a].endpoint, r.bytes);
  }
  net_.run_for(10s);
  EXPECT_TRUE(net_.in_sync());
  EXPECT_FALSE(net_.read(a, b, "door"));
  EXPECT_EQ(
      net_[a].node->peers().find(net_.node(b).self().id())->copy.replica.version().incarnation, 2U);
}

TEST_F(HandshakeTest, AcceptsARestartWithARaisedIncarnationAtOnceAndReplacesTheOldState) {
  const auto a = net_.add("attic");
  const auto b = net_.add("cellar");
  net_.set(b, "old", number(1));
  ASSERT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 5s));
  net_.kill(b);
  net_.restart(b, 2);
  net_.set(b, "new", number(2));
  ASSERT_TRUE(net_.run_until([&] { return net_.read(a, b, "new").has_value(); }, 500ms));
  EXPECT_FALSE(net_.read(a, b, "old"));
  EXPECT_EQ(net_.events_of(a, CoreEvent::Kind::gone), 0U);
}

// protocol.md [hello-stale]
TEST_F(HandshakeTest, HealsARestartWithTheSameIncarnationSoon) {
  const auto a = net_.add("attic");
  const auto b = net_.add("cellar");
  for (int i = 0; i < 5; ++i) net_.set(b, "old", number(i));
  ASSERT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 5s));
  net_.kill(b);
  net_.restart(b, 1);
  net_.set(b, "new", number(2));
  ASSERT_TRUE(net_.run_until([&] { return net_.read(a, b, "new").has_value(); }, 500ms));
  EXPECT_FALSE(net_.read(a, b, "old"));
  EXPECT_EQ(net_.node(b).self().version().incarnation, 2U);
}

TEST_F(HandshakeTest, HealsADiskThatWasRolledBackAgainAndAgain) {
  const auto a = net_.add("attic");
  const auto b = net_.add("cellar");
  for (int i = 0; i < 10; ++i) {
    net_.set(b, "count", number(i));
    ASSERT_TRUE(net_.run_until([&] { return net_.read(a, b, "count") == number(i); }, 5s)) << i;
    net_.run_for(5s);
    net_.kill(b);
    net_.restart(b, 1);
  }
  EXPECT_EQ(net_.node(b).self().version().incarnation, 1U);
  net_.run_for(2s);
  EXPECT_GE(net_.node(b).self().version().incarnation, 10U);
}

// What nobody can prove to the owner is no reason to refuse it: it may have lost its memory.
// protocol.md [evidence] [run-believed]
TEST_F(HandshakeTest, BelievesANodesOwnWordAtOnceAndRefusesOnlyWithItsSignature) {
  const auto a = net_.add("attic");
  Puppet puppet(net_, a, 1);
  puppet.incarnation = 7;
  puppet.send(puppet.knock());
  puppet.beat(0);
  EXPECT_EQ(puppet.seen()->copy.replica.version(), (StateVersion{7, 0})) << "without any head";
  Puppet again(net_, a, 1);
  again.session = SessionId{77};
  again.incarnation = 2;
  again.send(again.knock());
  EXPECT_EQ(again.seen()->session.peer, SessionId{77});
  again.beat(0);
  EXPECT_EQ(again.seen()->copy.replica.version(), (StateVersion{2, 0}));
  again.show_head();
  Puppet old(net_, a, 1);
  old.session = SessionId{78};
  old.incarnation = 1;
  connect(net_, {&old});
  old.send(old.hello());
  EXPECT_EQ(count(a, Counter::drop_stale_session), 1U);
  const std::vector<Bytes> texts = old.heard();
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_EQ(texts[0][1], static_cast<std::uint8_t>(MessageType::own_head));
}

// protocol.md [raise-rate]
TEST_F(HandshakeTest, LetsTwoClonesRaiseTheirIncarnationThreeTimesAndThenRarely) {
  const auto a = net_.add("attic");
  const auto b = net_.add("cellar");
  net_.make_crypto = [&](std::uint64_t) {
    return std::make_unique<FakeCrypto>(static_cast<const FakeCrypto&>(*net_[b].crypto));
  };
  const auto clone = net_.add("clone");
  net_.run_for(30min);
  EXPECT_LE(net_.node(b).self().version().incarnation, 10U);
  EXPECT_LE(net_.node(clone).self().version().incarnation, 10U);
  EXPECT_GE(
      net_.events_of(b, CoreEvent::Kind::clone) + net_.events_of(clone, CoreEvent::Kind::clone),
      1U);
  const std::uint64_t before = net_.datagrams_sent;
  net_.run_for(60s);
  EXPECT_LT(net_.datagrams_sent - before, 2000U) << "they do not shake the network";
  EXPECT_EQ(net_.node(a).peers().count(), 1U);
}

// protocol.md [answer-size] [welcome-unicast]
TEST_F(HandshakeTest, AnswersAHelloWithNoMoreBytesThanItHad) {
  const std::string longest(kNameBytesMax, 'n');
  VirtualNetwork net;
  const auto a = net.add(longest);
  Puppet puppet(net, a, 1);
  connect(net, {&puppet});
  for (int i = 0; i < 100; ++i) net.set(a, "key", number(i));
  const Bytes hello = puppet.hello();
  puppet.send(hello);
  ASSERT_EQ(puppet.datagrams_in, 1U);
  EXPECT_LE(puppet.bytes_in, hello.size());
}

// protocol.md [welcome-multicast]
TEST_F(HandshakeTest, AnswersAMulticastAtOnceIfNoMemberIsNearer) {
  const auto a = net_.add("attic");
  Puppet member(net_, a, 1);
  std::vector<std::unique_ptr<Puppet>> askers;
  std::vector<Puppet*> all{&member};
  for (std::uint64_t i = 0; i < 12; ++i) {
    askers.push_back(std::make_unique<Puppet>(net_, a, 100 + i));
    askers.back()->session = SessionId{(i + 1) * 0x9e3779b97f4a7c15};
    all.push_back(askers.back().get());
  }
  connect(net_, all);
  member.join();
  std::size_t at_once = 0;
  for (const auto& asker : askers) {
    const auto distance = [&](const NodeId& id) {
      return id.prefix() ^ static_cast<std::uint64_t>(asker->session);
    };
    const bool is_nearest = distance(net_.node(a).self().id()) < distance(member.id);
    asker->send(asker->hello(), true);
    EXPECT_EQ(asker->datagrams_in, is_nearest ? 1U : 0U);
    net_.run_for(kWelcomeDelayMax);
    EXPECT_EQ(asker->datagrams_in, 1U) << "of so few all answer";
    at_once += is_nearest ? 1 : 0;
    member.beat();
  }
  EXPECT_GT(at_once, 0U);
  EXPECT_LT(at_once, askers.size());
}

// protocol.md [welcome-multicast]
TEST_F(HandshakeTest, AnswersNoMulticastOfWhoKnowsIt) {
  const auto a = net_.add("attic");
  Puppet puppet(net_, a, 1);
  connect(net_, {&puppet});
  puppet.send(puppet.hello(), true);
  EXPECT_EQ(puppet.datagrams_in, 1U);
  puppet.join();
  net_.run_for(1s);
  const std::uint64_t welcomes = puppet.heard().size();
  ASSERT_GT(welcomes, 0U);
  puppet.send(puppet.hello(), true);
  net_.run_for(kWelcomeDelayMax);
  for (const Bytes& text : puppet.heard()) EXPECT_NE(text[1], 2) << "a second WELCOME";
}

// protocol.md [ownhead-checked]
TEST_F(HandshakeTest, RaisesItsIncarnationForNothingButItsOwnSignature) {
  const auto a = net_.add("attic");
  Puppet liar(net_, a, 1);
  const LocalNode& self = net_.node(a).self();
  Head head;
  head.network = net_.node(a).network_id();
  head.id = self.id();
  head.name = "attic";
  head.version = {5, 1};
  head.session = SessionId{99};
  const auto say = [&](CryptoPort& signer) {
    std::array<std::uint8_t, kHeadBytesMax> buffer;
    const ByteView encoded = ByteView(buffer).first(encode_head(head, buffer));
    Signature signature{};
    ASSERT_TRUE(sign_head(signer, encoded, signature));
    std::array<std::uint8_t, kPlaintextBytesMax> text;
    CborWriter out(text);
    encode_own_head(out, {encoded, signature});
    liar.send(liar.group(out.written()));
  };
  FakeCrypto other(77);
  say(other);
  EXPECT_EQ(self.version().incarnation, 1U) << "of another's signature";
  head.session = self.session();
  say(*net_[a].crypto);
  EXPECT_EQ(self.version().incarnation, 1U) << "of this very run";
  head.session = SessionId{99};
  head.network = {};
  say(*net_[a].crypto);
  EXPECT_EQ(self.version().incarnation, 1U) << "of another network";
  head.network = net_.node(a).network_id();
  say(*net_[a].crypto);
  EXPECT_EQ(self.version().incarnation, 6U);
}

// Labels have 6 bytes: two that are the same do not come by chance, and nobody gains by one.
TEST_F(HandshakeTest, KeepsTheFirstOfTwoSessionsWithOneLabel) {
  class OneLabel final : public FakeCrypto {
   public:
    using FakeCrypto::FakeCrypto;
    void hkdf(ByteView salt, ByteView input_key, ByteView info, MutableBytes output) override {
      FakeCrypto::hkdf(salt, input_key, info, output);
      constexpr std::size_t kKeyIvAndLabelBytes = 16 + 13 + 6;
      if (output.size() == kKeyIvAndLabelBytes) std::ranges::fill(output.last(6), std::uint8_t{7});
    }
  };
  net_.make_crypto = [](std::uint64_t seed) { return std::make_unique<OneLabel>(seed); };
  const auto a = net_.add("attic");
  const auto b = net_.add("cellar");
  ASSERT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 5s));
  const auto late = net_.add("shed");
  net_.run_for(60s);
  for (const auto [one, other] : {std::pair(a, b), std::pair(b, a)}) {
    net_.set(one, "door", Value::boolean(true));
    net_.run_for(100ms);
    EXPECT_TRUE(net_.read(other, one, "door"));
    EXPECT_EQ(net_.node(one).peers().find(net_.node(late).self().id()), nullptr);
  }
}

// protocol.md [hello-consistent]
TEST_F(HandshakeTest, RefusesABadIdentity) {
  const auto a = net_.add("attic");
  Puppet puppet(net_, a, 1);
  Puppet other(net_, a, 2);
  puppet.id = other.id;  // not that of its key
  puppet.send(puppet.hello());
  EXPECT_EQ(count(a, Counter::drop_bad_identity), 1U);
  other.session = SessionId{};
  other.send(other.hello());
  EXPECT_EQ(count(a, Counter::drop_bad_identity), 2U);
}

// protocol.md [hello-session]
TEST_F(HandshakeTest, KeepsTheSessionOfAPeerWhenAnotherClaimsIt) {
  const auto a = net_.add("attic");
  Puppet puppet(net_, a, 1);
  puppet.join();
  Puppet thief(net_, a, 2);
  thief.session = puppet.session;
  thief.join();
  net_.run_for(1s);
  puppet.beat(5);
  EXPECT_EQ(puppet.seen()->life.state, PeerState::live);
  EXPECT_EQ(puppet.seen()->life.heard, net_.now(a));
  EXPECT_EQ(puppet.seen()->path.endpoint, puppet.endpoint);
}

TEST_F(HandshakeTest, LetsAPeerInWhoseSessionAnotherClaimedBefore) {
  const auto a = net_.add("attic");
  Puppet puppet(net_, a, 1);
  Puppet thief(net_, a, 2);
  thief.session = puppet.session;
  thief.join();
  ASSERT_EQ(thief.seen()->life.state, PeerState::live);
  puppet.join();
  ASSERT_NE(puppet.seen(), nullptr);
  EXPECT_EQ(puppet.seen()->life.state, PeerState::live);
  EXPECT_EQ(puppet.seen()->path.endpoint, puppet.endpoint);
}

}  // namespace
}  // namespace dsn::test
