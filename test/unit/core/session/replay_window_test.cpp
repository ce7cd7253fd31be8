// SPDX-License-Identifier: Apache-2.0
#include "core/session/replay_window.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>

#include "base/random.hpp"
#include "core/session/frame_codec.hpp"

namespace dsn::test {

using namespace core;

namespace {

// The same promise, kept the slow way.
class NaiveWindow {
 public:
  [[nodiscard]] bool is_new(std::uint64_t seq) const {
    if (!started_ || seq > highest_) return true;
    const auto above = static_cast<std::size_t>(std::distance(seen_.upper_bound(seq), seen_.end()));
    return seq > first_ && above < ReplayWindow::kSize && !seen_.contains(seq);
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

// protocol.md [window-size]
TEST(ReplayWindow, TakesLateFramesAmongTheLast32AndNoOlderOnes) {
  ReplayWindow window;
  for (std::uint64_t i = 1; i <= ReplayWindow::kSize; ++i) window.accept(sequence_at(i));
  EXPECT_FALSE(window.is_new(sequence_at(1) - 1));
  EXPECT_TRUE(window.is_new(sequence_at(1) + 1));
  window.accept(sequence_at(1) + 1);
  EXPECT_FALSE(window.is_new(sequence_at(1) + 1));
  EXPECT_FALSE(window.is_new(sequence_at(1))) << "it is forgotten, and counts as seen";
  EXPECT_EQ(window.highest(), sequence_at(ReplayWindow::kSize));
}

TEST(ReplayWindow, ForgetsNothingAndInventsNothingWhenItJumps) {
  for (const std::uint64_t jump : {1ULL, 31ULL, 32ULL, 33ULL, 100'000ULL}) {
    ReplayWindow window;
    NaiveWindow model;
    for (std::uint64_t seq = 0; seq < 300; seq += 3) window.accept(seq), model.accept(seq);
    window.accept(297 + jump);
    model.accept(297 + jump);
    for (std::uint64_t seq = 0; seq < 320 + jump; ++seq) {
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
      const std::uint64_t back = random.below(60);
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
