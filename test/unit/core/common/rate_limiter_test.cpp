// SPDX-License-Identifier: Apache-2.0
#include "core/common/rate_limiter.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "support/start_time.hpp"
namespace dsn::test {

using namespace core;

namespace {

using namespace std::chrono_literals;

int take_all(TokenBucket& bucket, Instant now) {
  int taken = 0;
  while (taken < 100'000 && bucket.take(now)) ++taken;
  return taken;
}

TEST(TokenBucket, GivesOneSecondsWorthAtOnceAndThenNothing) {
  TokenBucket bucket(50);
  EXPECT_EQ(take_all(bucket, kStart), 50);
  EXPECT_FALSE(bucket.take(kStart));
}

TEST(TokenBucket, FillsAtItsRateAndNeverBeyondOneSecond) {
  TokenBucket bucket(50);
  take_all(bucket, kStart);
  EXPECT_EQ(take_all(bucket, kStart + 100ms), 5);
  EXPECT_EQ(take_all(bucket, kStart + 1h), 50);
}

TEST(TokenBucket, HasATokenAtTheMomentItPromised) {
  for (const double rate : {0.5, 1.0, 3.0, 5.0, 200.0, 1000.0, 7777.0}) {
    TokenBucket bucket(rate);
    Instant now = kStart;
    take_all(bucket, now);
    for (int i = 0; i < 1000; ++i) {
      const Instant next = bucket.available_at(now);
      ASSERT_GT(next, now) << rate;
      now = next;
      ASSERT_EQ(bucket.available_at(now), now) << rate;
      ASSERT_TRUE(bucket.take(now)) << rate;
    }
  }
}

TEST(TokenBucket, GivesNothingForAClockThatStandsStill) {
  TokenBucket bucket(10);
  take_all(bucket, kStart);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(bucket.take(kStart));
}

}  // namespace
}  // namespace dsn::test
