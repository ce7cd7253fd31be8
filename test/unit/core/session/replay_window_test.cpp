// SPDX-License-Identifier: Apache-2.0
#include "core/session/replay_window.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>

#include "base/random.hpp"

namespace dsn::test {

using namespace core;

namespace {

// The same promise, kept the slow way.
class NaiveWindow {
 public:
  [[nodiscard]] bool is_new(std::uint64_t seq) const {
    if (!started_ || seq > highest_) return true;
    return seq > first_ && highest_ - seq < 256 && !seen_.contains(seq);
  }
  void accept(std::uint64_t seq) {
    if (!started_) first_ = seq;
    highest_ = started_ ? std::max(highest_, seq) : seq;
    started_ = true;
    seen_.insert(seq);
  }
  [[nodiscard]] std::uint64_t highest() const { return highest_; }

 private:
  std::set<std::uint64_t> seen_;
  std::uint64_t first_ = 0;
  std::uint64_t highest_ = 0;
  bool started_ = false;
};

TEST(ReplayWindow, TakesAnyNumberFirst) {
  for (const std::uint64_t seq : {0ULL, 1ULL, 63ULL, 64ULL, 319ULL, 1ULL << 47}) {
    ReplayWindow window;
    EXPECT_TRUE(window.is_new(seq));
    window.accept(seq);
    EXPECT_FALSE(window.is_new(seq));
    EXPECT_EQ(window.highest(), seq);
  }
}

TEST(ReplayWindow, RefusesWhatWasRecordedBeforeTheFirstFrame) {
  for (const std::uint64_t first : {1ULL, 63ULL, 64ULL, 65ULL, 255ULL, 256ULL, 1000ULL}) {
    ReplayWindow window;
    window.accept(first);
    for (std::uint64_t seq = 0; seq <= first; ++seq) EXPECT_FALSE(window.is_new(seq)) << seq;
    EXPECT_TRUE(window.is_new(first + 1));
  }
}

TEST(ReplayWindow, TakesLateFramesOfTheLast256AndNoOlderOnes) {
  ReplayWindow window;
  window.accept(0);
  window.accept(1000);
  EXPECT_FALSE(window.is_new(1000 - 256));
  EXPECT_TRUE(window.is_new(1000 - 255));
  window.accept(1000 - 255);
  EXPECT_FALSE(window.is_new(1000 - 255));
}

TEST(ReplayWindow, ForgetsNothingAndInventsNothingWhenItJumps) {
  for (const std::uint64_t jump : {64ULL, 255ULL, 256ULL, 257ULL, 320ULL, 321ULL, 100'000ULL}) {
    ReplayWindow window;
    NaiveWindow model;
    for (std::uint64_t seq = 0; seq < 300; seq += 3) window.accept(seq), model.accept(seq);
    window.accept(297 + jump);
    model.accept(297 + jump);
    for (std::uint64_t seq = 0; seq < 700 + jump; ++seq) {
      ASSERT_EQ(window.is_new(seq), model.is_new(seq)) << "jump " << jump << ", number " << seq;
    }
  }
}

TEST(ReplayWindow, AgreesWithANaiveModelOnRandomSequences) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    ReplayWindow window;
    NaiveWindow model;
    std::uint64_t around = random.below(2000);
    for (int step = 0; step < 2000; ++step) {
      if (random.one_in(100)) around += random.below(1000);
      const std::uint64_t back = random.below(400);
      const std::uint64_t seq = around > back ? around - back : 0;
      around += random.below(3);
      ASSERT_EQ(window.is_new(seq), model.is_new(seq)) << "seed " << seed << ", number " << seq;
      if (!window.is_new(seq)) continue;
      window.accept(seq);
      model.accept(seq);
      ASSERT_EQ(window.highest(), model.highest());
    }
  }
}

}  // namespace
}  // namespace dsn::test
