// SPDX-License-Identifier: Apache-2.0
// Direct mail: quick, whole, and never too much.
#include <gtest/gtest.h>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

Value number(double value) { return Value::real(value); }

Write set(const std::string& key, Value value) {
  Write write;
  write.key = key;
  write.value = std::move(value);
  return write;
}

struct Crowd {
  explicit Crowd(std::size_t count) : a(net.add("attic")) {
    for (std::uint64_t i = 0; i < count; ++i) {
      puppets.push_back(std::make_unique<Puppet>(net, a, i + 1));
      by_endpoint[puppets.back()->endpoint] = puppets.back().get();
    }
    net.filter = [this](std::size_t, const Endpoint& to, ByteView bytes) {
      const auto found = by_endpoint.find(to);
      if (found != by_endpoint.end()) found->second->note_sent(to, bytes);
      return true;
    };
    for (const auto& puppet : puppets) {
      puppet->join();
      net.run_for(6ms);
    }
    net.run_for(2s);
    for (const auto& puppet : puppets) puppet->raw.clear();
  }
  struct Mail {
    Update update;
    ClockReading clock;
  };
  // The changes that came by mail, one after another.
  std::vector<Mail> mail(Puppet& puppet, std::vector<Bytes>& texts) {
    std::vector<Mail> all;
    texts.reserve(puppet.raw.size());
    for (const Bytes& datagram : puppet.raw) {
      const std::optional<Bytes> text = puppet.open(datagram);
      if (!text) continue;
      texts.push_back(*text);
      CborReader in(texts.back());
      const MessageStart head = decode_message_start(in);
      if (head.type != static_cast<std::uint64_t>(MessageType::mail)) continue;
      Update update = decode_update(in, head);
      update.incarnation = 1;
      const std::uint64_t number = decode_frame_header(datagram).value().sequence;
      if (update.to > update.from) all.push_back({update, {clock_ms_of(number), net.now()}});
    }
    return all;
  }
  VirtualNetwork net;
  std::size_t a;
  std::vector<std::unique_ptr<Puppet>> puppets;
  std::unordered_map<Endpoint, Puppet*, EndpointHash> by_endpoint;
};

// protocol.md [mail-once]
TEST(Mailer, ReachesMorePeersThanOneCallMayServe) {
  Crowd crowd(600);
  ASSERT_EQ(crowd.net.node(crowd.a).peers().reachable_count(), 600U);
  crowd.net.set(crowd.a, "door", Value::boolean(true));
  crowd.net.run_for(1ms);
  std::vector<Bytes> texts;
  for (const auto& puppet : crowd.puppets) {
    EXPECT_EQ(crowd.mail(*puppet, texts).size(), 1U);
  }
}

// What an ordinary sensor sends costs a reader 100 bytes, IPv4 and UDP included.
TEST(Mailer, AnUpdateOfOneValueFitsIn100Bytes) {
  constexpr std::size_t kIpAndUdpBytes = 28;
  VirtualNetwork net;
  const auto a = net.add("attic");
  const std::string key = "room/temp_c";  // 11 bytes
  for (int i = 0; i <= 0xffff; ++i) net.set(a, key, number(i));
  Puppet reader(net, a, 1);
  reader.join();
  for (int i = 0; i < 4; ++i) net.run_for(17s), reader.beat();
  ASSERT_GT(net.node(a).self().version().version, 0xffffU);
  std::vector<std::size_t> sizes;
  net.filter = [&](std::size_t, const Endpoint& to, ByteView bytes) {
    if (to == reader.endpoint) sizes.push_back(kIpAndUdpBytes + bytes.size());
    return true;
  };
  for (const char letter : {'a', 'b'}) {
    net.set(a, key, Value::text(std::string(20, letter)));
    net.run_for(1ms);
  }
  ASSERT_EQ(sizes.size(), 2U);
  EXPECT_EQ(sizes[0], 101U) << "one byte more says that the state before it was signed";
  EXPECT_EQ(sizes[1], 100U);
}

// protocol.md [mail-rate]
TEST(Mailer, CoalescesABurstOfWritesAndDeliversTheLastOfEach) {
  Crowd crowd(100);
  for (int i = 0; i < 500; ++i) {
    crowd.net.set(crowd.a, "key" + std::to_string(i % 5), number(i));
    crowd.net.run_for(1ms);
  }
  crowd.net.run_for(2s);
  std::size_t frames = 0;
  for (const auto& puppet : crowd.puppets) {
    std::vector<Bytes> texts;
    Replica replica;
    Effects effects;
    for (const auto& [update, clock] : crowd.mail(*puppet, texts)) {
      EXPECT_NE(replica.apply(replica.prepare(update, clock.clock_ms), clock, {}, effects),
                Replica::Outcome::gap);
      ++frames;
    }
    EXPECT_EQ(replica.store().entries(), crowd.net.node(crowd.a).self().state().store().entries());
  }
  // A second's depth of the bucket, and two and a half seconds of its rate.
  EXPECT_LE(static_cast<double>(frames), 3.5 * kMailFramesPerSecond);
}

