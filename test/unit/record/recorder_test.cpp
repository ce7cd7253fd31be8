// SPDX-License-Identifier: Apache-2.0
#include "record/recorder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/temp_dir.hpp"

namespace dsn::record {
namespace {

using namespace std::chrono_literals;

constexpr history::Time kNow = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);

class RecorderTest : public testing::Test {
 protected:
  RecorderTest() { config.database = folder.path() + "/history.sqlite"; }

  Reading reading(Value value, std::uint64_t version, const std::string& key = "load") {
    Reading made;
    made.node = "attic";
    made.node_id = "id-attic";
    made.key = key;
    made.value = std::move(value);
    made.version = version;
    return made;
  }
  Recorder recorder() {
    return Recorder(config, [this](const std::string& said) { notes.push_back(said); });
  }
  std::size_t recorded(const std::string& key = "load") {
    auto history = history::History::open_to_read(config.database);
    if (!history) return 0;
    const auto found = history->read("attic", key, kNow - 24h);
    return found ? found->points.size() : 0;
  }

  test::TempDir folder;
  config::RecordConfig config;
  std::vector<std::string> notes;
};

TEST_F(RecorderTest, WritesOnceAMinute) {
  Recorder recorder = this->recorder();
  const Recorder::Clock::time_point clock{1h};
  recorder.handle_time(clock, kNow);
  recorder.take(reading(Value::real(1), 1), kNow);
  recorder.handle_time(clock + 59s, kNow);
  EXPECT_EQ(recorded(), 0U);
  recorder.handle_time(clock + 60s, kNow);
  EXPECT_EQ(recorded(), 1U);
  EXPECT_EQ(recorder.waiting(), 0U);
}

TEST_F(RecorderTest, TakesNumbersAndTruthValuesThatWereMeasured) {
  Recorder recorder = this->recorder();
  recorder.take(reading(Value::boolean(true), 1), kNow);
  recorder.take(reading(Value::text("open"), 2, "door"), kNow);
  Reading failed = reading(Value::real(1), 3, "pump");
  failed.freshness = Freshness::error;
  recorder.take(failed, kNow);
  recorder.flush(kNow);
  EXPECT_EQ(recorded(), 1U);
  EXPECT_EQ(recorded("door") + recorded("pump"), 0U);
}

TEST_F(RecorderTest, TakesWhatFitsAPattern) {
  config.readings = {"attic/room/*", "*/load"};
  Recorder recorder = this->recorder();
  recorder.take(reading(Value::real(1), 1, "room/temperature"), kNow);
  recorder.take(reading(Value::real(1), 2, "load"), kNow);
  recorder.take(reading(Value::real(1), 3, "uptime"), kNow);
  EXPECT_EQ(recorder.waiting(), 2U);
}

TEST_F(RecorderTest, TheTimeIsThatOfTheMeasurement) {
  Recorder recorder = this->recorder();
  Reading old = reading(Value::real(1), 1);
  old.age = 1h;
  recorder.take(old, kNow);
  recorder.flush(kNow);
  auto history = history::History::open_to_read(config.database);
  ASSERT_TRUE(history.ok());
  EXPECT_EQ(history->read("attic", "load", kNow - 24h)->points.at(0).at, kNow - 1h);
}

TEST_F(RecorderTest, WhatTheAgentTellsAnewIsTakenOnce) {
  Recorder recorder = this->recorder();
  recorder.take(reading(Value::real(1), 7), kNow);
  recorder.take(reading(Value::real(1), 7), kNow + 5ms);
  recorder.take(reading(Value::real(1), 8), kNow + 10s);
  EXPECT_EQ(recorder.waiting(), 2U);
}

TEST_F(RecorderTest, RecordsNothingWhileTheClockIsWrong) {
  Recorder recorder = this->recorder();
  recorder.take(reading(Value::real(1), 1), history::Time{} + 24h);
  EXPECT_EQ(recorder.waiting(), 0U);
}

TEST_F(RecorderTest, WaitsForADiskAndSaysSoOnce) {
  config.database = folder.path() + "/none/history.sqlite";
  Recorder recorder = this->recorder();
  recorder.take(reading(Value::real(1), 1), kNow);
  recorder.flush(kNow);
  recorder.flush(kNow + 1min);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_NE(notes[0].find("1 readings wait"), std::string::npos) << notes[0];
  std::filesystem::create_directory(folder.path() + "/none");
  recorder.flush(kNow + 2min);
  EXPECT_EQ(recorded(), 1U);
  ASSERT_EQ(notes.size(), 2U);
  EXPECT_NE(notes[1].find("nothing was lost"), std::string::npos) << notes[1];
}

TEST_F(RecorderTest, KeepsTheLatestWhenTooManyWait) {
  config.database = folder.path() + "/none/history.sqlite";
  Recorder recorder = this->recorder();
  for (std::size_t i = 0; i < Recorder::kWaitingMax + 10; ++i) {
    recorder.take(reading(Value::integer(1), i + 1), kNow);
  }
  EXPECT_LE(recorder.waiting(), Recorder::kWaitingMax);
}

}  // namespace
}  // namespace dsn::record
