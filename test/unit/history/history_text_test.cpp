// SPDX-License-Identifier: Apache-2.0
#include "history/history_text.hpp"

#include <gtest/gtest.h>

namespace dsn::history {
namespace {

using namespace std::chrono_literals;

constexpr Time kBegin = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);

RecordedPoints raw() {
  return {Grain::raw, {{kBegin, 1, 1, 1}, {kBegin + 1500ms, 3.25, 3.25, 3.25}}, "Cel"};
}

TEST(HistoryText, IsCsv) {
  EXPECT_EQ(csv_text(raw()),
            "time,mean,low,high\r\n2026-03-01T00:00:00.000Z,1,1,1\r\n"
            "2026-03-01T00:00:01.500Z,3.25,3.25,3.25\r\n");
}

TEST(HistoryText, IsJson) {
  EXPECT_EQ(json_text(raw()),
            "{\"time\":\"2026-03-01T00:00:00.000Z\",\"value\":1}\n"
            "{\"time\":\"2026-03-01T00:00:01.500Z\",\"value\":3.25}\n");
  EXPECT_EQ(json_text({Grain::minutes, {{kBegin, 2, 1, 3}}, ""}),
            "{\"time\":\"2026-03-01T00:00:00.000Z\",\"mean\":2,\"low\":1,\"high\":3}\n");
}

TEST(HistoryText, IsATable) {
  EXPECT_NE(table_text(raw()).find("  3.25 °C\n"), std::string::npos) << table_text(raw());
  EXPECT_NE(table_text({Grain::hours, {{kBegin, 2, 1, 3}}, ""}).find("  2  (1 to 3)\n"),
            std::string::npos);
}

TEST(HistoryText, IsACurve) {
  const std::string text = plot_text(raw(), 4);
  EXPECT_TRUE(text.starts_with("3.25 °C\n   █\n")) << text;
  EXPECT_NE(text.find("\n▁▁▁█\n1 °C\n"), std::string::npos) << text;
  EXPECT_EQ(plot_text({}, 10), "");
}

TEST(HistoryText, AUnitOfAnotherNodeControlsNoTerminal) {
  EXPECT_EQ(table_text({Grain::raw, {{kBegin, 1, 1, 1}}, "\x1b[31m"}).find('\x1b'),
            std::string::npos);
}

}  // namespace
}  // namespace dsn::history
