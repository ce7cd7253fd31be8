// SPDX-License-Identifier: Apache-2.0
// What is on the screen, and what keys do to it.
#include "cli/show/browser.hpp"

#include <gtest/gtest.h>

#include "cli/show/display_text.hpp"
#include "unit/cli/samples.hpp"

namespace dsn::cli {
namespace {

NodeInfo node_of(const std::string& name, NodeState state) {
  NodeInfo node;
  node.name = name;
  node.state = state;
  node.via = "mcast4@eth0";
  return node;
}

class Browser : public testing::Test {
 protected:
  Browser() {
    use_utf8_widths();
    world_.readings = sample_house();
    world_.nodes = {node_of("attic", NodeState::self), node_of("cellar", NodeState::live),
                    node_of("shed", NodeState::gone)};
    for (int i = 0; i < 3; ++i) {
      world_.trends.add(reading_of("attic", "room/temperature", Value::real(i), "", seconds(1)));
    }
  }

  std::vector<std::string> lines() const {
    return frame_lines(frame_of(world_, view_, size_, false), size_);
  }
  void press_all(std::string_view bytes) {
    for (const KeyPress& key : keys_of(bytes)) view_ = press(view_, key, world_, size_);
  }
  std::string chosen() const {
    const auto frame = frame_of(world_, view_, size_, false);
    for (const std::string& line : frame_lines(frame, size_)) {
      if (line.starts_with("\x1b[7m")) return line.substr(4, line.find(' ') - 4);
    }
    return "";
  }

