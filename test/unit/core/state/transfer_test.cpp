// SPDX-License-Identifier: Apache-2.0
#include "core/state/transfer.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "base/random.hpp"
#include "support/fake_crypto.hpp"
#include "support/start_time.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

class TransferTest : public testing::Test {
 protected:
  explicit TransferTest(std::size_t size = 64 * kChunkBytes - 100) : state_(size) {
    for (std::size_t i = 0; i < size; ++i) state_[i] = static_cast<std::uint8_t>(i ^ (i >> 8));
    chunk_hashes(crypto_, state_, hashes_);
  }
  Transfer begin() { return Transfer({{1, 9}, 500, state_.size(), hashes_}, kStart); }
  Chunk chunk(std::size_t index) {
    const std::size_t at = index * kChunkBytes;
    const std::size_t size = std::min(kChunkBytes, state_.size() - at);
    return {{1, 9}, index, ByteView(state_).subspan(at, size)};
  }
  test::FakeCrypto crypto_{1};
  Bytes state_;
  Bytes hashes_;
};

// protocol.md [want-window]
TEST_F(TransferTest, AsksForAFewChunksAndThenForMore) {
  Transfer transfer = begin();
  const Want first = transfer.next_want();
  EXPECT_EQ(first.count, kChunkWindowFirst);
  for (std::size_t i = 0; i < first.count; ++i) {
    EXPECT_FALSE(transfer.window_empty());
    EXPECT_TRUE(transfer.accept(crypto_, chunk(first.indexes[i])));
  }
  EXPECT_TRUE(transfer.window_empty());
  EXPECT_EQ(transfer.next_want().count, 2 * kChunkWindowFirst);
  transfer.shrink_window();
  EXPECT_EQ(transfer.next_want().count, kChunkWindowFirst);
}

TEST_F(TransferTest, NeverAsksForMoreThanAMessageHolds) {
  Transfer transfer = begin();
  std::size_t rounds = 0;
  while (!transfer.complete()) {
    const Want want = transfer.next_want();
    ASSERT_GT(want.count, 0U);
    ASSERT_LE(want.count, kChunkWindowMax);
    for (std::size_t i = 0; i < want.count; ++i) {
      EXPECT_TRUE(transfer.accept(crypto_, chunk(want.indexes[i])));
    }
    ++rounds;
  }
  EXPECT_LE(rounds, 7U);
  EXPECT_TRUE(std::ranges::equal(transfer.bytes(), state_));
}

// protocol.md [chunk-checked]
TEST_F(TransferTest, VerifiesEachChunkByItself) {
  Transfer transfer = begin();
  Bytes tampered = state_;
  for (std::size_t i = 0; i < 64; ++i) {
    tampered[i * kChunkBytes + 5] ^= 1;
    Chunk wrong = chunk(i);
    wrong.bytes = ByteView(tampered).subspan(i * kChunkBytes, wrong.bytes.size());
    EXPECT_FALSE(transfer.accept(crypto_, wrong)) << i;
  }
  Chunk misplaced = chunk(3);
  misplaced.index = 4;
  EXPECT_FALSE(transfer.accept(crypto_, misplaced));
  Chunk short_one = chunk(3);
  short_one.bytes = short_one.bytes.first(kChunkBytes - 1);
  EXPECT_FALSE(transfer.accept(crypto_, short_one));
  Chunk outside = chunk(3);
  outside.index = 64;
  EXPECT_FALSE(transfer.accept(crypto_, outside));
  Chunk other_state = chunk(3);
  other_state.version = {1, 10};
  EXPECT_FALSE(transfer.accept(crypto_, other_state));
  EXPECT_TRUE(transfer.accept(crypto_, chunk(3)));
  EXPECT_FALSE(transfer.accept(crypto_, chunk(3))) << "it is here already";
}

TEST_F(TransferTest, CompletesWhenChunksAreLostDoubledAndReordered) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Random random(seed);
    Transfer transfer = begin();
    std::deque<std::size_t> in_flight;
    int rounds = 0;
    while (!transfer.complete()) {
      ASSERT_LT(++rounds, 1000) << "seed " << seed;
      transfer.shrink_window();
      const Want want = transfer.next_want();
      for (std::size_t i = 0; i < want.count; ++i) {
        if (random.one_in(2)) continue;
        in_flight.push_back(want.indexes[i]);
        if (random.one_in(4)) in_flight.push_front(want.indexes[i]);
      }
      while (in_flight.size() > random.below(4)) {
        (void)transfer.accept(crypto_, chunk(in_flight.front()));
        in_flight.pop_front();
      }
    }
    ASSERT_TRUE(std::ranges::equal(transfer.bytes(), state_)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace dsn::test
