// SPDX-License-Identifier: Apache-2.0
// What direct mail lost is found, and comparing costs the same whatever the size of the network.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

Value number(double value) { return Value::real(value); }

std::uint64_t type_of(ByteView text) {
  CborReader in(text);
  return decode_message_start(in).type;
}

bool is(ByteView text, MessageType type) {
  return type_of(text) == static_cast<std::uint64_t>(type);
}

// Loses the mail of one machine, and nothing else: those are frames that follow a write at once.
class AntiEntropyTest : public testing::Test {
 protected:
  void build(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) net_.add("node" + std::to_string(i));
    ASSERT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 30s));
    net_.run_for(30s);
  }
  void write_unheard(std::size_t index, const std::string& key) {
    net_.filter = [](auto, const auto&, auto) { return false; };
    net_.set(index, key, number(1));
    net_.filter = nullptr;
  }
  std::uint64_t sum_of(Counter counter) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < net_.size(); ++i) sum += net_.node(i).counters()[counter];
    return sum;
  }
  VirtualNetwork net_;
};

TEST_F(AntiEntropyTest, FindsALastUpdateThatNobodyGot) {
  build(10);
  write_unheard(3, "door");
  EXPECT_FALSE(net_.in_sync());
  EXPECT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 5s));
}

TEST_F(AntiEntropyTest, FindsManyUpdatesThatNobodyGot) {
  build(20);
  for (std::size_t i = 0; i < 20; ++i) write_unheard(i, "door");
  EXPECT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 10s));
}

// protocol.md [round-pace]
TEST_F(AntiEntropyTest, SlowsDownWhenQuietAndSpeedsUpWithNews) {
  build(5);
  const std::uint64_t before = sum_of(Counter::rounds);
  net_.run_for(100s);
  const std::uint64_t quiet = sum_of(Counter::rounds) - before;
  EXPECT_GE(quiet, 5U * 100 / 3);
  EXPECT_LE(quiet, 5U * 100 / 1.6);
  net_.set(0, "door", number(1));
  const std::uint64_t at_news = sum_of(Counter::rounds);
  net_.run_for(4s);
  EXPECT_GE(sum_of(Counter::rounds) - at_news, 5U * 3);
}

class PuppetSyncTest : public testing::Test {
 protected:
  PuppetSyncTest() : a_(net_.add("attic")), puppet_(net_, a_, 1) {
    connect(net_, {&puppet_});
    puppet_.join();
    puppet_.say([](CborWriter& out) { encode_snapshot(out, {{1, 0}, {}}); });
    net_.run_for(3s);
    puppet_.heard();
  }
  void say_syn(std::uint64_t sum, const std::vector<DigestItem>& items = {}) {
    std::array<std::uint8_t, 1100> buffer;
    CborWriter encoded(buffer);
    for (const DigestItem& item : items) encode_item(encoded, item);
    puppet_.say([&](CborWriter& out) {
      encode_syn(out, {7, sum, {items.size(), encoded.written()}, 0});
    });
  }
  VirtualNetwork net_;
  std::size_t a_;
  Puppet puppet_;
};

// protocol.md [ack]
TEST_F(PuppetSyncTest, SaysOnlyThatAllIsTheSame) {
  say_syn(net_.node(a_).state_sum());
  const auto texts = puppet_.heard();
  ASSERT_EQ(texts.size(), 1U);
  CborReader in(texts[0]);
  const MessageStart head = decode_message_start(in);
  const Ack ack = decode_ack(in, head);
  EXPECT_EQ(ack.token, 7U);
  EXPECT_EQ(ack.newer.count, 0U);
  EXPECT_TRUE(ack.buckets.empty());
}

