// SPDX-License-Identifier: Apache-2.0
// What an owner signs of its state, and what others keep of it.
#include <gtest/gtest.h>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

/// Calls `take` with each message in the frames, wherever it stands.
void for_each_message(const std::vector<Bytes>& texts,
                      const std::function<void(const MessageStart&, CborReader)>& take) {
  for (const Bytes& text : texts) {
    CborReader in(text);
    while (in.ok() && !in.at_end()) {
      const MessageStart head = decode_message_start(in);
      take(head, in);
      skip_message(in, head);
    }
  }
}

bool is(const MessageStart& head, MessageType type) {
  return head.type == static_cast<std::uint64_t>(type);
}

class CheckpointerTest : public testing::Test {
 protected:
  CheckpointerTest() : a_(net_.add("attic")) {
    for (std::uint64_t i = 1; i <= 10; ++i) {
      puppets_.push_back(std::make_unique<Puppet>(net_, a_, i));
      all_.push_back(puppets_.back().get());
    }
    connect(net_, all_);
    for (Puppet* puppet : all_) puppet->join();
    live(20s);
    forget();
  }
  void forget() {
    for (Puppet* puppet : all_) puppet->raw.clear();
  }
  void live(Duration span) {
    for (Duration lived{}; lived < span; lived += 1s) {
      net_.run_for(1s);
      for (Puppet* puppet : all_) puppet->beat();
    }
  }
  std::vector<StateVersion> heads(Puppet& puppet) {
    std::vector<StateVersion> versions;
    for_each_message(puppet.heard(), [&](const MessageStart& head, CborReader in) {
      if (!is(head, MessageType::head)) return;
      versions.push_back(decode_head(decode_head_message(in, head).head)->version);
    });
    return versions;
  }
  VirtualNetwork net_;
  std::size_t a_;
  std::vector<std::unique_ptr<Puppet>> puppets_;
  std::vector<Puppet*> all_;
};

// protocol.md [head-version]
TEST_F(CheckpointerTest, SignsASecondAfterAChangeAndEveryTenSecondsAtMost) {
  const auto number = [&] { return net_.node(a_).self().head_number(); };
  const std::uint64_t before = number();
  net_.set(a_, "door", Value::boolean(true));
  EXPECT_EQ(number(), before) << "no write waits for a signature";
  net_.run_for(990ms);
  EXPECT_EQ(number(), before);
  net_.run_for(20ms);
  EXPECT_EQ(number(), before + 1);
  for (int i = 0; i < 98; ++i) {
    net_.set(a_, "door", Value::integer(i));
    net_.run_for(100ms);
  }
  EXPECT_EQ(number(), before + 1);
  net_.run_for(300ms);
  EXPECT_EQ(number(), before + 2);
  EXPECT_EQ(net_.node(a_).self().signed_version(), net_.node(a_).self().version());
}

// protocol.md [head-told]
TEST_F(CheckpointerTest, TellsFourAtOnceAndTheOthersWithWhatGoesThereAnyway) {
  net_.set(a_, "door", Value::boolean(true));
  forget();
  const std::uint64_t before = net_.node(a_).self().head_number();
  while (net_.node(a_).self().head_number() == before) net_.run_for(1ms);
  std::size_t told = 0;
  const StateVersion newest = net_.node(a_).self().version();
  for (Puppet* puppet : all_) {
    const std::vector<StateVersion> got = heads(*puppet);
    told += static_cast<std::size_t>(std::ranges::count(got, newest));
  }
  EXPECT_EQ(told, 4U);
  std::set<Puppet*> later;
  for (int i = 0; i < 120; ++i) {
    live(1s);
    for (Puppet* puppet : all_) {
      if (!heads(*puppet).empty()) later.insert(puppet);
    }
  }
  EXPECT_GE(later.size(), 6U);
}

