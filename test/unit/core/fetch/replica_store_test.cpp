// SPDX-License-Identifier: Apache-2.0
// Who gets how much memory for its state.
#include "core/fetch/replica_store.hpp"

#include <gtest/gtest.h>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

constexpr std::size_t kCommon = 64 * 1024;

NetworkOptions small_memory() {
  NetworkOptions options;
  options.common_replica_bytes = kCommon;
  return options;
}

/// Nodes whose states are one key for each KiB.
class MemoryTest : public ::testing::Test {
 protected:
  MemoryTest() : attic_(net_.add("attic")) {}

  Puppet& meet() {
    puppets_.push_back(std::make_unique<Puppet>(net_, attic_, puppets_.size() + 1));
    Puppet& puppet = *puppets_.back();
    puppet.join();
    puppet.say([](CborWriter& out) { encode_snapshot(out, {{1, 0}, {}}); });
    net_.run_for(10ms);
    return puppet;
  }
  /// Writes one key anew, with so many bytes.
  void write(Puppet& puppet, std::size_t key, std::size_t bytes = 1000, char letter = 'x') {
    Bytes pair(1200);
    CborWriter out(pair);
    out.text("k" + std::to_string(100 + key));
    const std::uint64_t version = ++puppet.version;
    const Value value = Value::text(std::string(bytes, letter));
    encode_entry(out, {.version = version, .value = value.cbor()});
    const ChangeMap entries{1, out.written()};
    puppet.say([&](CborWriter& w) {
      encode_update(w, MessageType::mail, {1, version - 1, version, 0, entries, {}});
    });
  }
  void grow(Puppet& puppet, std::size_t keys) {
    for (std::size_t i = 0; i < keys; ++i) write(puppet, puppet.version);
  }
  bool holds(const Puppet& puppet) {
    return puppet.seen()->copy.replica.version().version == puppet.version;
  }
  std::uint64_t count(Counter counter) { return net_.node(attic_).counters()[counter]; }

  VirtualNetwork net_{small_memory()};
  std::size_t attic_;
  std::vector<std::unique_ptr<Puppet>> puppets_;
};

// protocol.md [memory-share]
TEST_F(MemoryTest, NobodyIsRefusedWhatIsWithinItsShareWhateverOthersHold) {
  for (int i = 0; i < 4; ++i) grow(meet(), 60);
  EXPECT_GT(count(Counter::drop_memory), 0U) << "the common memory is full";
  Puppet& small = meet();
  for (std::size_t i = 0; i < 15; ++i) {
    write(small, i);
    EXPECT_TRUE(holds(small)) << i;
  }
  EXPECT_FALSE(small.seen()->copy.unheld);
  EXPECT_LE(net_.node(attic_).replica_bytes(), kCommon + 5 * kReplicaShareBytes);
}

// protocol.md [memory-growth]
TEST_F(MemoryTest, AnOverwriteIsChargedByItsGrowth) {
  Puppet& large = meet();
  grow(large, 60);
  grow(meet(), 60);
  ASSERT_TRUE(holds(large));
  write(large, 3, 1000, 'y');
  EXPECT_TRUE(holds(large)) << "the same size";
  write(large, 3, 10, 'y');
  EXPECT_TRUE(holds(large)) << "smaller";
}

// protocol.md [memory-yields]
TEST_F(MemoryTest, NodesThatAreGoneYieldFirst) {
  Puppet& gone = meet();
  grow(gone, 60);
  Puppet& left = meet();
  grow(left, 30);
  gone.say([](CborWriter& out) { encode_bye(out, ByeReason::leaving); });
  Puppet& large = meet();
  grow(large, 40);
  EXPECT_TRUE(holds(large));
  EXPECT_EQ(gone.seen()->copy.replica.store().count(), 0U);
  ASSERT_TRUE(gone.seen()->copy.unheld);
  EXPECT_TRUE(gone.seen()->copy.unheld->given_up);
  EXPECT_TRUE(holds(left)) << "it is there";
  EXPECT_EQ(count(Counter::gave_up_gone), 1U);
  EXPECT_EQ(count(Counter::drop_memory), 0U);
}

// protocol.md [memory-yields]
TEST_F(MemoryTest, ThenTheLargestOfThoseThatWereMetLater) {
  Puppet& first = meet();
  Puppet& second = meet();
  Puppet& third = meet();
  Puppet& fourth = meet();
  grow(second, 30);
  grow(third, 50);
  grow(fourth, 20);
  grow(first, 40);
  EXPECT_TRUE(holds(first));
  EXPECT_TRUE(holds(second));
  EXPECT_TRUE(third.seen()->copy.unheld->given_up);
  EXPECT_TRUE(holds(fourth)) << "it is smaller";
  EXPECT_EQ(count(Counter::gave_up_newer), 1U);
  grow(fourth, 60);
  EXPECT_TRUE(holds(first));
  EXPECT_TRUE(holds(second)) << "those that were met earlier keep what they have";
  EXPECT_FALSE(holds(fourth));
  EXPECT_GT(fourth.seen()->bytes_held(), kReplicaShareBytes);
}

TEST_F(MemoryTest, WhatIsWithinTheShareOfAnotherIsNeverGivenUp) {
  Puppet& first = meet();
  Puppet& second = meet();
  grow(second, 15);
  grow(first, 60);
  grow(meet(), 60);
  EXPECT_TRUE(holds(first));
  EXPECT_TRUE(holds(second));
}

// protocol.md [memory-again]
TEST_F(MemoryTest, AStateThatWasGivenUpIsAskedForAgainLater) {
  Puppet& first = meet();
  Puppet& second = meet();
  connect(net_, {&first, &second});
  grow(second, 60);
  grow(first, 50);
  ASSERT_TRUE(second.seen()->copy.unheld);
  const Instant since = second.seen()->copy.unheld->since;
  second.raw.clear();
  const auto asked = [&] {
    for (const Bytes& text : second.heard()) {
      CborReader in(text);
      if (decode_message_start(in).type == static_cast<std::uint64_t>(MessageType::pull))
        return true;
    }
    return false;
  };
  second.beat(second.version);
  net_.run_for(2s);
  EXPECT_FALSE(asked()) << "not at once";
  net_.run_for(kUnheldPause);
  second.beat(second.version);
  net_.run_for(2s);
  EXPECT_TRUE(asked());
  EXPECT_EQ(second.seen()->copy.unheld->since, since);
  const std::uint64_t version = second.version;
  second.say([&](CborWriter& out) { encode_snapshot(out, {{1, version}, {}}); });
  EXPECT_FALSE(second.seen()->copy.unheld) << "what is small enough is held";
}

}  // namespace
}  // namespace dsn::test
