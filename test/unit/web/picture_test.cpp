// SPDX-License-Identifier: Apache-2.0
#include "web/picture.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "unit/web/samples.hpp"

namespace dsn::web {
namespace {

using namespace std::chrono_literals;

class PictureTest : public testing::Test {
 protected:
  Picture::View news() {
    Picture::View view = picture.changes(seen, 0ms);
    seen = view.sequence;
    return view;
  }

  Picture picture;
  std::uint64_t seen = 0;
};

TEST_F(PictureTest, TellsTheWholeAndThenWhatChanged) {
  picture.put_nodes({node("attic"), node("barn")}, kNow);
  picture.put(reading("attic", "door", Value::text("open")), kNow);
  Picture::View whole = picture.whole();
  EXPECT_TRUE(whole.is_whole);
  EXPECT_EQ(whole.nodes.size(), 2U);
  EXPECT_EQ(whole.readings.size(), 1U);
  seen = whole.sequence;

  EXPECT_EQ(news().readings.size(), 0U);
  picture.put(reading("attic", "door", Value::text("shut")), kNow);
  const Picture::View changed = news();
  EXPECT_FALSE(changed.is_whole);
  EXPECT_TRUE(changed.nodes.empty());
  ASSERT_EQ(changed.readings.size(), 1U);
  EXPECT_EQ(changed.readings[0]->reading.value, Value::text("shut"));
}

TEST_F(PictureTest, TellsOnceWhatChangedTwice) {
  picture.put(reading("attic", "door", Value::integer(1)), kNow);
  picture.put(reading("attic", "door", Value::integer(2)), kNow);
  const Picture::View view = news();
  ASSERT_EQ(view.readings.size(), 1U);
  EXPECT_EQ(view.readings[0]->reading.value, Value::integer(2));
}

TEST_F(PictureTest, WhatIsNotInThePresentIsGone) {
  picture.put(reading("attic", "door", Value::integer(1)), kNow);
  picture.put(reading("attic", "window", Value::integer(1)), kNow);
  news();
  picture.begin_present();
  picture.put(reading("attic", "door", Value::integer(1)), kNow);
  picture.end_present();
  const Picture::View view = news();
  ASSERT_EQ(view.gone_readings.size(), 1U);
  EXPECT_EQ(view.gone_readings[0].second, "window");
}

TEST_F(PictureTest, ANodeThatIsForgottenTakesItsReadingsAlong) {
  picture.put_nodes({node("attic"), node("barn")}, kNow);
  picture.put(reading("attic", "door", Value::integer(1)), kNow);
  picture.put(reading("barn", "door", Value::integer(1)), kNow);
  news();
  picture.put_nodes({node("barn")}, kNow);
  const Picture::View view = news();
  EXPECT_EQ(view.gone_nodes, std::vector<std::string>{"id-attic"});
  ASSERT_EQ(picture.whole().readings.size(), 1U);
  EXPECT_EQ(picture.whole().readings[0]->reading.node, "barn");
}

TEST_F(PictureTest, ANodeIsNewsWhenItsStateChangedAndNotWhenItWasHeard) {
  picture.put_nodes({node("attic")}, kNow);
  news();
  NodeInfo heard = node("attic");
  heard.heard = 3s;
  heard.round_trip = 200us;
  picture.put_nodes({heard}, kNow);
  news();
  heard.round_trip = 300us;
  picture.put_nodes({heard}, kNow);
  EXPECT_TRUE(news().nodes.empty());
  picture.put_nodes({node("attic", NodeState::gone)}, kNow);
  EXPECT_EQ(news().nodes.size(), 1U);
}

TEST_F(PictureTest, WhoIsTooFarBehindGetsTheWhole) {
  picture.put(reading("attic", "door", Value::integer(0)), kNow);
  picture.put(reading("attic", "window", Value::integer(0)), kNow);
  seen = picture.whole().sequence;
  for (int i = 0; i < 10'000; ++i) {
    picture.put(reading("attic", "door", Value::integer(i)), kNow);
  }
  const Picture::View view = news();
  EXPECT_TRUE(view.is_whole);
  EXPECT_EQ(view.readings.size(), 2U);
}

TEST_F(PictureTest, ANumberOfAnotherRunGetsTheWhole) {
  picture.put(reading("attic", "door", Value::integer(0)), kNow);
  seen = 1'000'000;
  EXPECT_TRUE(news().is_whole);
}

TEST_F(PictureTest, AgesGoOn) {
  Reading told = reading("attic", "load", Value::real(1));
  told.age = 2s;
  picture.put(told, kNow);
  EXPECT_EQ(picture.whole().readings[0]->as_of(kNow + 5s).age, 7s);
}

TEST_F(PictureTest, KeepsAnHourOfNumbersAValueAMinute) {
  for (int second = 0; second < 2 * 3600; second += 10) {
    picture.put(reading("attic", "load", Value::integer(second)),
                kNow + std::chrono::seconds(second));
  }
  const auto& points = picture.whole().readings[0]->trend->points();
  EXPECT_EQ(points.size(), Trend::kPointsMax);
  EXPECT_EQ(points.back().number, 2 * 3600 - 10);
  EXPECT_EQ(points.front().number, 3600 + 50);
}

TEST_F(PictureTest, AnErrorIsNoPointOfTheTrend) {
  picture.put(reading("attic", "load", Value::integer(1)), kNow);
  picture.put(reading("attic", "load", Value::integer(9), Freshness::error), kNow + 1min);
  EXPECT_EQ(picture.whole().readings[0]->trend->points().back().number, 1);
}

TEST_F(PictureTest, SaysWhyTheAgentIsAwayAndSinceWhen) {
  picture.set_connected(kNow);
  picture.set_lost("no agent", kNow + 1s);
  picture.set_lost("it refused", kNow + 2s);
  const AgentState agent = picture.whole().agent;
  EXPECT_FALSE(agent.is_connected);
  EXPECT_EQ(agent.problem, "it refused");
  EXPECT_EQ(agent.since, kNow + 1s);
}

TEST_F(PictureTest, AChangeEndsTheWait) {
  std::thread writer([this] { picture.put(reading("attic", "door", Value::integer(1)), kNow); });
  while (news().readings.empty()) seen = picture.changes(0, 1h).sequence - 1;
  writer.join();
}

}  // namespace
}  // namespace dsn::web
