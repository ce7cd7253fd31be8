// SPDX-License-Identifier: Apache-2.0
// Goal: whatever call on the disk fails, and whenever the power goes, the folder gives what was
// saved last or before that, whole; nothing piles up in it; and the next save succeeds.
#pragma once

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "crypto/entropy.hpp"
#include "support/faulty_disk.hpp"
#include "support/temp_dir.hpp"

namespace dsn::test {

inline constexpr const char* kNone = "none";
inline constexpr const char* kOld = "old";
inline constexpr const char* kNew = "new";

// One way to write something into a folder.
struct DiskScenario {
  std::string before;  // what load says of `initial`: kOld or kNone
  DiskImage initial;
  std::function<Result<void>()> save;
  std::function<std::string()> load;  // kOld, kNew, kNone or what is wrong
  std::size_t files_max;              // besides a temporary one
};

class DiskFaultsTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(crypto::initialise_crypto()); }

  // What holds after each failure and each power cut.
  void expect_whole(const DiskScenario& scenario, const std::string& when,
                    std::size_t temporary_max) {
    const std::string found = scenario.load();
    EXPECT_TRUE(found == scenario.before || found == kNew) << found << ", " << when;
    const DiskImage image = disk_.read();
    std::size_t temporary = 0;
    for (const auto& [name, file] : image) {
      if (name.ends_with(".tmp")) ++temporary;
      EXPECT_EQ(file.mode & 077, 0U) << name << ", " << when;
    }
    EXPECT_LE(temporary, temporary_max) << when;
    EXPECT_LE(image.size() - temporary, scenario.files_max) << when;
  }

  // The disk is well again.
  void expect_recovery(const DiskScenario& scenario, const std::string& when) {
    disk_.start();
    const Result<void> again = scenario.save();
    disk_.stop();
    // A key that is there is not replaced, not even by itself.
    if (!again) {
      EXPECT_NE(again.error().find("File exists"), std::string::npos) << again.error();
    }
    EXPECT_EQ(scenario.load(), kNew) << when;
    for (const auto& [name, file] : disk_.read()) {
      EXPECT_FALSE(name.ends_with(".tmp")) << when;
    }
  }

  void fail_each_call(const DiskScenario& scenario, int error, bool lasting) {
    for (std::size_t call = 0;; ++call) {
      const std::string when = std::string(std::strerror(error)) + " at call " +
                               std::to_string(call) + (lasting ? " and after" : "");
      disk_.restore(scenario.initial);
      ASSERT_EQ(scenario.load(), scenario.before);
      disk_.start(DiskFault{call, error, lasting});
      const Result<void> saved = scenario.save();
      disk_.stop();
      const bool was_reached = disk_.calls() > call;
      if (!was_reached) {
        EXPECT_TRUE(saved);
        EXPECT_GE(call, 6U) << "were the calls wrapped?";
        break;
      }
      ++failures_;
      // What failed cleans up after itself, unless that fails too.
      expect_whole(scenario, when, lasting ? 1 : 0);
      if (saved) {
        EXPECT_EQ(scenario.load(), kNew) << when;
      } else {
        EXPECT_NE(saved.error().find(std::strerror(error)), std::string::npos) << saved.error();
      }
      expect_recovery(scenario, when);
    }
  }

  void cut_power_everywhere(const DiskScenario& scenario) {
    disk_.restore(scenario.initial);
    disk_.start();
    ASSERT_TRUE(scenario.save());
    disk_.stop();
    ASSERT_GE(disk_.changes(), 4U);
    std::vector<std::vector<DiskImage>> cuts;
    for (std::size_t changes = 0; changes <= disk_.changes(); ++changes) {
      cuts.push_back(disk_.after_power_cut(changes));
    }
    for (std::size_t changes = 0; changes < cuts.size(); ++changes) {
      const std::string when = "power cut after change " + std::to_string(changes);
      for (const DiskImage& image : cuts[changes]) {
        ++failures_;
        disk_.restore(image);
        expect_whole(scenario, when, 1);
        if (changes + 1 == cuts.size()) {
          EXPECT_EQ(scenario.load(), kNew) << "saved means saved";
        }
        expect_recovery(scenario, when);
      }
    }
  }

  void run(const DiskScenario& scenario) {
    for (const int error : {ENOSPC, EIO, EROFS, EDQUOT}) {
      fail_each_call(scenario, error, false);
      fail_each_call(scenario, error, true);
    }
    cut_power_everywhere(scenario);
    std::printf("%zu failures and power cuts\n", failures_);
    EXPECT_GT(failures_, 50U);
  }

  TempDir dir_;
  FaultyDisk disk_{dir_.path()};
  std::size_t failures_ = 0;
};

}  // namespace dsn::test
