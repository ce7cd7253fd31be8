// SPDX-License-Identifier: Apache-2.0
#include "mqtt/mirror.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace dsn::mqtt {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

// The clock of the cabin is at 7 h when ours is at 100 h.
class MirrorTest : public testing::Test {
 protected:
  MirrorTest() { mirror.begin_connection(); }

  void say(const std::string& topic, const std::string& payload, bool retained = false) {
    mirror.take({topic, payload, retained, now});
  }
  std::uint64_t sent_ms(std::chrono::milliseconds ago = 0ms) const {
    const auto there = now - kOurs + 7h - ago;
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(there).count());
  }
  // The cabin answers what it is asked, after this time; returns the question.
  json answer(std::chrono::milliseconds after = 0ms) {
    const auto questions = mirror.questions(now);
    if (questions.empty()) return {};
    json asked = json::parse(questions.at(0).payload, nullptr, false);
    now += after;
    const json clock{{"run", run}, {"sent_ms", sent_ms()}, {"asked", asked["nonce"]}};
    say("cabin/clock", clock.dump());
    return asked;
  }
  json reading(int value) const {
    return {{"run", run},         {"sent_ms", sent_ms()},
            {"node", "stove"},    {"key", "t"},
            {"value", value},     {"age_ms", 1000},
            {"status", "ok"},     {"incarnation", 1},
            {"version", 1},       {"time", "2020-01-01T00:00:00Z"},
            {"clock", "unsynced"}};
  }
  void say_reading(const json& reading, bool retained = false,
                   const std::string& name = "stove/t") {
    say("cabin/readings/" + name, reading.dump(), retained);
  }
  std::vector<SetRequest> set() { return mirror.changes(now).set; }

  static constexpr Mirror::Clock::time_point kOurs{100h};
  Mirror::Clock::time_point now = kOurs;
  std::string run = "run1";
  const config::MqttConfig config = [] {
    config::MqttConfig made;
    made.bridge["cabin"] = {"stove*"};
    return made;
  }();
  std::vector<std::string> notes;
  local::WallClock wall;
  Mirror mirror{config, "mine", [this](const std::string& note) { notes.push_back(note); },
                [this] { return wall; }};
};

TEST_F(MirrorTest, AReadingIsAsOldAsItsSiteSaidAndTheTimeThatItTook) {
  answer(100ms);
  const json sent = reading(5);
  now += 90s;
  say("cabin/status", "online");
  answer();
  say_reading(sent);
  now += 10s;
  const auto entries = set();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].as, "cabin.stove");
  EXPECT_EQ(entries[0].key, "t");
  EXPECT_TRUE(entries[0].hold);
  EXPECT_EQ(entries[0].age, 1s + 90s + 10s);
  EXPECT_EQ(entries[0].max_age, std::nullopt);
}

TEST_F(MirrorTest, IsRatherTooOldThanTooYoung) {
  answer(3s);
  say_reading(reading(5));
  EXPECT_EQ(set().at(0).age, 4s);
}

TEST_F(MirrorTest, AReadingOfARunWhoseClockIsNotKnownIsAskedForAgain) {
  say_reading(reading(5));
  EXPECT_TRUE(set().empty());
  EXPECT_EQ(answer()["all"], true);
  run = "run2";
  say_reading(reading(5));
  EXPECT_TRUE(set().empty());
  now += 5s;
  EXPECT_EQ(answer()["all"], true);
  say_reading(reading(5));
  EXPECT_EQ(set().size(), 1U);
}

TEST_F(MirrorTest, WhatTheBrokerKeptIsNotTakenWithoutAClock) {
  say_reading(reading(5), true);
  EXPECT_TRUE(set().empty());
  answer();
  say_reading(reading(5), true);
  EXPECT_EQ(set().size(), 1U) << "its run is known";
}

TEST_F(MirrorTest, WhatTheBrokerKeptIsAsOldAsTwoClocksSayThatAreSynchronised) {
  using namespace std::chrono;
  json kept = reading(5);
  const auto then = sys_days(year(2020) / 1 / 1);
  wall = {then + 2h, "synced"};
  say_reading(kept, true);
  EXPECT_TRUE(set().empty()) << "the clock there is not synchronised";
  kept["clock"] = "synced";
  wall.state = "unknown";
  say_reading(kept, true);
  EXPECT_TRUE(set().empty()) << "the clock here is not known to be";
  wall.state = "synced";
  say_reading(kept, true);
  const auto entries = set();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].age, 2h);
  EXPECT_EQ(entries[0].max_age, 1ms) << "nobody answers there";
}

