// SPDX-License-Identifier: Apache-2.0
#include "agent/config_diff.hpp"

#include <gtest/gtest.h>

#include "config/load.hpp"

#include <functional>

namespace dsn::agent {
namespace {

config::Config loaded(const std::string& text) {
  config::LoadResult result = config::load_text(text, "/etc/dsn/agent.yaml");
  EXPECT_TRUE(result.errors.empty());
  return result.config;
}

constexpr char kThree[] =
    "node_id: attic\n"
    "sensors:\n"
    "  a: {proc: load1}\n"
    "  b: {file: /b, every: 5s}\n"
    "  c: {exec: [/bin/c, -v]}\n";

std::string summary_of(const std::string& before, const std::string& after) {
  return summary(compare(loaded(before), loaded(after)));
}

TEST(Compare, OfTheSameFindsNothing) {
  const ReloadReport report = compare(loaded(kThree), loaded(kThree));
  EXPECT_TRUE(report.applied);
  EXPECT_EQ(summary(report), "3 sensors unchanged");
  EXPECT_TRUE(report.changed.empty());
  EXPECT_TRUE(report.next_start.empty());
}

TEST(Compare, CountsWhatBecomesOfSensors) {
  EXPECT_EQ(summary_of(kThree,
                       "node_id: attic\n"
                       "sensors:\n"
                       "  d: {proc: load5}\n"
                       "  e: {proc: load5}\n"
                       "  b: {file: /b, every: 5s}\n"
                       "  c: {exec: [/bin/c, -w]}\n"),
            "2 sensors added, 1 removed, 1 changed, 1 unchanged");
  EXPECT_EQ(summary_of(kThree, "node_id: attic\n"), "3 sensors removed");
  EXPECT_EQ(summary_of("", "sensors: {a: {proc: load1}}\n"), "1 sensor added");
  EXPECT_EQ(summary_of("", ""), "no sensors");
}

// Comments, order and another way to write the same change nothing.
TEST(Compare, DoesNotMindWhereASensorStands) {
  EXPECT_EQ(summary_of(kThree,
                       "sensors:\n"
                       "  c: {exec: [/bin/c, \"-v\"]}\n"
                       "  # a comment\n"
                       "  b: {file: {path: /b}, every: 5000ms}\n"
                       "  a: {proc: {reading: load1}, every: 10s}\n"
                       "node_id: attic\n"),
            "3 sensors unchanged");
}

TEST(Compare, SeesAnyDifferenceOfASensor) {
  const std::string before = "sensors: {a: {exec: [/x, y], unit: W, every: 9s}}\n";
  for (const char* after :
       {"{exec: [/x], unit: W, every: 9s}", "{exec: [/x, y], unit: V, every: 9s}",
        "{exec: [/x, y], unit: W, every: 8s}", "{exec: [/x, y], unit: W, every: 9s, max_age: 27s}",
        "{exec: [/x, y], unit: W, every: 9s, timeout: 6s}", "{file: /x, unit: W, every: 9s}"}) {
    EXPECT_EQ(summary_of(before, std::string("sensors: {a: ") + after + "}\n"), "1 sensor changed")
        << after;
  }
}

TEST(Compare, NamesWhatWaitsForTheNextStart) {
  const std::string after =
      "node_id: shed\nport: 1\nnetwork_ip: 127.0.0.1\ncredential_dir: /c\n"
      "aes_key_file: /k\n";
  EXPECT_EQ(compare(loaded("node_id: attic\n"), loaded(after)).next_start,
            (std::vector<std::string>{"node_id", "port", "network_ip", "aes_key_file",
                                      "credential_dir"}));
  const std::string key = "node_id: a\naes_key: 00112233445566778899aabbccddeeff\n";
  const std::string other = "node_id: a\naes_key: 00112233445566778899aabbccddee00\n";
  EXPECT_TRUE(compare(loaded(key), loaded(key)).next_start.empty());
  EXPECT_EQ(compare(loaded(key), loaded(other)).next_start, std::vector<std::string>{"aes_key"});
  EXPECT_EQ(compare(loaded("node_id: a\n"), loaded(key)).next_start,
            std::vector<std::string>{"aes_key"});
}

TEST(Compare, SeesHooks) {
  const std::string hooks = "node_id: a\nhooks: {h: {on_gone: {}, run: /x}}\n";
  EXPECT_EQ(summary_of("node_id: a\n", hooks), "no sensors; hooks changed");
  EXPECT_EQ(summary_of(hooks, "# moved\n" + hooks), "no sensors");
  EXPECT_EQ(summary_of(hooks, "node_id: a\nhooks: {h: {on_gone: {}, run: /y}}\n"),
            "no sensors; hooks changed");
  EXPECT_EQ(take_over(loaded(""), loaded(hooks)).hooks.size(), 1U);
}

TEST(Compare, NamesWhatOfTheNetworkCountsAtOnce) {
  const std::string after = "node_id: a\nbootstrap_nodes: [shed]\ninterfaces: [eth0]\n";
  const ReloadReport report = compare(loaded("node_id: a\n"), loaded(after));
  EXPECT_EQ(report.changed, (std::vector<std::string>{"bootstrap_nodes", "interfaces"}));
  EXPECT_TRUE(report.next_start.empty());
  const config::Config taken = take_over(loaded("node_id: a\n"), loaded(after));
  EXPECT_EQ(summary(compare(taken, loaded(after))), "no sensors");
}

// Or the second reload would not say any more that a start is due.
TEST(TakeOver, KeepsWhatOnlyAStartChanges) {
  const config::Config running = loaded(kThree);
  const config::Config wanted = loaded("node_id: shed\nport: 5\nsensors: {z: {proc: load1}}\n");
  const config::Config taken = take_over(running, wanted);
  EXPECT_EQ(taken.node_id, "attic");
  EXPECT_EQ(taken.port, std::nullopt);
  ASSERT_EQ(taken.sensors.size(), 1U);
  EXPECT_EQ(compare(taken, wanted).next_start, (std::vector<std::string>{"node_id", "port"}));
  EXPECT_EQ(summary(compare(taken, wanted)), "1 sensor unchanged");
}

}  // namespace
}  // namespace dsn::agent