// protocol.md [items]
TEST_F(PuppetSyncTest, AsksWhereAnUnknownOriginIs) {
  say_syn(1, {{0x1234, {1, 1}, 99}});
  const auto texts = puppet_.heard();
  ASSERT_EQ(texts.size(), 2U);
  EXPECT_TRUE(is(texts[0], MessageType::ack));
  CborReader in(texts[1]);
  const Who who = decode_who(in, decode_message_start(in));
  ASSERT_EQ(who.count, 1U);
  EXPECT_EQ(who.prefixes[0], 0x1234U);
}

// protocol.md [ack]
TEST_F(PuppetSyncTest, SendsNoSumsWhenRecentChangesExplainTheDifference) {
  const std::uint64_t sum = net_.node(a_).state_sum();
  say_syn(sum + 99, {{0x1234, {1, 1}, 99}});
  auto texts = puppet_.heard();
  CborReader in(texts[0]);
  EXPECT_TRUE(decode_ack(in, decode_message_start(in)).buckets.empty());
  say_syn(sum + 98);
  texts = puppet_.heard();
  CborReader again(texts[0]);
  EXPECT_EQ(decode_ack(again, decode_message_start(again)).buckets.size(), 8 * kBuckets);
}

// protocol.md [standing-difference]
TEST_F(PuppetSyncTest, SendsTheSumsLessAndLessWhileNothingChanges) {
  const auto has_sums = [this](std::uint64_t sum) {
    puppet_.beat();
    (void)puppet_.heard();
    say_syn(sum);
    const auto texts = puppet_.heard();
    CborReader in(texts.at(0));
    return !decode_ack(in, decode_message_start(in)).buckets.empty();
  };
  EXPECT_TRUE(has_sums(1));
  EXPECT_TRUE(has_sums(1)) << "the first may have been lost";
  EXPECT_FALSE(has_sums(1));
  net_.run_for(1s);
  EXPECT_TRUE(has_sums(1));
  net_.run_for(1s);
  EXPECT_FALSE(has_sums(1));
  EXPECT_TRUE(has_sums(2)) << "another difference";
  EXPECT_TRUE(has_sums(2));
  EXPECT_FALSE(has_sums(2));
  net_.set(a_, "door", number(1));
  EXPECT_TRUE(has_sums(2)) << "another sum here";
}

// protocol.md [list-answer]
TEST_F(PuppetSyncTest, AnswersAListOfDifferingBucketsWithItsOwn) {
  const NodeId& id = net_.node(a_).self().id();
  const std::uint64_t mask = std::uint64_t{1} << (id.prefix() >> 58);
  puppet_.say([&](CborWriter& out) { encode_list(out, {0, false, mask, {}}); });
  const auto texts = puppet_.heard();
  ASSERT_EQ(texts.size(), 1U);
  CborReader in(texts[0]);
  const List list = decode_list(in, decode_message_start(in));
  EXPECT_TRUE(list.answer);
  EXPECT_GE(list.items.count, 1U);
}

// protocol.md [answer-unasked]
TEST_F(PuppetSyncTest, NeverAnswersAnAnswer) {
  puppet_.say([&](CborWriter& out) {
    encode_ack(out, {99, {}, {}, 0});
    encode_list(out, {0, true, ~std::uint64_t{0}, {}});
  });
  EXPECT_TRUE(puppet_.heard().empty());
  EXPECT_EQ(net_.node(a_).counters()[Counter::drop_unwanted], 2U);
}

// protocol.md [ask-again] [syn-token]
TEST_F(PuppetSyncTest, AsksThreeTimesWithATokenEach) {
  puppet_.beat();  // it is not suspected
  net_.run_for(500ms);
  (void)puppet_.heard();
  const std::uint64_t rounds = net_.node(a_).counters()[Counter::rounds];
  std::set<std::uint64_t> tokens;
  std::size_t syns = 0;
  for (int i = 0; i < 120; ++i) {
    net_.run_for(500ms);
    puppet_.beat();  // it lives, and does not answer
    for (const Bytes& text : puppet_.heard()) {
      if (!is(text, MessageType::syn)) continue;
      CborReader in(text);
      tokens.insert(decode_syn(in, decode_message_start(in)).token);
      ++syns;
    }
  }
  const std::uint64_t begun = net_.node(a_).counters()[Counter::rounds] - rounds;
  ASSERT_GE(begun, 5U);
  EXPECT_LE(syns, 3 * begun + 2) << "of the round before";
  EXPECT_GE(syns, 3 * begun - 2) << "of the last round";
  EXPECT_EQ(tokens.size(), syns);
}

