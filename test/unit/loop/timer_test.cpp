// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "loop/handles.hpp"

namespace dsn::loop {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(Timer, LooksAtTheClockAgainSoonHoweverLongItWaits) {
  EXPECT_EQ(ShortWaits::to_wait_duration(Clock::duration(hours(1))), ShortWaits::kMax);
  EXPECT_EQ(ShortWaits::to_wait_duration(Clock::duration(milliseconds(7))), milliseconds(7));
  EXPECT_LT(ShortWaits::to_wait_duration(Clock::duration(hours(-1))), milliseconds(0));
  EXPECT_EQ(ShortWaits::to_wait_duration(Clock::now() + hours(1)), ShortWaits::kMax);
}

TEST(Timer, RunsWhenItIsDueAndNotBefore) {
  asio::io_context io;
  Timer timer(io);
  const Clock::time_point start = Clock::now();
  bool ran = false;
  timer.expires_after(milliseconds(20));
  timer.async_wait([&](const std::error_code& error) { ran = !error; });
  io.run();
  EXPECT_TRUE(ran);
  EXPECT_GE(Clock::now() - start, milliseconds(20));
}

}  // namespace
}  // namespace dsn::loop
