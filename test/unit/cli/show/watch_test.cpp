// SPDX-License-Identifier: Apache-2.0
// What --watch shows and finds, without a terminal or an agent.
#include <gtest/gtest.h>

#include <array>

#include "cli/show/changes.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/explain_nothing.hpp"
#include "cli/show/trends.hpp"
#include "cli/show/watch_frame.hpp"
#include "unit/cli/samples.hpp"

namespace dsn::cli {
namespace {

TEST(Sparkline, SpansFromLowestToHighest) {
  EXPECT_EQ(sparkline(std::array{1.0, 2.0, 3.0, 8.0}), "▁▂▃█");
  EXPECT_EQ(sparkline(std::array{5.0, 5.0, 5.0}), "▅▅▅");
  EXPECT_EQ(sparkline(std::array{5.0}), "");
  EXPECT_EQ(sparkline({}), "");
  EXPECT_EQ(sparkline(std::array{-1.7e308, 1.7e308}), "▅▅");
}

Reading temperature(double value) {
  return reading_of("a", "t", Value::real(value), "", seconds(1));
}

TEST(Trends, KeepTheLastSamples) {
  Trends trends;
  for (int i = 0; i < 100; ++i) trends.add(temperature(i));
  const std::string line = trends.lines({temperature(99)}).front();
  EXPECT_EQ(display_width(line), kTrendLengthMax);
  EXPECT_TRUE(line.starts_with("▁"));
  EXPECT_TRUE(line.ends_with("█"));
}

TEST(Trends, ReconcileAddsWhatNoEventTold) {
  Trends trends;
  trends.reconcile({temperature(1)});
  trends.reconcile({temperature(1)});  // the same sample, seen twice
  EXPECT_EQ(trends.lines({temperature(1)}).front(), "");
  trends.reconcile({temperature(2)});
  EXPECT_EQ(trends.lines({temperature(2)}).front(), "▁█");
  trends.reconcile({});
  EXPECT_EQ(trends.lines({temperature(2)}).front(), "");
}

TEST(Trends, OnlyGoodNumbersCount) {
  Trends trends;
  trends.add(temperature(1));
  trends.add(reading_of("a", "t", Value::text("x"), "", seconds(1)));
  Reading failed = temperature(5);
  failed.freshness = Freshness::error;
  trends.add(failed);
  trends.add(temperature(2));
  EXPECT_EQ(trends.lines({temperature(2)}).front(), "▁█");
}

TEST(Changes, TellWhatIsNewDifferentOrGone) {
  Changes changes;
  std::vector<Reading> house = sample_house();
  EXPECT_EQ(changes.look(house).changed.size(), house.size());
  EXPECT_TRUE(changes.look(house).changed.empty());
  house[0].age = seconds(500);  // growing older is no change
  EXPECT_TRUE(changes.look(house).changed.empty());
  house[0].freshness = Freshness::late;
  house[1].value = Value::integer(1);
  EXPECT_EQ(changes.look(house).changed.size(), 2U);
  house[2].value = Value::integer(2);
  changes.note(house[2]);  // an event told of it
  EXPECT_TRUE(changes.look(house).changed.empty());
  const Reading last = house.back();
  house.pop_back();
  const auto found = changes.look(house);
  ASSERT_EQ(found.removed.size(), 1U);
  EXPECT_EQ(found.removed.front().key, last.key);
  EXPECT_TRUE(changes.look(house).removed.empty());
}

TEST(WatchFrame, IsPaintedOverTheLastOne) {
  EXPECT_EQ(paint({"one", "two"}), "\x1b[Hone\x1b[K\r\ntwo\x1b[K\x1b[J");
}

TEST(Selection, SaysWhatWasMeantAndWhatThereIs) {
  std::vector<NodeInfo> nodes;
  for (const char* name : {"shed", "attic", "cellar", "attic"}) {
    nodes.emplace_back();
    nodes.back().name = name;
  }
  EXPECT_EQ(explain_nothing({"attik", {}}, nodes, {}),
            "no node 'attik' (did you mean 'attic'?); known: attic cellar shed");
  EXPECT_EQ(explain_nothing({"greenhouse", {}}, nodes, {}),
            "no node 'greenhouse'; known: attic cellar shed");
  EXPECT_EQ(explain_nothing({"attic", "t"}, nodes, sample_house()),
            "node 'attic' has no key 't'; its keys: cpu/temperature door outside/pressure "
            "pump/temperature room/temperature water/level");
  EXPECT_EQ(explain_nothing({"attic", "doro"}, nodes, sample_house())->substr(0, 57),
            "node 'attic' has no key 'doro' (did you mean 'door'?); it");
  EXPECT_EQ(explain_nothing({"attic", "t"}, nodes, {}),
            "node 'attic' has no key 't': it has none at all");
  EXPECT_EQ(explain_nothing({"attic", {}}, nodes, {}), std::nullopt);
  EXPECT_EQ(explain_nothing({}, nodes, {}), std::nullopt);
}

}  // namespace
}  // namespace dsn::cli