TEST_F(MirrorTest, WhatTheBrokerKeptIsNoYoungerThanItWasWhateverTheClocksSay) {
  json kept = reading(5);
  kept["clock"] = "synced";
  wall = {std::chrono::sys_days(std::chrono::year(2019) / 1 / 1), "synced"};
  say_reading(kept, true);
  EXPECT_EQ(set().at(0).age, 1s);
  kept["time"] = "yesterday";
  say_reading(kept, true, "stove/other");
  EXPECT_TRUE(set().empty());
}

TEST_F(MirrorTest, WithoutItsSiteAReadingIsLate) {
  answer();
  say_reading(reading(5));
  EXPECT_EQ(set().at(0).max_age, std::nullopt);
  say("cabin/status", "offline");
  EXPECT_EQ(set().at(0).max_age, 1ms);
  EXPECT_TRUE(set().empty());
  say("cabin/status", "online");
  EXPECT_EQ(set().at(0).max_age, std::nullopt);
  now += 2min;
  EXPECT_EQ(set().at(0).max_age, 1ms) << "nobody answers";
}

TEST_F(MirrorTest, AReadingWhoseNodeIsGoneIsLate) {
  answer();
  json gone = reading(5);
  gone["status"] = "node gone";
  say_reading(gone);
  EXPECT_EQ(set().at(0).max_age, 1ms);
}

TEST_F(MirrorTest, WhatWasRemovedThereIsRemovedHere) {
  answer();
  say_reading(reading(5));
  EXPECT_EQ(set().size(), 1U);
  say("cabin/readings/stove/t", "");
  EXPECT_EQ(mirror.changes(now).removed, std::vector<std::string>{"@cabin.stove/t"});
  EXPECT_TRUE(mirror.changes(now).removed.empty());
}

TEST_F(MirrorTest, WhatIsNotToldAnyMoreIsRemoved) {
  answer();
  say_reading(reading(5));
  say_reading(reading(6), false, "stove/other");
  (void)set();
  now += 1min;
  mirror.begin_connection();
  const json asked = answer();
  say_reading(reading(7));
  say("cabin/clock", json{{"run", run}, {"sent_ms", 1}, {"all_told", asked["nonce"]}}.dump());
  EXPECT_EQ(mirror.changes(now).removed, std::vector<std::string>{"@cabin.stove/other"});
  now += 10s;
  EXPECT_TRUE(mirror.questions(now).empty());
  now += 30s;
  EXPECT_EQ(answer()["all"], false);
}

TEST_F(MirrorTest, ANewConnectionToTheAgentIsToldEverything) {
  answer();
  say_reading(reading(5));
  EXPECT_EQ(set().size(), 1U);
  EXPECT_TRUE(set().empty());
  mirror.begin_agent();
  EXPECT_EQ(set().size(), 1U);
}

TEST_F(MirrorTest, TakesNothingThatItsSiteShowsOfOthers) {
  answer();
  say_reading(reading(5), false, "stove.home.hall/t");
  EXPECT_TRUE(set().empty());
  say_reading(reading(5), false, "stove.esp1/t");
  EXPECT_EQ(set().at(0).as, "cabin.stove.esp1");
}

TEST_F(MirrorTest, TakesOnlyWhatIsChosen) {
  answer();
  say_reading(reading(5), false, "shed/t");
  say("barn/readings/stove/t", reading(5).dump());
  EXPECT_TRUE(set().empty());
}

TEST_F(MirrorTest, NonsenseDoesNothing) {
  answer();
  for (const char* payload : {"[]", "{}", "x", "{\"sent_ms\":-1}", "{\"run\":1}", "\xff",
                              "{\"sent_ms\":99999999999999999999}", "null"}) {
    say("cabin/clock", payload);
    say("cabin/readings/stove/t", payload);
  }
  json odd = reading(5);
  odd["sent_ms"] = 18'000'000'000'000'000'000ULL;
  say_reading(odd);
  odd = reading(5);
  odd["value"] = std::string(2000, 'x');
  say_reading(odd);
  say_reading(reading(5), false, "stove/" + std::string(1000, 'x'));
  odd = reading(5);
  odd["value"] = nullptr;
  say_reading(odd);
  EXPECT_TRUE(set().empty());
}

TEST_F(MirrorTest, AsksFromTimeToTime) {
  EXPECT_EQ(mirror.questions(now).size(), 1U);
  EXPECT_TRUE(mirror.questions(now + 1s).empty());
  EXPECT_EQ(mirror.questions(now + 6s).size(), 1U);
}

TEST_F(MirrorTest, ASiteHasItsBounds) {
  answer();
  for (std::size_t i = 0; i <= Mirror::kItemsMax; ++i) {
    say_reading(reading(5), false, "stove/k" + std::to_string(i));
  }
  EXPECT_EQ(notes.size(), 1U);
}

}  // namespace
}  // namespace dsn::mqtt
