// SPDX-License-Identifier: Apache-2.0
#include "web/history_answers.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/temp_dir.hpp"

namespace dsn::web {
namespace {

using namespace std::chrono_literals;

constexpr history::Time kToday = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);

class HistoryAnswers : public testing::Test {
 protected:
  HistoryAnswers() {
    auto history = history::History::open(file, 100, [](const std::string&) {});
    EXPECT_TRUE(history.ok());
    const auto written = history->write({
        {"id-attic", "attic", "room/<b>", "Cel", kToday - 2h, 21.5},
        {"id-attic", "attic", "room/<b>", "Cel", kToday - 1h, 22},
        {"id-attic", "attic", "load", "", kToday - 1h, 0.5},
    });
    EXPECT_TRUE(written.ok());
  }
  Result<std::string> ask(const HistoryQuery& query) { return history_answer(file, query, kToday); }
  nlohmann::json json(const HistoryQuery& query) {
    const auto answer = ask(query);
    EXPECT_TRUE(answer.ok()) << (answer ? "" : answer.error());
    return nlohmann::json::parse(answer ? *answer : "", nullptr, false);
  }

  test::TempDir folder;
  const std::string file = folder.path() + "/history.sqlite";
};

TEST_F(HistoryAnswers, HavePointsAndUnit) {
  const auto answer = json({.node = "id-attic", .key = "room/<b>"});
  EXPECT_EQ(answer["unit"], "Cel");
  EXPECT_EQ(answer["unit_text"], "°C");
  EXPECT_EQ(answer["grain"], "raw");
  ASSERT_EQ(answer["points"].size(), 2U);
  EXPECT_EQ(answer["points"][1]["time"], "2026-02-28T23:00:00.000Z");
  EXPECT_EQ(answer["points"][1]["value"], 22);
}

TEST_F(HistoryAnswers, ReachBackAsFarAsAskedAndAreNotTooMany) {
  EXPECT_EQ(json({.node = "attic", .key = "room/<b>", .since = "90m"})["points"].size(), 1U);
  EXPECT_EQ(json({.node = "attic", .key = "room/<b>", .most = "1"})["grain"], "hours");
}

TEST_F(HistoryAnswers, NameTheKeysThatHaveAHistory) {
  const auto keys = json({.node = "attic"});
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0]["key"], "load");
  EXPECT_EQ(keys[1]["unit"], "Cel");
  EXPECT_EQ(json({.node = "barn"}), nlohmann::json::array());
}

TEST_F(HistoryAnswers, AreCsvToo) {
  const auto answer = ask({.node = "attic", .key = "load", .csv = true});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(*answer, "time,mean,low,high\r\n2026-02-28T23:00:00.000Z,0.5,0.5,0.5\r\n");
}

TEST_F(HistoryAnswers, SayWhatIsWrong) {
  const auto code = [this](const HistoryQuery& query) { return ask(query).code(); };
  EXPECT_EQ(code({}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.node = "attic", .since = "yesterday"}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.node = "attic", .most = "0"}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.node = "attic", .most = "1e3"}), ErrorCode::invalid_argument);
  EXPECT_EQ(code({.node = "attic", .key = "door"}), ErrorCode::not_found);
  const auto nothing = history_answer(folder.path() + "/none", {.node = "attic"}, kToday);
  EXPECT_EQ(nothing.code(), ErrorCode::not_found);
}

}  // namespace
}  // namespace dsn::web