// protocol.md [head-told]
TEST_F(CheckpointerTest, TellsInEachSynUntilOneIsAnswered) {
  for (std::size_t i = 1; i < all_.size(); ++i) {
    all_[i]->say([](CborWriter& out) { encode_bye(out, ByeReason::leaving); });
  }
  Puppet& puppet = *all_[0];
  all_ = {&puppet};
  std::size_t with = 0;
  std::size_t without = 0;
  bool answers = false;
  for (int i = 0; i < 200; ++i) {
    live(1s);
    bool syn = false;
    bool head_too = false;
    std::uint64_t token = 0;
    for_each_message(puppet.heard(), [&](const MessageStart& head, CborReader in) {
      if (is(head, MessageType::syn)) {
        syn = true;
        token = decode_syn(in, head).token;
      }
      head_too |= is(head, MessageType::head);
    });
    if (!syn) continue;
    ++(head_too ? with : without);
    answers = with >= 3;
    if (answers) puppet.say([&](CborWriter& out) { encode_ack(out, {token, {}, {}, 0}); });
  }
  EXPECT_GE(with, 3U);
  EXPECT_LE(with, 5U);
  EXPECT_GE(without, 3U);
}

// protocol.md [head-leaving]
TEST_F(CheckpointerTest, SignsThatItLeavesAndTellsAllBeforeItsGoodbye) {
  net_.stop(a_, ByeReason::leaving);
  for (Puppet* puppet : all_) {
    std::vector<std::uint64_t> types;
    bool left = false;
    for_each_message(puppet->heard(), [&](const MessageStart& head, CborReader in) {
      types.push_back(head.type);
      if (is(head, MessageType::head)) {
        left = decode_head(decode_head_message(in, head).head)->left();
      }
    });
    EXPECT_EQ(types, (std::vector<std::uint64_t>{23, 22}));
    EXPECT_TRUE(left);
  }
}

// protocol.md [mail-checkpoint]
TEST_F(CheckpointerTest, FlagsTheMailThatLeavesACheckpoint) {
  const auto flags = [&] {
    std::vector<std::uint64_t> found;
    for_each_message(all_[0]->heard(), [&](const MessageStart& head, CborReader in) {
      if (is(head, MessageType::mail)) found.push_back(decode_update(in, head).flags);
    });
    return found;
  };
  net_.set(a_, "door", Value::integer(1));
  net_.run_for(1010ms);
  (void)flags();
  net_.set(a_, "door", Value::integer(2));
  net_.run_for(1ms);
  net_.set(a_, "door", Value::integer(3));
  EXPECT_EQ(flags(), (std::vector<std::uint64_t>{1, 0}));
}

class CheckpointKeeperTest : public testing::Test {
 protected:
  CheckpointKeeperTest() : a_(net_.add("attic")), owner_(net_, a_, 1), other_(net_, a_, 2) {
    connect(net_, {&owner_, &other_});
    owner_.join();
    other_.join();
    net_.run_for(2s);
  }
  static Bytes entry(int value) {
    Bytes pairs(100);
    CborWriter out(pairs);
    out.text("door");
    const Value encoded = Value::integer(value);
    encode_entry(out, {.version = 1, .value = encoded.cbor()});
    pairs.resize(out.size());
    return pairs;
  }
  static Bytes state(int value) {
    Bytes canonical = entry(value);
    canonical.insert(canonical.begin(), 0xa1);
    return canonical;
  }
  /// The state at each version is the version itself under one key.
  void mail(std::uint64_t to, std::uint64_t flags = 0) {
    const Bytes pair = entry(static_cast<int>(to));
    owner_.say([&](CborWriter& out) {
      encode_update(out, MessageType::mail, {1, to - 1, to, flags, {1, pair}, {}});
    });
  }
  Puppet::Signed head(std::uint64_t version, const std::function<void(Head&)>& change = {}) {
    return owner_.sign({1, version}, state(static_cast<int>(version)), change);
  }
  void say(const Puppet::Signed& head) {
    owner_.say([&](CborWriter& out) { encode_head_message(out, head.view()); });
  }
  const std::optional<Checkpoint>& kept() { return owner_.seen()->copy.checkpoint; }
  VirtualNetwork net_;
  std::size_t a_;
  Puppet owner_;
  Puppet other_;
};

// protocol.md [checkpoint-kept]
TEST_F(CheckpointKeeperTest, KeepsACopyWhenTheReplicaGoesOn) {
  mail(1);
  EXPECT_FALSE(kept());
  say(head(1));
  ASSERT_TRUE(kept());
  EXPECT_TRUE(kept()->in_replica);
  EXPECT_TRUE(kept()->copy.canonical.empty());
  mail(2);
  mail(3);
  ASSERT_TRUE(kept());
  EXPECT_EQ(kept()->head.version, (StateVersion{1, 1}));
  EXPECT_EQ(kept()->copy.canonical, state(1));
  say(head(3));
  EXPECT_EQ(kept()->head.version, (StateVersion{1, 3}));
  EXPECT_TRUE(kept()->copy.canonical.empty());
}

