// SPDX-License-Identifier: Apache-2.0
#include "web/metrics.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "unit/web/samples.hpp"

namespace dsn::web {
namespace {

std::string metrics_of(const Picture& picture) {
  MetricsText text(picture.whole(), kNow);
  return all_of(text);
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

class MetricsTest : public testing::Test {
 protected:
  MetricsTest() { picture.set_connected(kNow); }
  Picture picture;
};

TEST_F(MetricsTest, ShowsNumbersAndTruthValues) {
  picture.put(reading("attic", "load", Value::real(0.25)), kNow);
  picture.put(reading("attic", "door", Value::boolean(true)), kNow);
  picture.put(reading("attic", "place", Value::text("roof")), kNow);
  const std::string text = metrics_of(picture);
  EXPECT_TRUE(has_line(text, R"(dsn_reading{node="attic",key="load",unit=""} 0.25)")) << text;
  EXPECT_TRUE(has_line(text, R"(dsn_reading{node="attic",key="door",unit=""} 1)")) << text;
  EXPECT_EQ(text.find("dsn_reading{node=\"attic\",key=\"place\""), std::string::npos);
  EXPECT_TRUE(has_line(text, R"(dsn_reading_ok{node="attic",key="place",unit=""} 1)")) << text;
}

TEST_F(MetricsTest, WhatCannotBeTrustedHasNoValue) {
  picture.put(reading("attic", "load", Value::real(0.25), Freshness::node_gone), kNow);
  const std::string text = metrics_of(picture);
  EXPECT_EQ(text.find("dsn_reading{"), std::string::npos) << text;
  EXPECT_TRUE(has_line(text, R"(dsn_reading_ok{node="attic",key="load",unit=""} 0)")) << text;
}

TEST_F(MetricsTest, ANameOfAnotherNodeMakesNoLabelOfItsOwn) {
  picture.put(reading("attic", "a\"} 1\nb\\", Value::real(1)), kNow);
  const std::string text = metrics_of(picture);
  EXPECT_TRUE(has_line(text, R"(dsn_reading{node="attic",key="a\"} 1\nb\\",unit=""} 1)")) << text;
}

TEST_F(MetricsTest, ShowsInfinities) {
  picture.put(reading("attic", "load", Value::real(std::numeric_limits<double>::infinity())), kNow);
  EXPECT_TRUE(
      has_line(metrics_of(picture), R"(dsn_reading{node="attic",key="load",unit=""} +Inf)"));
}

TEST_F(MetricsTest, SaysWhichNodesAreUp) {
  picture.put_nodes({node("attic", NodeState::self), node("barn", NodeState::gone)}, kNow);
  const std::string text = metrics_of(picture);
  EXPECT_TRUE(has_line(text, "dsn_node_up{node=\"attic\"} 1"));
  EXPECT_TRUE(has_line(text, "dsn_node_up{node=\"barn\"} 0"));
}

TEST_F(MetricsTest, WithoutAnAgentThereIsNothingButThat) {
  picture.put(reading("attic", "load", Value::real(1)), kNow);
  picture.set_lost("no agent", kNow);
  const std::string text = metrics_of(picture);
  EXPECT_TRUE(has_line(text, "dsn_agent_up 0"));
  EXPECT_EQ(text.find("dsn_reading"), std::string::npos);
}

TEST_F(MetricsTest, ComesInPieces) {
  for (int i = 0; i < 10'000; ++i) {
    picture.put(reading("attic", "key/" + std::to_string(i), Value::integer(i)), kNow);
  }
  MetricsText text(picture.whole(), kNow);
  std::string piece;
  int pieces = 0;
  std::size_t bytes = 0;
  for (; text.next(piece); ++pieces) {
    EXPECT_LT(piece.size(), 2 * TextStream::kPieceBytes);
    bytes += piece.size();
    piece.clear();
  }
  EXPECT_GT(pieces, 10);
  EXPECT_EQ(bytes, metrics_of(picture).size());
}

}  // namespace
}  // namespace dsn::web
