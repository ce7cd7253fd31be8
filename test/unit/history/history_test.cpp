// SPDX-License-Identifier: Apache-2.0
#include "history/history.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "support/temp_dir.hpp"

namespace dsn::history {
namespace {

using namespace std::chrono_literals;

constexpr Time kStart = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1);

RecordedNumber sample(Time at, double number, const std::string& key = "load") {
  return {"id-attic", "attic", key, "Cel", at, number};
}

class HistoryTest : public testing::Test {
 protected:
  History open(std::int64_t size_max_mib = 100) {
    auto history =
        History::open(file, size_max_mib, [this](const std::string& said) { note = said; });
    EXPECT_TRUE(history.ok()) << (history ? "" : history.error());
    return *std::move(history);
  }
  static RecordedPoints read(History& history, Time since, std::size_t most = 10'000) {
    auto found = history.read("attic", "load", since, most);
    EXPECT_TRUE(found.ok()) << (found ? "" : found.error());
    return found ? *found : RecordedPoints{};
  }

  test::TempDir folder;
  const std::string file = folder.path() + "/history.sqlite";
  std::string note;
};

TEST_F(HistoryTest, GivesBackWhatWasWritten) {
  History history = open();
  ASSERT_TRUE(history.write({sample(kStart, 1), sample(kStart + 10s, 2)}).ok());
  const auto [grain, points, unit] = read(history, kStart);
  EXPECT_EQ(grain, Grain::raw);
  EXPECT_EQ(points, (std::vector<Point>{{kStart, 1, 1, 1}, {kStart + 10s, 2, 2, 2}}));
  EXPECT_EQ(read(history, kStart + 1s).points.size(), 1U);
  EXPECT_EQ(unit, "Cel");
}

TEST_F(HistoryTest, ChangesWithinAMillisecondAreAllKeptInTheirOrder) {
  History history = open();
  ASSERT_TRUE(history.write({sample(kStart, 1), sample(kStart, 2), sample(kStart - 1ms, 3)}).ok());
  EXPECT_EQ(
      read(history, kStart - 1h).points,
      (std::vector<Point>{{kStart, 1, 1, 1}, {kStart + 1ms, 2, 2, 2}, {kStart + 2ms, 3, 3, 3}}));
}

TEST_F(HistoryTest, ASampleThatIsToldAgainIsKeptOnce) {
  History history = open();
  ASSERT_TRUE(history.write({sample(kStart, 1), sample(kStart + 10s, 2)}).ok());
  ASSERT_TRUE(history.write({sample(kStart + 10s - 7ms, 2)}).ok());
  EXPECT_EQ(read(history, kStart).points.size(), 2U);
  EXPECT_EQ(read(history, kStart, 1).points.at(0).mean, 1.5);
}

// A disk writes whole pages: rows that are written together must lie together.
TEST_F(HistoryTest, AMinuteOfManyKeysIsFewPages) {
  History history = open();
  for (int minute = 0; minute < 10; ++minute) {
    std::vector<RecordedNumber> samples;
    for (int key = 0; key < 500; ++key) {
      samples.push_back(sample(kStart + std::chrono::minutes(minute), minute, std::to_string(key)));
    }
    ASSERT_TRUE(history.write(samples).ok());
  }
  EXPECT_LT(std::filesystem::file_size(file + "-wal"), 1'500'000U);
}

TEST_F(HistoryTest, AFileOfAnotherVersionIsPutAside) {
  { ASSERT_TRUE(open().write({sample(kStart, 1)}).ok()); }
  sqlite3* opened = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &opened), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(opened, "PRAGMA user_version = 2", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(opened);
  History history = open();
  EXPECT_NE(note.find("was of another version"), std::string::npos) << note;
  EXPECT_TRUE(std::filesystem::exists(file + ".broken"));
  EXPECT_TRUE(history.write({sample(kStart, 1)}).ok());
}

TEST_F(HistoryTest, KnowsItsKeysAndBetweenWhichNumbersTheyWere) {
  History history = open();
  ASSERT_TRUE(history
                  .write({sample(kStart - 3h, 9), sample(kStart, 2), sample(kStart + 1min, -1),
                          sample(kStart, 5, "door")})
                  .ok());
  ASSERT_EQ(history.keys("attic").size(), 2U);
  EXPECT_EQ(history.keys("id-attic").at(1).key, "load");
  EXPECT_TRUE(history.keys("barn").empty());
  const auto ranges = history.ranges(kStart + 30min);
  ASSERT_EQ(ranges.size(), 2U);
  EXPECT_EQ(ranges[1].key.key, "load");
  EXPECT_EQ(ranges[1].low, -1);
  EXPECT_EQ(ranges[1].high, 2);
}

TEST_F(HistoryTest, CanBeReadWhileNobodyWrites) {
  { ASSERT_TRUE(open().write({sample(kStart, 1)}).ok()); }
  // Users who may not write into the folder need these files.
  EXPECT_TRUE(std::filesystem::exists(file + "-wal"));
  EXPECT_TRUE(std::filesystem::exists(file + "-shm"));
  auto history = History::open_to_read(file);
  ASSERT_TRUE(history.ok()) << (history ? "" : history.error());
  EXPECT_EQ(read(*history, kStart).points.size(), 1U);
}

TEST_F(HistoryTest, SaysWhyItCannotBeRead) {
  EXPECT_EQ(History::open_to_read(file).code(), ErrorCode::not_found);
  std::ofstream(file) << "no database, and longer than the head of one would be";
  const auto history = History::open_to_read(file);
  ASSERT_FALSE(history.ok());
  EXPECT_NE(history.error().find("not a database"), std::string::npos) << history.error();
}

TEST_F(HistoryTest, IsThereAfterARestart) {
  { ASSERT_TRUE(open().write({sample(kStart, 1)}).ok()); }
  History history = open();
  EXPECT_EQ(read(history, kStart).points.size(), 1U);
  ASSERT_TRUE(history.write({sample(kStart + 1s, 3)}).ok());
  EXPECT_EQ(read(history, kStart).points.size(), 2U);
}

TEST_F(HistoryTest, ThinsOutToMinutesAndHours) {
  History history = open();
  std::vector<RecordedNumber> samples;
  for (int second = 0; second < 7200; second += 30) {
    samples.push_back(sample(kStart + std::chrono::seconds(second), second));
  }
  ASSERT_TRUE(history.write(samples).ok());
  const Time now = kStart + 2h;
  ASSERT_TRUE(history.thin_out({.raw = 30min, .minutes = 24h, .hours = 24h}, now).ok());
  const auto [grain, points, unit] = read(history, kStart);
  EXPECT_EQ(grain, Grain::minutes);
  ASSERT_EQ(points.size(), 120U);
  EXPECT_EQ(points[0], (Point{kStart, 15, 0, 30}));
  EXPECT_EQ(read(history, now - 20min).grain, Grain::raw);

  ASSERT_TRUE(history.thin_out({.raw = 1min, .minutes = 30min, .hours = 24h}, now).ok());
  const auto [coarse, hours, coarse_unit] = read(history, kStart);
  EXPECT_EQ(coarse, Grain::hours);
  ASSERT_EQ(hours.size(), 2U);
  EXPECT_EQ(hours[0], (Point{kStart, 1785, 0, 3570}));
}

TEST_F(HistoryTest, TakesCoarserPointsWhereTheFineOnesAreTooMany) {
  History history = open();
  std::vector<RecordedNumber> samples;
  for (int second = 0; second < 7200; ++second) {
    samples.push_back(sample(kStart + std::chrono::seconds(second), second));
  }
  ASSERT_TRUE(history.write(samples).ok());
  EXPECT_EQ(read(history, kStart, 10'000).grain, Grain::raw);
  EXPECT_EQ(read(history, kStart, 1000).grain, Grain::minutes);
  EXPECT_EQ(read(history, kStart, 10).grain, Grain::hours);
}

TEST_F(HistoryTest, SaysWhatItDoesNotHave) {
  History history = open();
  ASSERT_TRUE(history.write({sample(kStart, 1)}).ok());
  EXPECT_EQ(history.read("attic", "door", kStart).code(), ErrorCode::not_found);
  EXPECT_EQ(History::open_to_read(folder.path() + "/none").code(), ErrorCode::not_found);
}

TEST_F(HistoryTest, TheSameSampleCountsOnce) {
  History history = open();
  ASSERT_TRUE(history.write({sample(kStart, 1)}).ok());
  ASSERT_TRUE(history.write({sample(kStart, 1)}).ok());
  EXPECT_EQ(read(history, kStart).points.size(), 1U);
}

TEST_F(HistoryTest, ABrokenFileIsPutAside) {
  std::ofstream(file) << std::string(10'000, 'x');
  History history = open();
  EXPECT_NE(note.find(file + ".broken"), std::string::npos) << note;
  EXPECT_TRUE(std::filesystem::exists(file + ".broken"));
  EXPECT_TRUE(history.write({sample(kStart, 1)}).ok());
}

TEST_F(HistoryTest, AFileThatIsBrokenInTheMiddleIsPutAside) {
  {
    History history = open();
    std::vector<RecordedNumber> samples;
    for (int i = 0; i < 20'000; ++i) samples.push_back(sample(kStart + std::chrono::seconds(i), i));
    ASSERT_TRUE(history.write(samples).ok());
  }
  {
    std::fstream broken(file, std::ios::in | std::ios::out | std::ios::binary);
    broken.seekp(8192);
    broken << std::string(64 * 1024, '\xff');
  }
  History history = open();
  EXPECT_NE(note, "");
  EXPECT_TRUE(history.write({sample(kStart, 1)}).ok());
}

TEST_F(HistoryTest, StaysWithinItsSizeAndLosesTheOldestFirst) {
  History history = open(1);
  Time at = kStart;
  for (int batch = 0; batch < 60; ++batch) {
    std::vector<RecordedNumber> samples;
    for (int i = 0; i < 2000; ++i, at += 1s) samples.push_back(sample(at, i));
    Result<void> written = history.write(samples);
    for (int tries = 0; !written && tries < 20; ++tries) {
      ASSERT_EQ(written.code(), ErrorCode::refused) << written.error();
      ASSERT_TRUE(history.make_room().ok());
      written = history.write(samples);
    }
    ASSERT_TRUE(written.ok()) << written.error();
  }
  EXPECT_LE(std::filesystem::file_size(file), 1024U * 1024);
  EXPECT_EQ(read(history, at - 30min).points.size(), 1800U);
}

TEST_F(HistoryTest, IsWholeAfterAKillAtAnyMoment) {
  for (int round = 0; round < 8; ++round) {
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    const pid_t writer = fork();
    if (writer == 0) {
      auto history = History::open(file, 100, [](const std::string&) {});
      for (int i = 0;; ++i) {
        const Time at = kStart + std::chrono::minutes(1000 * round + i);
        if (!history || !history->write({sample(at, i), sample(at + 1s, i)})) _exit(1);
        if (write(ready[1], "x", 1) != 1) _exit(1);
      }
    }
    close(ready[1]);
    std::string bytes(static_cast<std::size_t>(round) + 1, ' ');
    for (char& byte : bytes) ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    kill(writer, SIGKILL);
    waitpid(writer, nullptr, 0);
    close(ready[0]);
    History history = open();
    EXPECT_EQ(note, "");
    const auto points = read(history, kStart + std::chrono::minutes(1000 * round)).points;
    EXPECT_EQ(points.size() % 2, 0U);
    EXPECT_GE(points.size(), 2 * bytes.size());
  }
}

}  // namespace
}  // namespace dsn::history
