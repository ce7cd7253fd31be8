// SPDX-License-Identifier: Apache-2.0
// The parts of a demo that need no agent.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "cli/demo/demo_config.hpp"
#include "cli/demo/demo_folder.hpp"
#include "cli/demo/demo_simulation.hpp"
#include "support/temp_dir.hpp"

namespace dsn::cli {
namespace {

using test::TempDir;

class DemoFolderTest : public testing::Test {
 protected:
  TempDir temp_;
  DemoPlace place_{temp_.path(), temp_ / "dsn-demo"};
};

TEST_F(DemoFolderTest, IsFoundWhileItsDemoRuns) {
  EXPECT_EQ(DemoFolder::find(place_).error(),
            "no demo is running; start one in another terminal: dsn demo");
  auto demo = DemoFolder::create(place_);
  ASSERT_TRUE(demo) << demo.error();
  struct stat info {};
  ASSERT_EQ(::stat(demo->path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0700U);
  ASSERT_TRUE(demo->add_nodes({"attic", "cellar"}));
  const auto found = DemoFolder::find(place_);
  ASSERT_TRUE(found) << found.error();
  EXPECT_EQ(found->path(), demo->path());
  EXPECT_EQ(found->nodes(), (std::vector<std::string>{"attic", "cellar"}));
  EXPECT_FALSE(found->first_socket());  // no agent runs
  EXPECT_EQ(DemoFolder::create(place_).error(), "a demo is already running in " + demo->path());
  demo->remove();
  EXPECT_FALSE(std::filesystem::exists(demo->path()));
  EXPECT_FALSE(DemoFolder::find(place_));
}

TEST_F(DemoFolderTest, OneThatWasFoundIsNotRemoved) {
  const auto demo = DemoFolder::create(place_);
  ASSERT_TRUE(demo) << demo.error();
  auto found = DemoFolder::find(place_);
  ASSERT_TRUE(found) << found.error();
  found->remove();
  EXPECT_TRUE(std::filesystem::exists(demo->path()));
}

TEST_F(DemoFolderTest, WhatAKilledDemoLeftIsClearedAway) {
  std::string old;
  {
    const auto demo = DemoFolder::create(place_);
    ASSERT_TRUE(demo) << demo.error();
    old = demo->path();
  }
  EXPECT_TRUE(std::filesystem::exists(old));
  EXPECT_FALSE(DemoFolder::find(place_));
  const auto demo = DemoFolder::create(place_);
  ASSERT_TRUE(demo) << demo.error();
  EXPECT_FALSE(std::filesystem::exists(old));
}

TEST_F(DemoFolderTest, AForeignTargetIsNeverRemoved) {
  // A record that leads elsewhere, or is no link at all.
  std::filesystem::create_directory(temp_ / "precious");
  std::filesystem::create_symlink(temp_ / "precious", place_.record);
  EXPECT_FALSE(DemoFolder::find(place_));
  const auto refused = DemoFolder::create(place_);
  EXPECT_FALSE(refused);
  EXPECT_TRUE(std::filesystem::exists(temp_ / "precious"));
  EXPECT_TRUE(std::filesystem::is_symlink(place_.record));
}

TEST_F(DemoFolderTest, APidCountsOnlyIfTheProcessIsOfThisFolder) {
  auto demo = DemoFolder::create(place_);
  ASSERT_TRUE(demo) << demo.error();
  ASSERT_TRUE(demo->add_nodes({"attic"}));
  ASSERT_TRUE(demo->record_pid("attic", ::getpid()));
  EXPECT_FALSE(demo->running_pid("attic"));  // our command line does not name the folder
  ASSERT_TRUE(demo->record_pid("attic", 1));
  EXPECT_FALSE(demo->running_pid("attic"));
  EXPECT_FALSE(demo->running_pid("nobody"));
  EXPECT_FALSE(is_frozen(::getpid()));
}

TEST_F(DemoFolderTest, AWishIsGrantedOnce) {
  auto demo = DemoFolder::create(place_);
  ASSERT_TRUE(demo) << demo.error();
  ASSERT_TRUE(demo->add_nodes({"attic"}));
  ASSERT_TRUE(demo->add_node("attic-clone"));
  EXPECT_EQ(demo->nodes(), (std::vector<std::string>{"attic", "attic-clone"}));
  EXPECT_FALSE(demo->add_node("attic-clone"));
  const auto other = DemoFolder::find(place_);
  ASSERT_TRUE(other);
  EXPECT_FALSE(demo->take_wish("attic", DemoFolder::Wish::restart));
  ASSERT_TRUE(other->record_wish("attic", DemoFolder::Wish::restart));
  EXPECT_FALSE(demo->take_wish("attic", DemoFolder::Wish::clone));
  EXPECT_TRUE(demo->take_wish("attic", DemoFolder::Wish::restart));
  EXPECT_FALSE(demo->take_wish("attic", DemoFolder::Wish::restart));
}

TEST(DemoConfig, IsTheYamlOfOneNode) {
  const MachineSensors machine{
      {"eth0", "Wlan-1"},
      {{.key = "cpu/temperature", .settings = "{thermal: cpu-thermal}", .answered = true},
       {.key = "room/temperature", .settings = "{w1: 28-0, preset: ds18b20}"}}};
  EXPECT_EQ(demo_config({"attic", 0, "/d/attic", "/d/network.key"}, machine),
            R"(node_id: attic
port: 0
interfaces: [lo]
aes_key_file: "/d/network.key"
credential_dir: "/d/attic/credentials"
sensors:
  uptime: { proc: uptime, every: 5s }
  load: { proc: load1, every: 1s }
  memory/available: { proc: mem_available, every: 5s }
)");
  const std::string cellar = demo_config({"cellar", 1, "/d/cellar", "/k"}, machine);
  EXPECT_NE(
      cellar.find("  net/wlan_1/tx: { proc: { net: \"Wlan-1\", counter: tx_bytes }, every: 2s }\n"),
      std::string::npos)
      << cellar;
  const std::string shed = demo_config({"shed", 2, "/d/shed", "/k"}, machine);
  EXPECT_TRUE(
      shed.ends_with("board: auto\n"
                     "sensors:\n"
                     "  uptime: { proc: uptime, every: 5s }\n"
                     "  cpu/temperature: {thermal: cpu-thermal, every: 5s}\n"))
      << shed;
}

TEST(DemoConfig, NamesAreDifferent) {
  const auto names = demo_node_names(kDemoNodesMax);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(),
            static_cast<std::size_t>(kDemoNodesMax));
  EXPECT_EQ(demo_node_names(3), (std::vector<std::string>{"attic", "cellar", "shed"}));
}

TEST(DemoSimulation, EveryDemoHasTheWholeHouse) {
  for (const std::size_t count : {1U, 2U, 3U, 20U}) {
    std::set<std::string> keys;
    for (std::size_t i = 0; i < count; ++i) {
      for (const SetRequest& entry : simulated_readings(i, count, 0)) keys.insert(entry.key);
    }
    EXPECT_EQ(keys, (std::set<std::string>{"door", "outside/humidity", "outside/temperature",
                                           "pump/temperature", "water/level"}));
  }
}

TEST(DemoSimulation, TheWaterLevelIsLateAtTimes) {
  std::uint64_t last = 0;
  std::uint64_t gap_max = 0;
  std::chrono::milliseconds max_age{0};
  for (std::uint64_t second = 0; second < 60; ++second) {
    for (const SetRequest& entry : simulated_readings(1, 3, second)) {
      if (entry.key != "water/level") continue;
      gap_max = std::max(gap_max, second - last);
      last = second;
      max_age = entry.max_age.value_or(max_age);
    }
  }
  EXPECT_GT(std::chrono::seconds(gap_max), max_age);
}

}  // namespace
}  // namespace dsn::cli
