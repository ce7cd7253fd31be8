// SPDX-License-Identifier: Apache-2.0
// States of owners that do not answer: what is taken of them from others.
#include <gtest/gtest.h>

#include "core/state/state_root.hpp"
#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

Bytes state_of(std::size_t bytes) {
  Bytes canonical(bytes + 2000);
  CborWriter out(canonical);
  const std::size_t keys = bytes / 900 + 1;
  out.map(keys);
  for (std::size_t i = 0; i < keys; ++i) {
    out.text("key" + std::to_string(i));
    const Value value = Value::text(std::string(keys == 1 ? bytes : 860, 'x'));
    encode_entry(out, {.version = 1, .sampled_ms = 1000, .value = value.cbor()});
  }
  canonical.resize(out.size());
  return canonical;
}

/// A machine that hears of a dead owner from a relay.
class RelayedPullerTest : public testing::Test {
 protected:
  RelayedPullerTest() : a_(net_.add("attic")), relay_(net_, a_, 1), dead_(net_, a_, 2) {
    connect(net_, {&relay_});
    relay_.join();
    net_.run_for(3s);
    dead_.name = "dead";
    dead_key_ = FakeCrypto(0x5eed'0000 + 2).public_key();
    relay_.raw.clear();
  }
  void name(const StateVersion& version, std::uint64_t fingerprint = 7) {
    std::array<std::uint8_t, 100> buffer;
    CborWriter items(buffer);
    encode_item(items, {dead_.id.prefix(), version, fingerprint});
    relay_.say([&](CborWriter& out) { encode_syn(out, {1, 1, {1, items.written()}, 0}); });
  }
  /// Runs, keeping the relay alive; the PULLs that came.
  std::vector<Pull> pulls_in(Duration span) {
    std::vector<Pull> found;
    for (Duration passed{}; passed < span; passed += 100ms) {
      net_.run_for(100ms);
      if (passed % 1s == Duration(0)) relay_.beat();
      for (const Bytes& text : relay_.heard()) {
        CborReader in(text);
        const MessageStart head = decode_message_start(in);
        if (head.type != static_cast<std::uint64_t>(MessageType::pull)) continue;
        const Pull pull = decode_pull(in, head);
        if (pull.origin) found.push_back(pull);
      }
    }
    return found;
  }
  bool is_asked(const StateVersion& version) {
    name(version);
    for (int i = 0; i < 50; ++i) {
      if (!pulls_in(100ms).empty()) return true;
    }
    return false;
  }
  Puppet::Signed head(const std::function<void(Head&)>& change = {}) {
    return dead_.sign(version_, state_, change);
  }
  void send_origin(const Puppet::Signed& head, const Beat& beat = {}) {
    relay_.say([&](CborWriter& out) { encode_origin(out, {head.view(), dead_key_, beat}); });
  }
  void send_manifest(std::uint64_t clock_ms = 60'000) {
    Bytes hashes;
    chunk_hashes(crypto_, state_, hashes);
    relay_.say([&](CborWriter& out) {
      encode_manifest(out, {version_, clock_ms, state_.size(), hashes, dead_.id});
    });
  }
  void send_chunks() {
    for (std::size_t i = 0; i * kChunkBytes < state_.size(); ++i) {
      const std::size_t at = i * kChunkBytes;
      const ByteView chunk =
          ByteView(state_).subspan(at, std::min(kChunkBytes, state_.size() - at));
      relay_.say([&](CborWriter& out) { encode_chunk(out, {version_, i, chunk, dead_.id}); });
    }
  }
  void answer(const Puppet::Signed& head) {
    send_origin(head);
    send_manifest();
    send_chunks();
  }
  bool is_taken() { return dead_.seen() != nullptr && dead_.seen()->copy.checkpoint.has_value(); }

  VirtualNetwork net_;
  std::size_t a_;
  Puppet relay_;
  Puppet dead_;
  FakeCrypto crypto_{1};
  PublicKey dead_key_{};
  Bytes state_ = state_of(3000);
  StateVersion version_{1, 4};
};

TEST_F(RelayedPullerTest, TakesWhatTheOwnerSigned) {
  ASSERT_TRUE(is_asked(version_));
  answer(head());
  ASSERT_TRUE(is_taken());
  EXPECT_EQ(dead_.seen()->life.state, PeerState::gone);
  EXPECT_EQ(dead_.seen()->name, "dead");
  EXPECT_EQ(dead_.seen()->copy.replica.version(), version_);
  EXPECT_TRUE(dead_.seen()->copy.checkpoint->in_replica);
  EXPECT_FALSE(dead_.seen()->reachable());
  EXPECT_EQ(net_.events_of(a_, CoreEvent::Kind::gone), 1U);
  EXPECT_TRUE(net_.node(a_).sums_hold());
}

TEST_F(RelayedPullerTest, BelievesThatItLeftIfTheHeadSaysSo) {
  ASSERT_TRUE(is_asked(version_));
  answer(head([](Head& h) { h.flags = 1; }));
  ASSERT_TRUE(is_taken());
  EXPECT_EQ(dead_.seen()->life.state, PeerState::left);
}

// protocol.md [relay-pull] [relay-named]
TEST_F(RelayedPullerTest, NamesAnUnknownOriginByItsPrefixAfterThreeSeconds) {
  name(version_);
  EXPECT_TRUE(pulls_in(2900ms).empty());
  const std::vector<Pull> pulls = pulls_in(300ms);
  ASSERT_EQ(pulls.size(), 1U);
  NodeId expected = dead_.id;
  std::fill(expected.bytes.begin() + 8, expected.bytes.end(), std::uint8_t{0});
  EXPECT_EQ(pulls[0].origin, expected);
  EXPECT_EQ(pulls[0].have, StateVersion{});
  answer(head());
  ASSERT_TRUE(is_taken());
  name({1, 9});
  const std::vector<Pull> again = pulls_in(300ms);
  ASSERT_FALSE(again.empty());
  EXPECT_EQ(again[0].origin, dead_.id);
  EXPECT_EQ(again[0].have, version_);
}

// protocol.md [relay-again] [relay-doubt]
TEST_F(RelayedPullerTest, AsksThreeTimesAndThenLessAndLess) {
  std::size_t asked = 0;
  for (int i = 0; i < 600; ++i) {
    name(version_);
    asked += pulls_in(500ms).size();
  }
  EXPECT_GE(asked, 9U);
  EXPECT_LE(asked, 30U) << "in five minutes";
}

// protocol.md [relay-origin]
TEST_F(RelayedPullerTest, TakesNoHeadThatIsNotTheOwners) {
  const auto refused = [&](const Puppet::Signed& forged) {
    const bool asked = is_asked(version_);
    answer(forged);
    net_.run_for(61s);
    relay_.join();
    return asked && !is_taken();
  };
  Puppet::Signed forged = head();
  forged.signature[0] ^= 1;
  EXPECT_TRUE(refused(forged));
  EXPECT_TRUE(refused(head([](Head& h) { h.network.bytes[0] ^= 1; })));
  EXPECT_TRUE(refused(head([&](Head& h) { h.id = relay_.id; })));
  dead_key_[5] ^= 1;
  EXPECT_TRUE(refused(head()));
}

TEST_F(RelayedPullerTest, TakesNothingThatItDidNotAskFor) {
  answer(head());
  EXPECT_EQ(dead_.seen(), nullptr);
  EXPECT_EQ(net_.node(a_).counters()[Counter::drop_unwanted], 2U + state_.size() / kChunkBytes + 1);
}

// protocol.md [relay-root]
TEST_F(RelayedPullerTest, TakesNoStateThatIsNotTheOneInTheHead) {
  ASSERT_TRUE(is_asked(version_));
  const Puppet::Signed real = head();
  state_[100] ^= 1;
  answer(real);
  EXPECT_FALSE(is_taken());
}

// protocol.md [relay-root]
TEST_F(RelayedPullerTest, TakesNoStateOfAnotherSizeThanInTheHead) {
  ASSERT_TRUE(is_asked(version_));
  answer(head([](Head& h) { ++h.state_bytes; }));
  EXPECT_FALSE(is_taken());
}

// protocol.md [relay-clock]
TEST_F(RelayedPullerTest, TakesNoClockBelowTheSignedOne) {
  ASSERT_TRUE(is_asked(version_));
  send_origin(head([](Head& h) { h.clock_ms = 60'000; }));
  send_manifest(59'999);
  send_chunks();
  EXPECT_FALSE(is_taken());
}

// protocol.md [relay-clock]
TEST_F(RelayedPullerTest, TakesNoClockBelowTheLastBeat) {
  BeatChain chain(crypto_, {dead_.id, dead_.session}, Secret<32>{});
  const auto signed_early = [&] {
    return head([&](Head& h) { h.clock_ms = 10'000, h.anchor = chain.anchor_of(0); });
  };
  ASSERT_TRUE(is_asked(version_));
  send_origin(signed_early(), chain.show(30));
  send_manifest(59'999);
  send_chunks();
  EXPECT_FALSE(is_taken());
  net_.run_for(70s);
  ASSERT_TRUE(is_asked(version_));
  Beat forged = chain.show(30);
  forged.element[0] ^= 1;
  send_origin(signed_early(), forged);
  send_manifest(59'999);
  send_chunks();
  EXPECT_TRUE(is_taken()) << "a beat that nobody made proves nothing";
}

// protocol.md [relay-clock]
TEST_F(RelayedPullerTest, CountsTheClockFromItsQuestion) {
  name(version_);
  while (pulls_in(1ms).empty()) {
  }
  const Instant asked = net_.now();
  net_.run_for(150ms);
  answer(head());
  ASSERT_TRUE(is_taken());
  const Instant zero = dead_.seen()->copy.replica.local_time(0);
  EXPECT_LE(zero, asked - 60s);
  EXPECT_GE(zero, asked - 60s - 101ms);
  EXPECT_TRUE(dead_.seen()->copy.replica.clock_is_relayed());
  EXPECT_LE(dead_.seen()->life.heard, zero) << "nothing later is proven";
}

// protocol.md [relay-newer]
TEST_F(RelayedPullerTest, TakesNothingOlderThanItsCheckpoint) {
  ASSERT_TRUE(is_asked(version_));
  answer(head());
  ASSERT_TRUE(is_taken());
  ASSERT_TRUE(is_asked({1, 9}));
  version_ = {1, 3};
  state_ = state_of(100);
  answer(head());
  EXPECT_EQ(dead_.seen()->copy.checkpoint->head.version, (StateVersion{1, 4}));
  EXPECT_EQ(dead_.seen()->copy.replica.version(), (StateVersion{1, 4}));
}

// protocol.md [relay-newer]
TEST_F(RelayedPullerTest, TakesNothingOlderThanWhatCameMeanwhile) {
  ASSERT_TRUE(is_asked(version_));
  send_origin(head());
  send_manifest();
  dead_.join();
  dead_.say([](CborWriter& out) { encode_snapshot(out, {{1, 6}, {}}); });
  const Puppet::Signed newer = dead_.sign({1, 6}, Bytes{0xa0});
  dead_.say([&](CborWriter& out) { encode_head_message(out, newer.view()); });
  ASSERT_TRUE(is_taken());
  send_chunks();
  EXPECT_EQ(dead_.seen()->copy.checkpoint->head.version, (StateVersion{1, 6}));
}

// protocol.md [relay-raises]
TEST_F(RelayedPullerTest, TellsARunThatDoesNotKnowHowFarItHadGot) {
  connect(net_, {&relay_, &dead_});
  dead_.join();
  for (int i = 0; i < 60; ++i) (void)pulls_in(1s);
  ASSERT_EQ(dead_.seen()->life.state, PeerState::gone);
  version_ = {2, 1};
  ASSERT_TRUE(is_asked(version_));
  answer(head([](Head& h) { h.session = SessionId{4711}; }));
  ASSERT_TRUE(is_taken());
  (void)dead_.heard();
  dead_.beat();
  EXPECT_EQ(dead_.seen()->life.state, PeerState::gone) << "that run is over";
  dead_.send(dead_.hello());
  const std::vector<Bytes> texts = dead_.heard();
  ASSERT_EQ(texts.size(), 1U);
  CborReader in(texts[0]);
  const MessageStart told = decode_message_start(in);
  EXPECT_EQ(told.type, static_cast<std::uint64_t>(MessageType::own_head));
}

// protocol.md [relay-raises]
TEST_F(RelayedPullerTest, MeasuresByTheStateThatItHoldsARunThatItKnowsFromItsDisk) {
  dead_.join();
  dead_.beat();
  net_[a_].options.known = net_.node(a_).known(net_.now(a_));
  ASSERT_EQ(net_[a_].options.known.size(), 2U);
  net_.kill(a_);
  net_.restart(a_, 2);
  connect(net_, {&relay_, &dead_});
  relay_.join();
  ASSERT_TRUE(is_asked(version_));
  answer(head([](Head& h) { h.session = SessionId{4711}; }));
  ASSERT_TRUE(is_taken());
  (void)dead_.heard();
  dead_.send(dead_.hello());
  const std::vector<Bytes> texts = dead_.heard();
  ASSERT_EQ(texts.size(), 1U);
  CborReader in(texts[0]);
  const MessageStart told = decode_message_start(in);
  EXPECT_EQ(told.type, static_cast<std::uint64_t>(MessageType::own_head));
}

// protocol.md [relay-replica]
TEST_F(RelayedPullerTest, KeepsWhatTheOwnerItselfSentAtAHigherVersion) {
  dead_.join();
  dead_.say([](CborWriter& out) { encode_snapshot(out, {{1, 6}, {}}); });
  for (int i = 0; i < 60; ++i) (void)pulls_in(1s);
  ASSERT_EQ(dead_.seen()->life.state, PeerState::gone);
  ASSERT_TRUE(is_asked(version_));
  answer(head());
  ASSERT_TRUE(is_taken());
  EXPECT_EQ(dead_.seen()->copy.replica.version(), (StateVersion{1, 6}));
  EXPECT_FALSE(dead_.seen()->copy.checkpoint->in_replica);
  EXPECT_EQ(dead_.seen()->copy.checkpoint->copy.canonical, state_);
}

TEST_F(RelayedPullerTest, FallsBackToARelayWhenTheOwnerIsSilent) {
  dead_.join();
  dead_.say([](CborWriter& out) { encode_snapshot(out, {{1, 1}, {}}); });
  (void)pulls_in(1s);
  name(version_);
  EXPECT_TRUE(pulls_in(1s).empty()) << "the owner is asked first";
  dead_.say([](CborWriter& out) { encode_update(out, MessageType::mail, {1, 1, 1, 0, {}, {}}); });
  (void)pulls_in(2s);
  name(version_);
  EXPECT_FALSE(pulls_in(1s).empty());
  answer(head());
  EXPECT_EQ(dead_.seen()->copy.replica.version(), version_);
  EXPECT_NE(dead_.seen()->life.state, PeerState::gone);
}

// protocol.md [relay-clock]
TEST_F(RelayedPullerTest, TakesTheClockOfARunThatStartedOverFromTheRelay) {
  dead_.incarnation = 2;
  dead_.join();
  dead_.say([](CborWriter& out) { encode_snapshot(out, {{2, 1}, {}}); });
  dead_.incarnation = 1;
  dead_.session = SessionId{0x7001};
  dead_.send(dead_.knock());
  ASSERT_EQ(dead_.seen()->copy.replica.version(), StateVersion{}) << "it starts over";
  (void)pulls_in(4s);
  ASSERT_TRUE(is_asked(version_));
  answer(head());
  ASSERT_EQ(dead_.seen()->copy.replica.version(), version_);
  const Duration age = net_.now() - dead_.seen()->copy.replica.local_time(0);
  EXPECT_GE(age, 60s) << "as the relay told";
  EXPECT_LT(age, 70s);
}

// protocol.md [relay-forgotten]
TEST_F(RelayedPullerTest, DoesNotTakeAgainWhatItForgot) {
  ASSERT_TRUE(is_asked(version_));
  send_origin(head());
  send_manifest(1000);
  send_chunks();
  ASSERT_TRUE(is_taken());
  net_.run_for(kRetain);
  ASSERT_EQ(dead_.seen(), nullptr);
  relay_.join();
  ASSERT_TRUE(is_asked(version_));
  send_origin(head());
  send_manifest(1000);
  send_chunks();
  EXPECT_EQ(dead_.seen(), nullptr);
  net_.run_for(2s);
  relay_.beat();
  version_.version = 5;
  ASSERT_TRUE(is_asked(version_));
  send_origin(head());
  send_manifest(1000);
  send_chunks();
  EXPECT_TRUE(is_taken()) << "this is newer";
}

// protocol.md [relay-forgotten]
TEST_F(RelayedPullerTest, DoesNotTakeAgainInItsNextRunWhatWasForgotten) {
  ASSERT_TRUE(is_asked(version_));
  answer(head());
  ASSERT_TRUE(is_taken());
  ASSERT_EQ(net_.node(a_).forget(net_.now(a_), dead_.id), Forgotten::done);
  net_[a_].options.known = net_.node(a_).known(net_.now(a_));
  net_.kill(a_);
  net_.restart(a_, 2);
  relay_.join();
  ASSERT_TRUE(is_asked(version_));
  answer(head());
  EXPECT_FALSE(is_taken());
}

// protocol.md [relay-room]
TEST_F(RelayedPullerTest, KeepsNoMoreThanTwoHundredAndFiftySix) {
  state_ = Bytes{0xa0};
  std::vector<std::unique_ptr<Puppet>> dead;
  for (std::uint64_t i = 100; i < 400; ++i) {
    dead.push_back(std::make_unique<Puppet>(net_, a_, i));
    Puppet& owner = *dead.back();
    std::array<std::uint8_t, 100> buffer;
    CborWriter items(buffer);
    encode_item(items, {owner.id.prefix(), version_, 7});
    relay_.say([&](CborWriter& out) { encode_syn(out, {1, 1, {1, items.written()}, 0}); });
    for (int tries = 0; tries < 60 && pulls_in(100ms).empty(); ++tries) {
    }
    const Puppet::Signed signed_head = owner.sign(version_, state_);
    const PublicKey key = FakeCrypto(0x5eed'0000 + i).public_key();
    relay_.say([&](CborWriter& out) { encode_origin(out, {signed_head.view(), key, {}}); });
    Bytes hashes;
    chunk_hashes(crypto_, state_, hashes);
    relay_.say([&](CborWriter& out) { encode_manifest(out, {version_, 9, 1, hashes, owner.id}); });
    relay_.say([&](CborWriter& out) { encode_chunk(out, {version_, 0, state_, owner.id}); });
  }
  EXPECT_EQ(net_.node(a_).peers().count(), kRelayedMax + 1);
}

}  // namespace
}  // namespace dsn::test
