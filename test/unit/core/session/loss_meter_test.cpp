// SPDX-License-Identifier: Apache-2.0
#include "core/session/loss_meter.hpp"

#include <gtest/gtest.h>

namespace dsn::core {
namespace {

TEST(LossMeter, KnowsNothingBeforeTheSecondCount) {
  LossMeter meter;
  EXPECT_FALSE(meter.loss());
  meter.note(10, 4);  // what was lost before is of no interest
  EXPECT_FALSE(meter.loss());
  EXPECT_EQ(meter.frames(), 0U);
  meter.note(20, 9);
  EXPECT_EQ(meter.loss(), 0.5);
  EXPECT_EQ(meter.frames(), 10U);
}

TEST(LossMeter, PassesOverWhatCameLate) {
  LossMeter meter;
  meter.note(0, 0);
  meter.note(20, 20);
  meter.note(10, 20);
  EXPECT_EQ(meter.loss(), 0.0);
  EXPECT_EQ(meter.frames(), 20U);
}

TEST(LossMeter, NeverGainsFrames) {
  LossMeter meter;
  meter.note(10, 0);
  meter.note(20, 30);
  EXPECT_EQ(meter.loss(), 0.0);
}

TEST(LossMeter, TellsOfTheLatestFramesAlone) {
  LossMeter meter;
  std::uint64_t received = 0;
  for (std::uint64_t sent = 0; sent <= 1000; sent += 10) meter.note(sent, received += 5);
  EXPECT_NEAR(meter.loss().value(), 0.5, 0.01);
  EXPECT_LE(meter.frames(), 2 * LossMeter::kFrames);
  for (std::uint64_t sent = 1010; sent <= 1500; sent += 10) meter.note(sent, received += 10);
  EXPECT_NEAR(meter.loss().value(), 0.0, 0.01);
  for (std::uint64_t sent = 1510; sent <= 2000; sent += 10) meter.note(sent, received);
  EXPECT_NEAR(meter.loss().value(), 1.0, 0.01);
}

}  // namespace
}  // namespace dsn::core