// protocol.md [checkpoint-kept]
TEST_F(CheckpointKeeperTest, KeepsAStateWhoseHeadComesLateIfTheOwnerSaidSo) {
  mail(1);
  mail(2);
  say(head(1));
  EXPECT_FALSE(kept()) << "it was left without a word";
  mail(3, 1);
  say(head(2));
  ASSERT_TRUE(kept());
  EXPECT_EQ(kept()->copy.canonical, state(2));
}

TEST_F(CheckpointKeeperTest, WaitsForTheStateThatAHeadNames) {
  mail(1);
  say(head(2));
  EXPECT_FALSE(kept());
  mail(2);
  ASSERT_TRUE(kept());
  EXPECT_TRUE(kept()->in_replica);
}

// protocol.md [head-own]
TEST_F(CheckpointKeeperTest, TakesOnlyTheSendersOwnHeadOfThisRun) {
  mail(1);
  const Puppet::Signed mine = head(1);
  other_.say([&](CborWriter& out) { encode_head_message(out, mine.view()); });
  say(head(1, [](Head& h) { h.session = SessionId{5}; }));
  say(head(1, [](Head& h) { h.network.bytes[0] ^= 1; }));
  EXPECT_FALSE(kept());
  EXPECT_EQ(net_.node(a_).counters()[Counter::drop_unwanted], 3U);
  say(mine);
  EXPECT_TRUE(kept());
}

// protocol.md [checkpoint-verified]
TEST_F(CheckpointKeeperTest, TakesNothingWithAWrongSignatureOrRoot) {
  mail(1);
  Puppet::Signed forged = head(1);
  forged.signature[0] ^= 1;
  say(forged);
  EXPECT_FALSE(kept());
  EXPECT_EQ(net_.node(a_).counters()[Counter::drop_forged], 1U);
  say(owner_.sign({1, 1}, state(9)));
  EXPECT_FALSE(kept());
  owner_.raw.clear();
  net_.run_for(100ms);
  bool asked_for_all = false;
  for_each_message(owner_.heard(), [&](const MessageStart& h, CborReader in) {
    if (is(h, MessageType::pull)) asked_for_all |= decode_pull(in, h).have == StateVersion{};
  });
  EXPECT_TRUE(asked_for_all) << "the owner is to settle it";
}

// protocol.md [checkpoint-verified]
TEST(CheckpointKeeper, VerifiesAsManyAsItMayAndTheOthersLater) {
  NetworkOptions options;
  options.public_key_operations_per_second = 5;
  VirtualNetwork net(options);
  const auto a = net.add("attic");
  std::vector<std::unique_ptr<Puppet>> puppets;
  for (std::uint64_t i = 10; i < 40; ++i) {
    puppets.push_back(std::make_unique<Puppet>(net, a, i));
    puppets.back()->join();
    net.run_for(300ms);
    puppets.back()->say([](CborWriter& out) { encode_snapshot(out, {{1, 1}, {}}); });
  }
  net.run_for(20s);
  const Bytes empty{0xa0};
  for (const auto& puppet : puppets) {
    puppet->beat(1);
    const Puppet::Signed signed_head = puppet->sign({1, 1}, empty);
    puppet->say([&](CborWriter& out) { encode_head_message(out, signed_head.view()); });
  }
  const auto verified = [&] {
    return std::ranges::count_if(
        puppets, [](const auto& puppet) { return puppet->seen()->copy.checkpoint.has_value(); });
  };
  EXPECT_LE(verified(), 5);
  net.run_for(5500ms);
  EXPECT_EQ(verified(), 30);
}

// protocol.md [checkpoint-order]
TEST_F(CheckpointKeeperTest, GoesBackToNoOlderHead) {
  mail(1);
  say(head(1, [](Head& h) { h.clock_ms = 500; }));
  say(head(1, [](Head& h) { h.clock_ms = 400; }));
  EXPECT_EQ(kept()->head.clock_ms, 500U);
  say(head(1, [](Head& h) { h.clock_ms = 600; }));
  EXPECT_EQ(kept()->head.clock_ms, 600U);
}

}  // namespace
}  // namespace dsn::test