// What a frame with nothing else in it would have: a beat follows, and heads now and then.
std::size_t frame_of_first_message(const Bytes& text) {
  CborReader in(text);
  skip_message(in, decode_message_start(in));
  return kPairHeaderBytes + in.offset() + kFrameTagBytes;
}

// A node of a network of `nodes`, all the others puppets whose state it holds. Returns the sizes
// of SYN and ACK, as whole datagrams.
std::map<MessageType, std::set<std::size_t>> sizes_in_sync(std::size_t nodes) {
  VirtualNetwork net;
  const auto a = net.add("attic");
  std::unordered_map<Endpoint, std::unique_ptr<Puppet>, EndpointHash> puppets;
  net.filter = [&](std::size_t, const Endpoint& to, ByteView bytes) {
    const auto found = puppets.find(to);
    if (found != puppets.end()) found->second->note_sent(to, bytes);
    return true;
  };
  std::vector<Puppet*> all;
  for (std::uint64_t i = 1; i < nodes; ++i) {
    auto puppet = std::make_unique<Puppet>(net, a, i);
    all.push_back(puppet.get());
    puppets[puppet->endpoint] = std::move(puppet);
    all.back()->join();
    all.back()->say([&](CborWriter& out) { encode_snapshot(out, {{1, i}, {}}); });
    all.back()->version = i;
    net.run_for(6ms);
  }
  // Nobody is forgotten, and nothing is new any more.
  std::map<MessageType, std::set<std::size_t>> sizes;
  for (int second = 0; second < 60; ++second) {
    net.run_for(1s);
    for (Puppet* puppet : all) {
      puppet->beat(puppet->version);
      const auto texts = puppet->heard();
      for (std::size_t i = 0; i < texts.size() && second >= 10; ++i) {
        if (!is(texts[i], MessageType::syn)) continue;
        sizes[MessageType::syn].insert(frame_of_first_message(texts[i]));
        // Back it goes: the puppet holds the same.
        CborReader in(texts[i]);
        const Syn syn = decode_syn(in, decode_message_start(in));
        EXPECT_EQ(syn.state_sum, net.node(a).state_sum());
        puppet->say([&](CborWriter& out) { encode_syn(out, syn); });
        const auto answers = puppet->heard();
        if (!answers.empty()) {
          sizes[MessageType::ack].insert(frame_of_first_message(answers.back()));
        }
      }
    }
  }
  EXPECT_EQ(net.node(a).peers().reachable_count() + 1, nodes);
  return sizes;
}

TEST(AntiEntropySizes, AreTheSameForAThousandNodesAsForTen) {
  const auto ten = sizes_in_sync(10);
  const auto thousand = sizes_in_sync(1000);
  for (const auto& sizes : {ten, thousand}) {
    ASSERT_TRUE(sizes.contains(MessageType::syn) && sizes.contains(MessageType::ack));
    // Envelope 29, array and type 2, token 1 to 3, sum 9, no items 1, count of frames 1 to 3.
    EXPECT_GE(*sizes.at(MessageType::syn).begin(), 43U);
    EXPECT_LE(*sizes.at(MessageType::syn).rbegin(), 47U);
    // The token again, no items, no sums, count of frames.
    EXPECT_GE(*sizes.at(MessageType::ack).begin(), 35U);
    EXPECT_LE(*sizes.at(MessageType::ack).rbegin(), 39U);
  }
}

}  // namespace
}  // namespace dsn::test
