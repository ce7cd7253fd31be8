// SPDX-License-Identifier: Apache-2.0
// What strangers and members may do at worst: protocol.md [limits].
#include <gtest/gtest.h>

#include <set>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

class LimitsTest : public testing::Test {
 protected:
  LimitsTest() : a_(net_.add("attic")), puppet_(net_, a_, 1) {}
  void join() {
    connect(net_, {&puppet_});
    puppet_.join();
    net_.run_for(100ms);
    puppet_.heard();
    puppet_.datagrams_in = puppet_.bytes_in = 0;
  }
  std::uint64_t count(Counter counter) { return net_.node(a_).counters()[counter]; }
  static Endpoint machine(int i) {
    return Endpoint::ipv4({6, static_cast<std::uint8_t>(i >> 16), static_cast<std::uint8_t>(i >> 8),
                           static_cast<std::uint8_t>(i)},
                          1);
  }
  VirtualNetwork net_;
  std::size_t a_;
  Puppet puppet_;
};

TEST_F(LimitsTest, LooksAtTwoHundredStrangersASecond) {
  for (int i = 0; i < 20'000; ++i) {
    net_.inject(a_, machine(i), puppet_.group(Bytes{0}));
    net_.run_for(1ms);
  }
  EXPECT_LE(static_cast<double>(count(Counter::drop_malformed)), 21 * kStrangersPerSecond);
  EXPECT_EQ(count(Counter::drop_malformed) + count(Counter::drop_flood), 20'000U);
}

TEST_F(LimitsTest, LooksAtTwentyStrangersASecondOfOneAddress) {
  for (std::uint16_t i = 0; i < 10'000; ++i) {
    net_.inject(a_, Endpoint::ipv4({6, 6, 6, 6}, i), puppet_.group(Bytes{0}));
    net_.run_for(1ms);
  }
  EXPECT_LE(static_cast<double>(count(Counter::drop_malformed)),
            11 * kStrangersPerAddressPerSecond);
}

TEST_F(LimitsTest, LooksAtWhatComesByUnicastWhileAThousandCallByMulticast) {
  for (int i = 0; i < 1000; ++i) net_.inject(a_, machine(i), puppet_.group(Bytes{0}), true);
  EXPECT_EQ(static_cast<double>(count(Counter::drop_malformed)), kMulticastStrangersPerSecond);
  const std::uint64_t flood = count(Counter::drop_flood);
  for (int i = 1000; i < 1100; ++i) net_.inject(a_, machine(i), puppet_.group(Bytes{0}));
  EXPECT_EQ(count(Counter::drop_flood), flood);
}

TEST_F(LimitsTest, LooksAtKnownNodesWhileStrangersFlood) {
  join();
  for (int i = 0; i < 1000; ++i) net_.inject(a_, machine(i), puppet_.group(Bytes{0}));
  const std::uint64_t flood = count(Counter::drop_flood);
  ASSERT_GT(flood, 0U);
  for (int i = 0; i < 10; ++i) puppet_.send(puppet_.hello());
  EXPECT_EQ(count(Counter::drop_flood), flood);
}

// protocol.md [price]
TEST_F(LimitsTest, SpendsNoMoreOnStrangersThanThisMachineAffords) {
  NetworkOptions options;
  options.public_key_operations_per_second = 10;
  VirtualNetwork net(options);
  const auto a = net.add("attic");
  std::vector<std::unique_ptr<Puppet>> puppets;
  const auto begin = net.now();
  for (std::uint64_t i = 0; i < 400; ++i) {
    puppets.push_back(std::make_unique<Puppet>(net, a, 100 + i));
    puppets.back()->send(puppets.back()->knock());
    net.run_for(6ms);
  }
  const double seconds = std::chrono::duration<double>(net.now() - begin).count();
  const auto met = static_cast<double>(net.node(a).peers().count());
  EXPECT_NEAR(met, kStrangerOperationsAtOnce + 10 * seconds, 2);
  for (int i = 0; i < 100; ++i) puppets[0]->send(puppets[0]->knock());
  EXPECT_EQ(puppets[0]->seen()->life.state, PeerState::live) << "a peer costs nothing";
}

TEST_F(LimitsTest, DropsGarbageAndCountsAllOfIt) {
  join();
  const std::uint64_t in = count(Counter::frames_in);
  Random random(2);
  std::uint64_t sent = 0;
  for (int i = 0; i < 20'000; ++i) {
    Bytes datagram(random.below(1400));
    for (std::uint8_t& byte : datagram) byte = static_cast<std::uint8_t>(random.next());
    if (!datagram.empty() && random.one_in(2)) datagram[0] = kFirstKeyEpoch;
    if (datagram.size() > kPairHeaderBytes && random.one_in(2)) {
      const Bytes real = puppet_.pair(Bytes{0}, 0);
      std::copy_n(real.begin(), kPairHeaderBytes, datagram.begin());
    }
    net_.inject(a_, puppet_.endpoint, datagram);
    ++sent;
  }
  EXPECT_EQ(count(Counter::frames_in), in);
  std::uint64_t dropped = 0;
  for (const Counter c : {Counter::drop_not_ours, Counter::drop_key_epoch, Counter::drop_forged,
                          Counter::drop_replayed, Counter::drop_unknown_session,
                          Counter::drop_flood, Counter::drop_foreign}) {
    dropped += count(c);
  }
  EXPECT_EQ(dropped, sent);
}

// Authentic and malformed: nothing happens but a count, whatever stands in it.
TEST_F(LimitsTest, SurvivesAnyPlaintextOfAMember) {
  join();
  std::vector<Bytes> corpus;
  const auto add = [&](const std::function<void(CborWriter&)>& write) {
    Bytes bytes(kPlaintextBytesMax);
    CborWriter out(bytes);
    write(out);
    bytes.resize(out.size());
    corpus.push_back(bytes);
  };
  const Bytes hashes(32);
  const Value value = Value::integer(1);
  Bytes pair(64);
  CborWriter entry(pair);
  entry.text("door");
  encode_entry(entry, {.version = 1, .value = value.cbor()});
  add([&](CborWriter& w) {
    encode_update(w, MessageType::mail, {1, 0, 1, 0, {1, entry.written()}, {}});
  });
  add([&](CborWriter& w) { encode_snapshot(w, {{1, 7}, {1, entry.written()}}); });
  add([&](CborWriter& w) { encode_manifest(w, {{1, 9}, 9, 2000, hashes}); });
  add([&](CborWriter& w) { encode_want(w, {{1, 0}, {0, 1, 63}, 3}); });
  add([&](CborWriter& w) { encode_chunk(w, {{1, 9}, 1, hashes}); });
  add([&](CborWriter& w) { encode_pull(w, {{1, 0}}); });
  add([&](CborWriter& w) { encode_syn(w, {1, 2, {}, 0}); });
  add([&](CborWriter& w) { encode_ack(w, {1, {}, {}, 0}); });
  add([&](CborWriter& w) { encode_list(w, {1, false, ~std::uint64_t{0}, {}}); });
  add([&](CborWriter& w) { encode_who(w, {{1, 2, 3}, 3}); });
  add([&](CborWriter& w) { encode_bye(w, ByeReason::restarting); });
  Random random(3);
  for (int i = 0; i < 60'000; ++i) {
    Bytes text = corpus[random.below(corpus.size())];
    for (std::uint64_t k = random.below(4); k > 0; --k) {
      text[random.below(text.size())] = static_cast<std::uint8_t>(random.next());
    }
    if (random.one_in(8)) text.resize(random.below(text.size()) + 1);
    if (random.one_in(8)) text.push_back(static_cast<std::uint8_t>(random.next()));
    puppet_.send(puppet_.pair(text));
    puppet_.raw.clear();
    if (i % 100 == 0) {
      net_.run_for(50ms);
      puppet_.session = SessionId{static_cast<std::uint64_t>(i) + 1};
      puppet_.incarnation = static_cast<std::uint32_t>(i) + 1;
      puppet_.join();
    }
  }
  EXPECT_GT(count(Counter::drop_malformed), 10'000U);
  EXPECT_LE(net_.node(a_).replica_bytes(), kStateBytesMax);
}

// protocol.md [answer-rate]
TEST_F(LimitsTest, AnswersOneMemberSoManyTimesASecondAndNoMore) {
  std::vector<Write> writes(60);
  for (std::size_t i = 0; i < writes.size(); ++i) {
    writes[i].key = "key" + std::to_string(i);
    writes[i].value = Value::text(std::string(1000, 'x'));
  }
  ASSERT_TRUE(net_.commit(a_, writes).ok());
  join();
  const StateVersion version = net_.node(a_).self().version();
  for (int i = 0; i < 5'000; ++i) {
    puppet_.say([&](CborWriter& out) {
      encode_pull(out, {{}});
      Want want{version, {}, 16};
      encode_want(out, want);
      encode_who(out, {{1, 2, 3}, 3});
      encode_list(out, {0, false, ~std::uint64_t{0}, {}});
      encode_syn(out, {1, 1, {}, 0});
    });
    net_.run_for(1ms);
  }
  // Five seconds and the bucket's depth; a SYN may get an ACK and a WHO.
  EXPECT_LE(static_cast<double>(puppet_.datagrams_in), 2 * 6 * kAnswersPerPeerPerSecond);
}

TEST_F(LimitsTest, CannotBeMadeToFlapByOneMember) {
  join();
  for (int i = 0; i < 10'000; ++i) {
    puppet_.say([](CborWriter& out) { encode_bye(out, ByeReason::leaving); });
    net_.run_for(1ms);
  }
  EXPECT_LE(net_.events_of(a_, CoreEvent::Kind::left), 1U);
  EXPECT_LE(net_.events_of(a_, CoreEvent::Kind::joined), 1U);
  EXPECT_LE(puppet_.datagrams_in, 10U);
}

// protocol.md [hello-clone]
TEST_F(LimitsTest, RaisesNoFalseAlarmOfACloneFromARecordingOfAnEarlierRun) {
  const auto b = net_.add("cellar");
  Bytes hello;
  net_.filter = [&](std::size_t from, const Endpoint&, ByteView bytes) {
    if (from == b && hello.empty()) hello.assign(bytes.begin(), bytes.end());
    return true;
  };
  ASSERT_TRUE(net_.run_until([&] { return !hello.empty() && net_.in_sync(); }, 5s));
  // The first that it sent may be an answer; a HELLO is what begins a run.
  net_.kill(b);
  hello.clear();
  net_.restart(b, 2);
  net_.run_for(100ms);
  ASSERT_FALSE(hello.empty());
  net_.kill(b);
  net_.restart(b, 3);
  net_.inject(b, net_[a_].endpoint, hello, true);
  EXPECT_EQ(net_.events_of(b, CoreEvent::Kind::clone), 0U);
  EXPECT_EQ(net_.node(b).counters()[Counter::drop_stale_session], 1U);
}

// protocol.md [message-unknown]
TEST_F(LimitsTest, CountsUnknownMessagesAndReadsWhatFollowsThem) {
  join();
  puppet_.say([](CborWriter& out) {
    out.array(2);
    out.uint(99);
    out.text("of a later version");
    encode_pull(out, {{}});
  });
  EXPECT_EQ(count(Counter::drop_unknown_message), 1U);
  EXPECT_EQ(puppet_.heard().size(), 1U);
}

// protocol.md [knock-room]
TEST_F(LimitsTest, KnocksAtSixtyFourNodesAtATimeAndAtKnownOnesFirst) {
  join();
  Puppet again(net_, a_, 1);
  again.session = SessionId{4711};
  again.incarnation = 2;
  connect(net_, {&again});
  again.send(again.hello(net_.node(a_).self().session()));
  for (std::uint64_t i = 0; i < 400; ++i) {
    Puppet stranger(net_, a_, 10 + i);
    stranger.send(stranger.hello(net_.node(a_).self().session()));
  }
  again.raw.clear();
  net_.run_for(350ms);
  EXPECT_GE(again.heard().size(), 1U) << "it is knocked at again";
}

// At one instant no sequence of calls goes on for ever: each timeout makes progress.
TEST_F(LimitsTest, IsNeverDueForEverAtOneInstant) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    NetworkOptions options;
    options.seed = seed;
    options.loss = 0.2;
    VirtualNetwork net(options);
    for (int i = 0; i < 5; ++i) net.add("node" + std::to_string(i));
    Random random(seed);
    for (int i = 0; i < 50; ++i) {
      net.set(random.below(5), "key", Value::integer(i));
      net.run_for(random.between(Duration(0), 2s));
      Node& node = net.node(random.below(5));
      Effects effects;
      int calls = 0;
      while (node.next_deadline() <= net.now()) {
        ASSERT_LT(++calls, 20) << "seed " << seed;
        effects.clear();
        node.handle_timeout(net.now(), effects);
      }
    }
  }
}

}  // namespace
}  // namespace dsn::test
