// SPDX-License-Identifier: Apache-2.0
// Fetching from owners, also from those who lie and over links that lose half.
#include <gtest/gtest.h>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

class PullerTest : public testing::Test {
 protected:
  PullerTest() : a_(net_.add("attic")), owner_(net_, a_, 1), liar_(net_, a_, 2) {
    connect(net_, {&owner_, &liar_});
    for (Puppet* puppet : {&owner_, &liar_}) {
      puppet->join();
      puppet->say([](CborWriter& out) { encode_snapshot(out, {{1, 5}, {}}); });
      puppet->version = 5;
    }
    net_.run_for(3s);
    (void)pulls(owner_);
  }
  std::size_t pulls(Puppet& puppet) {
    std::size_t count = 0;
    for (const Bytes& text : puppet.heard()) {
      CborReader in(text);
      count += decode_message_start(in).type == static_cast<std::uint64_t>(MessageType::pull);
    }
    return count;
  }
  void lie(const StateVersion& version, std::uint64_t fingerprint = 1) {
    std::array<std::uint8_t, 100> buffer;
    CborWriter items(buffer);
    encode_item(items, {owner_.id.prefix(), version, fingerprint});
    liar_.say([&](CborWriter& out) { encode_syn(out, {1, 1, {1, items.written()}, 0}); });
  }
  void answer_with_nothing_new() {
    owner_.say([&](CborWriter& out) {
      encode_update(out, MessageType::delta, {1, 5, 5, 0, {}, {}});
    });
  }
  VirtualNetwork net_;
  std::size_t a_;
  Puppet owner_;
  Puppet liar_;
};

// protocol.md [pull-delay] [pull-again]
TEST_F(PullerTest, AsksThreeTimesAndThenWaitsForNews) {
  owner_.beat(6);
  EXPECT_EQ(pulls(owner_), 0U) << "the mail may still come";
  net_.run_for(10s);
  EXPECT_EQ(pulls(owner_), 3U);
  owner_.beat(6);
  net_.run_for(100ms);
  EXPECT_EQ(pulls(owner_), 1U);
}

TEST_F(PullerTest, BelievesTheOwnerMoreThanHearsay) {
  lie({0xffffffff, ~std::uint64_t{0}});
  net_.run_for(50ms);
  ASSERT_EQ(pulls(owner_), 1U);
  answer_with_nothing_new();
  net_.run_for(5s);
  EXPECT_EQ(pulls(owner_), 0U);
}

// protocol.md [hearsay]
TEST_F(PullerTest, AsksLessAndLessForBogusVersions) {
  std::size_t asked = 0;
  for (int i = 0; i < 60'000; ++i) {
    lie({0xfffffffe, static_cast<std::uint64_t>(i)});
    net_.run_for(5ms);
    const std::size_t now = pulls(owner_);
    asked += now;
    if (now > 0) answer_with_nothing_new();
    if (i % 400 == 0) owner_.beat(5);
  }
  EXPECT_LE(asked, 15U) << "in five minutes of two hundred lies a second";
}

// protocol.md [items]
TEST_F(PullerTest, FetchesNoWholeStatesForBogusDifferences) {
  std::size_t asked = 0;
  for (int i = 0; i < 12'000; ++i) {
    lie({1, 5}, static_cast<std::uint64_t>(i));
    net_.run_for(5ms);
    const std::size_t now = pulls(owner_);
    asked += now;
    if (now > 0) owner_.say([](CborWriter& out) { encode_snapshot(out, {{1, 5}, {}}); });
    if (i % 400 == 0) owner_.beat(5);
  }
  EXPECT_GE(asked, 1U);
  EXPECT_LE(asked, 12U) << "in a minute";
}

TEST_F(PullerTest, TakesNoStateThatItDidNotAskForInChunks) {
  const Bytes hashes(16);
  owner_.say([&](CborWriter& out) { encode_manifest(out, {{1, 9}, 1, 100, hashes}); });
  owner_.say([&](CborWriter& out) { encode_chunk(out, {{1, 9}, 0, hashes}); });
  EXPECT_EQ(net_.node(a_).counters()[Counter::drop_unwanted], 2U);
  EXPECT_EQ(owner_.seen()->pull.transfer, nullptr);
}

// protocol.md [want-end]
TEST_F(PullerTest, GivesATransferUpAfterAMinuteOrWithItsOwner) {
  const Bytes hashes(32);
  const auto begin = [&] {
    owner_.beat(owner_.version + 1);
    net_.run_for(50ms);
    owner_.say([&](CborWriter& out) {
      encode_manifest(out, {{1, owner_.version}, 1, 2000, hashes});
    });
    return owner_.seen()->pull.transfer != nullptr;
  };
  ASSERT_TRUE(begin());
  for (int second = 0; second < 59; ++second) {
    net_.run_for(1s);
    owner_.beat(owner_.version);
  }
  EXPECT_NE(owner_.seen()->pull.transfer, nullptr);
  net_.run_for(2s);
  EXPECT_EQ(owner_.seen()->pull.transfer, nullptr);
  ASSERT_TRUE(begin());
  net_.run_for(20s);
  EXPECT_EQ(owner_.seen()->life.state, PeerState::gone);
  EXPECT_EQ(owner_.seen()->pull.transfer, nullptr);
}