// protocol.md [apply-whole]
TEST(Mailer, SendsABatchWhole) {
  VirtualNetwork net;
  const auto a = net.add("attic");
  const auto b = net.add("cellar");
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 5s));
  net.after_input = [&](std::size_t) {
    EXPECT_EQ(net.read(b, a, "x"), net.read(b, a, "y"));
    EXPECT_EQ(net.read(b, a, "x").has_value(), net.read(b, a, "y").has_value());
  };
  for (int i = 0; i < 100; ++i) {
    (void)net.commit(a, {set("x", number(i)), set("y", number(i))});
    net.run_for(1ms);
  }
  net.run_for(1s);
  EXPECT_EQ(net.read(b, a, "x"), number(99));
}

// protocol.md [mail-too-large]
TEST(Mailer, AnnouncesWhatIsTooLargeForADatagramAndItIsPulled) {
  VirtualNetwork net;
  const auto a = net.add("attic");
  const auto b = net.add("cellar");
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 5s));
  std::vector<Write> large;
  for (int i = 0; i < 40; ++i) {
    large.push_back(set("key" + std::to_string(i), Value::text(std::string(900, 'x'))));
  }
  ASSERT_TRUE(net.commit(a, large).ok());
  net.run_for(100ms);
  EXPECT_TRUE(net.in_sync());
  EXPECT_TRUE(net.read(b, a, "key39"));
}

// Two nodes that are in sync, and the mail between them.
struct Two {
  Two() : a(net.add("attic")), b(net.add("cellar")) {
    EXPECT_TRUE(net.run_until([&] { return net.in_sync(); }, 5s));
    net.run_for(1s);
  }
  // 200 keys of 11 bytes, one commit each.
  void set_many() {
    for (int i = 0; i < 200; ++i) {
      net.set(a, "bench/v" + std::to_string(1000 + i), Value::text(std::string(20, 'x')));
    }
  }
  VirtualNetwork net;
  std::size_t a;
  std::size_t b;
};

// protocol.md [mail-round] [mail-parts]
TEST(Mailer, ABurstOfKeysGoesInFullDatagrams) {
  Two two;
  two.set_many();  // all keys are new
  two.net.run_for(10ms);
  std::size_t datagrams = 0;
  two.net.filter = [&](std::size_t from, const Endpoint&, ByteView) {
    if (from == two.a) ++datagrams;
    return true;
  };
  two.set_many();
  two.net.run_for(10ms);
  EXPECT_TRUE(two.net.in_sync());
  EXPECT_GE(datagrams, 2U);
  EXPECT_LE(datagrams, 9U) << "the first key, and 8 for the 199 others";
}

// protocol.md [mail-parts] [mail-parts-missing]
TEST(Mailer, WhatIsInPartsIsSeenWhole) {
  Two two;
  two.net.after_input = [&](std::size_t) {
    EXPECT_EQ(two.net.read(two.b, two.a, "key100"), two.net.read(two.b, two.a, "key199"));
  };
  for (int round = 0; round < 20; ++round) {
    std::size_t large = 0;
    two.net.filter = [&](std::size_t from, const Endpoint&, ByteView bytes) {
      const bool is_part = from == two.a && bytes.size() > 1000;
      return !is_part || ++large != 2;  // the second one is lost
    };
    std::vector<Write> batch;
    for (int i = 0; i < 100; ++i) {
      batch.push_back(set("key" + std::to_string(100 + i), number(round)));
    }
    batch.push_back(set("long", Value::text(std::string(900, 'x'))));
    ASSERT_TRUE(two.net.commit(two.a, batch).ok());
    two.net.run_for(300ms);
    EXPECT_GE(large, 2U);
    EXPECT_TRUE(two.net.in_sync()) << "what is missing is pulled";
  }
}

TEST(Mailer, SurvivesAPortThatCannotSeal) {
  class Broken final : public FakeCrypto {
   public:
    using FakeCrypto::FakeCrypto;
    bool seal(const AeadKey& key, std::span<const std::uint8_t, kAeadNonceBytes> nonce,
              ByteView additional_data, ByteView plaintext, MutableBytes sealed) override {
      return !broken && FakeCrypto::seal(key, nonce, additional_data, plaintext, sealed);
    }
    bool broken = false;
  };
  VirtualNetwork net;
  net.make_crypto = [](std::uint64_t seed) { return std::make_unique<Broken>(seed); };
  const auto a = net.add("attic");
  net.add("cellar");
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 5s));
  auto& crypto = static_cast<Broken&>(*net[a].crypto);
  crypto.broken = true;
  net.run_for(30s);  // the scheduler stops a node that spins
  EXPECT_GT(net.node(a).counters()[Counter::seal_failed], 0U);
  crypto.broken = false;
  EXPECT_TRUE(net.run_until([&] { return net.in_sync(); }, 60s));
}

}  // namespace
}  // namespace dsn::test