  World world_;
  ScreenView view_;
  TerminalSize size_{120, 30};
};

TEST_F(Browser, NeverOutgrowsTheTerminal) {
  world_.notes = {"a note", "NOT LIVE: no agent answers"};
  for (const ScreenView::Topic topic : {ScreenView::Topic::readings, ScreenView::Topic::nodes}) {
    view_.topic = topic;
    for (std::size_t rows = 1; rows < 14; ++rows) {
      for (const std::size_t columns : {1U, 10U, 40U, 200U}) {
        size_ = {columns, rows};
        EXPECT_LE(lines().size(), rows);
        for (const std::string& line : lines()) EXPECT_LE(display_width(line), columns) << line;
        // However little room there is: what is wrong comes first.
        if (columns == 200) {
          EXPECT_EQ(lines().back(), world_.notes.back());
        }
      }
    }
  }
}

TEST_F(Browser, TroubleIsFirstAndWhatIsHiddenIsCounted) {
  EXPECT_TRUE(lines()[1].starts_with("cellar  pump/temperature")) << lines()[1];
  EXPECT_TRUE(lines()[2].starts_with("shed    door")) << lines()[2];
  size_ = {120, 5};
  EXPECT_EQ(lines()[1].substr(0, 6), "cellar");
  EXPECT_EQ(lines()[2], "… 5 more, 1 of them not well: b shows these");
  EXPECT_EQ(lines()[3], "3 nodes (2 live, 1 gone), 6 keys (4 ok, 1 error, 1 gone)");
}

TEST_F(Browser, BadOnlyAndBack) {
  press_all("b");
  EXPECT_EQ(lines().size(), 1 + 2 + 2U);
  EXPECT_NE(lines().back().find("bad only"), std::string::npos);
  press_all("b");
  EXPECT_EQ(lines().size(), 1 + 6 + 2U);
}

TEST_F(Browser, MovesAndScrolls) {
  size_ = {120, 6};  // two rows, and the line that counts
  press_all("\x1b[B");
  EXPECT_EQ(chosen(), "cellar");
  press_all("\x1b[B\x1b[B");
  EXPECT_TRUE(lines()[1].starts_with("shed")) << lines()[1];
  EXPECT_EQ(chosen(), "attic");
  EXPECT_EQ(lines()[3], "… 4 more, 1 of them not well: b shows these");
  press_all("\x1b[F");
  EXPECT_TRUE(lines()[2].starts_with("\x1b[7mcellar  water/level")) << lines()[2];
  press_all("\x1b[6~\x1b[H");
  EXPECT_TRUE(lines()[1].starts_with("\x1b[7mcellar  pump")) << lines()[1];
  press_all("\x1b[A");
  EXPECT_EQ(chosen(), "cellar");
}

TEST_F(Browser, FindsAndFilters) {
  press_all("/level\r");
  EXPECT_EQ(view_.chosen, 5U);
  press_all("/temp\r");
  EXPECT_EQ(view_.chosen, 0U) << "it goes on at the top";
  press_all("n");
  EXPECT_EQ(view_.chosen, 2U);
  press_all("froom");
  EXPECT_EQ(lines().size(), 1 + 1 + 2U);
  EXPECT_EQ(lines().back(), "filter: room_");
  press_all("\x7f\x7f\r");
  EXPECT_EQ(view_.filter, "ro");
  press_all("\x1b");
  EXPECT_EQ(view_.filter, "");
  EXPECT_EQ(lines().size(), 1 + 6 + 2U);
}

TEST_F(Browser, SortsByNameAndAge) {
  press_all("s");
  EXPECT_TRUE(lines()[1].starts_with("attic   cpu/temperature"));
  press_all("s");
  EXPECT_TRUE(lines()[1].starts_with("shed    door"));
  press_all("s");
  EXPECT_TRUE(lines()[1].starts_with("cellar  pump"));
}

TEST_F(Browser, ANodeHasAPageWithTrendsAndMaximumAges) {
  view_.topic = ScreenView::Topic::nodes;
  EXPECT_TRUE(lines()[1].starts_with("shed")) << "gone";
  press_all("\x1b[B\x1b[B\r");
  EXPECT_EQ(view_.node, "attic");
  EXPECT_EQ(lines()[0], "attic: self, heard 0s ago, multicast on eth0");
  EXPECT_NE(lines()[1].find("MAX"), std::string::npos);
  EXPECT_NE(lines()[4].find("30s  ▁▅█"), std::string::npos) << lines()[4];
  press_all("\x1b");
  EXPECT_EQ(view_.node, std::nullopt);
  press_all("\t");
  EXPECT_EQ(view_.topic, ScreenView::Topic::readings);
  press_all("\t");
  EXPECT_EQ(view_.topic, ScreenView::Topic::nodes);
}

TEST_F(Browser, EndsWithQButNotWhileTyping) {
  press_all("/q\x1b");
  EXPECT_FALSE(view_.ended);
  press_all("q");
  EXPECT_TRUE(view_.ended);
}

TEST_F(Browser, SurvivesWhatVanishes) {
  press_all("\x1b[F");
  world_.readings.clear();
  EXPECT_EQ(lines().size(), 1 + 2U);
  press_all("\x1b[B\r/x\rn\x1b[5~");
  EXPECT_EQ(view_.chosen, std::nullopt);
}

TEST(Keys, AreTakenOutOfWhatATerminalSends) {
  const auto keys = keys_of("a\x1b[A\x1b[15~\x1b[3;5~b\x1b");
  ASSERT_EQ(keys.size(), 4U) << "unknown sequences are left out";
  EXPECT_EQ(keys[0].character, 'a');
  EXPECT_EQ(keys[1].key, Key::up);
  EXPECT_EQ(keys[2].character, 'b');
  EXPECT_EQ(keys[3].key, Key::escape);
  EXPECT_TRUE(keys_of("\x1b[").empty());
}

TEST_F(Browser, TheStatusMattersMoreThanThePast) {
  world_.readings = {reading_of("attic", "t", Value::real(19), "Cel", seconds(1))};
  for (int i = 0; i < 20; ++i) {
    world_.trends.add(reading_of("attic", "t", Value::real(i), "Cel", seconds(1)));
  }
  const auto row = [&](std::size_t columns) {
    size_ = {columns, 8};
    return lines()[1];
  };
  EXPECT_NE(row(80).find("▁▁▂"), std::string::npos) << row(80);
  EXPECT_NE(row(46).find("█  ok"), std::string::npos) << row(46);
  EXPECT_EQ(row(38).find("█"), std::string::npos) << row(38);
  EXPECT_TRUE(row(38).ends_with("ok")) << row(38);
}

}  // namespace
}  // namespace dsn::cli