// The state is whole, chunk by chunk, and yet no state.
TEST_F(PullerTest, RefusesATransferThatIsNoState) {
  const Bytes junk(1500, 0xff);
  FakeCrypto crypto(1);
  Bytes hashes;
  chunk_hashes(crypto, junk, hashes);
  owner_.beat(6);
  net_.run_for(50ms);
  owner_.say([&](CborWriter& out) { encode_manifest(out, {{1, 6}, 1, junk.size(), hashes}); });
  owner_.say([&](CborWriter& out) { encode_chunk(out, {{1, 6}, 0, ByteView(junk).first(1024)}); });
  owner_.say([&](CborWriter& out) { encode_chunk(out, {{1, 6}, 1, ByteView(junk).last(476)}); });
  EXPECT_EQ(net_.node(a_).counters()[Counter::drop_malformed], 1U);
  EXPECT_EQ(owner_.seen()->copy.replica.version(), (StateVersion{1, 5}));
}

TEST(Puller, FetchesTheLargestStateThoughHalfOfAllIsLost) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    NetworkOptions options;
    options.seed = seed;
    options.loss = 0.5;
    VirtualNetwork net(options);
    const auto a = net.add("attic");
    const auto b = net.add("cellar");
    std::vector<Write> writes(60);
    for (std::size_t i = 0; i < writes.size(); ++i) {
      writes[i].key = "key" + std::to_string(i);
      writes[i].value = Value::text(std::string(1000, 'x'));
    }
    ASSERT_TRUE(net.commit(a, writes).ok());
    // With so much loss they take each other for gone at times, and meet again by a HELLO.
    EXPECT_TRUE(net.run_until([&] { return net.read(b, a, "key59").has_value(); }, 600s))
        << "seed " << seed;
  }
}

TEST(Puller, FetchesALargeStateOfAnOwnerThatWritesAllTheTime) {
  VirtualNetwork net;
  const auto a = net.add("attic");
  for (int i = 0; i < 60; ++i) {
    net.set(a, "key" + std::to_string(i), Value::text(std::string(900, 'x')));
  }
  std::vector<std::size_t> readers;
  for (int i = 0; i < 10; ++i) readers.push_back(net.add("reader" + std::to_string(i)));
  for (int i = 0; i < 500; ++i) {
    net.set(a, "key" + std::to_string(i % 60),
            Value::text(std::string(900, static_cast<char>('a' + i % 26))));
    net.run_for(10ms);
  }
  for (const std::size_t reader : readers) EXPECT_TRUE(net.read(reader, a, "key59"));
  EXPECT_TRUE(net.run_until([&] { return net.in_sync(); }, 5s));
}

TEST(Puller, KeepsAllReplicasWithinTheirMemory) {
  VirtualNetwork net;
  const auto a = net.add("attic");
  Bytes pairs(70'000);
  CborWriter out(pairs);
  const Value large = Value::text(std::string(1000, 'x'));
  ChangeMap entries;
  for (int i = 0; i < 60; ++i) {
    out.text("k" + std::to_string(10 + i));
    encode_entry(out, {.version = 1, .value = large.cbor()});
  }
  // One pair fits in an update; sixty updates make a large state.
  const std::size_t pair = out.size() / 60;
  std::vector<std::unique_ptr<Puppet>> puppets;
  for (std::uint64_t i = 0; i < 600; ++i) {
    puppets.push_back(std::make_unique<Puppet>(net, a, i + 1));
    Puppet& puppet = *puppets.back();
    puppet.join();
    puppet.say([](CborWriter& w) { encode_snapshot(w, {{1, 0}, {}}); });
    for (std::uint64_t k = 0; k < 60; ++k) {
      entries = {1, ByteView(pairs).subspan(k * pair, pair)};
      puppet.say([&](CborWriter& w) {
        encode_update(w, MessageType::mail, {1, k, k + 1, 0, entries, {}});
      });
    }
    net.run_for(6ms);
  }
  EXPECT_LE(net.node(a).replica_bytes(), kReplicaBytesMax);
  EXPECT_GT(net.node(a).replica_bytes(), kReplicaCommonBytes + 590 * kReplicaShareBytes);
  for (const auto& puppet : puppets) {
    EXPECT_GT(puppet->seen()->bytes_held(), kReplicaShareBytes - 1100) << "each has its share";
  }
  EXPECT_GT(net.node(a).counters()[Counter::drop_memory], 0U);
}

// protocol.md [pull-turn]
TEST(Puller, WhoDoesNotAnswerKeepsNobodyWaitingWhoWasThereBefore) {
  VirtualNetwork net;
  const auto a = net.add("attic");
  Puppet first(net, a, 1);
  connect(net, {&first});
  first.join();
  net.run_for(10ms);
  std::vector<std::unique_ptr<Puppet>> silent;
  for (std::uint64_t i = 2; i < 102; ++i) {
    silent.push_back(std::make_unique<Puppet>(net, a, i));
    silent.back()->join();
  }
  const auto name_versions = [&](Duration span) {
    for (Duration passed{}; passed < span; passed += 50ms) {
      for (const auto& puppet : silent) puppet->beat(puppet->version + 1);
      net.run_for(50ms);
    }
  };
  name_versions(3s);
  first.raw.clear();
  first.beat(5);
  name_versions(500ms);
  const std::vector<Bytes> texts = first.heard();
  EXPECT_TRUE(std::ranges::any_of(texts, [](const Bytes& text) {
    CborReader in(text);
    return decode_message_start(in).type == static_cast<std::uint64_t>(MessageType::pull);
  }));
}

}  // namespace
}  // namespace dsn::test
