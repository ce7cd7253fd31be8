// SPDX-License-Identifier: Apache-2.0
#include "agent/hook_rule.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "agent/hook_queue.hpp"
#include "config/load.hpp"
#include "core/expected_nodes.hpp"

namespace dsn::agent {
namespace {

using namespace std::chrono_literals;
using Kind = NodeEvent::Kind;

class HookRuleTest : public testing::Test {
 protected:
  /// A hook as it stands in the file, behind its name.
  static HookRule rule(const std::string& condition) {
    const auto loaded =
        config::load_text("hooks: {h: {" + condition + ", run: /bin/true}}\n", "agent.yaml");
    EXPECT_TRUE(loaded.errors.empty()) << loaded.errors.front().to_string();
    return HookRule(loaded.config.hooks.front());
  }

  static Reading reading(const std::string& key, const Value& value,
                         std::optional<std::chrono::milliseconds> max_age = std::nullopt) {
    Reading reading;
    reading.node = "cellar";
    reading.node_id = "c0";
    reading.key = key;
    reading.value = value;
    reading.max_age = max_age;
    return reading;
  }

  static NodeEvent updated(const Reading& reading) {
    return {Kind::updated, reading.node, reading.node_id, reading.key, reading};
  }

  static NodeEvent of_node(Kind kind, const std::string& node = "cellar") {
    return {kind, node, node + "-id", "", std::nullopt};
  }

  std::string told(HookRule& hook, const NodeEvent& event) {
    const auto due = hook.handle_event(event, now_);
    return due ? due->what : "";
  }
  std::string told(HookRule& hook, const Value& value) {
    return told(hook, updated(reading("t", value)));
  }

  Instant now_ = Instant{} + 1h;
};

TEST_F(HookRuleTest, AChangeIsAnotherValue) {
  HookRule hook = rule("on_change: {node: cellar, key: t}");
  EXPECT_EQ(told(hook, Value::integer(1)), "change");
  EXPECT_EQ(told(hook, Value::integer(1)), "");
  EXPECT_EQ(told(hook, Value::integer(2)), "change");
  EXPECT_EQ(told(hook, Value::text("2")), "change");
  EXPECT_EQ(told(hook, Value::text("2")), "");
  // Removed and set again is a change.
  EXPECT_EQ(told(hook, {Kind::removed, "cellar", "c0", "t", std::nullopt}), "");
  EXPECT_EQ(told(hook, Value::text("2")), "change");
}

TEST_F(HookRuleTest, ASensorThatFailsChangesNothing) {
  HookRule hook = rule("on_change: {}");
  Reading failed = reading("t", Value());
  failed.error = "no such device";
  EXPECT_EQ(told(hook, updated(failed)), "");
  EXPECT_EQ(told(hook, Value::integer(1)), "change");
  failed.value = Value::integer(1);
  EXPECT_EQ(told(hook, updated(failed)), "");
  EXPECT_EQ(told(hook, Value::integer(1)), "");
}

TEST_F(HookRuleTest, MatchesNodesAndKeysByNameAndPrefix) {
  const auto matches = [&](const std::string& condition) {
    HookRule hook = rule("on_change: {" + condition + "}");
    return !told(hook, updated(reading("ups/load", Value::integer(1)))).empty();
  };
  EXPECT_TRUE(matches(""));
  EXPECT_TRUE(matches("node: cellar, key: ups/load"));
  EXPECT_TRUE(matches("node: c0"));
  EXPECT_TRUE(matches("node: 'cell*', key: 'ups/*'"));
  EXPECT_TRUE(matches("node: '*', key: '*'"));
  EXPECT_FALSE(matches("node: cell"));
  EXPECT_FALSE(matches("node: 'cellars*'"));
  EXPECT_FALSE(matches("key: ups"));
  EXPECT_FALSE(matches("key: 'load*'"));
}

// Whoever goes by a name that belongs to another node is not meant by it.
TEST_F(HookRuleTest, DoesNotTakeANodeInConflictForTheOwnerOfItsName) {
  HookRule hook = rule("on_change: {node: cellar}");
  Reading impostor = reading("t", Value::integer(99));
  impostor.node = "cellar~9ea6";
  EXPECT_EQ(told(hook, updated(impostor)), "");
}

TEST_F(HookRuleTest, ALevelIsPassedOnceUntilItWasLeftByTheHysteresis) {
  HookRule hook = rule("on_change: {key: t, above: -15, hysteresis: 2}");
  const auto at = [&](double value) { return told(hook, Value::real(value)); };
  EXPECT_EQ(at(-18), "");
  EXPECT_EQ(at(-15), "");
  EXPECT_EQ(at(-14.9), "above");
  EXPECT_EQ(at(-10), "");
  EXPECT_EQ(at(-16.9), "");
  EXPECT_EQ(at(-14), "");
  EXPECT_EQ(at(-17), "");
  EXPECT_EQ(at(-14), "above");
  EXPECT_EQ(at(std::nan("")), "");
  EXPECT_EQ(at(-14), "");
  EXPECT_EQ(told(hook, Value::text("-20")), "");
  EXPECT_EQ(at(-14), "");
  EXPECT_EQ(at(-INFINITY), "");
  EXPECT_EQ(told(hook, Value::integer(0)), "above");
}

TEST_F(HookRuleTest, BelowIsTheSameUpsideDown) {
  HookRule hook = rule("on_change: {key: t, below: 0, hysteresis: 1}");
  const auto at = [&](double value) { return told(hook, Value::real(value)); };
  EXPECT_EQ(at(-1), "below");  // what is so at first counts
  EXPECT_EQ(at(0.9), "");
  EXPECT_EQ(at(-1), "");
  EXPECT_EQ(at(1), "");
  EXPECT_EQ(at(0), "");
  EXPECT_EQ(at(-0.1), "below");
}

TEST_F(HookRuleTest, AReadingIsLateOnce) {
  HookRule late = rule("on_late: {key: t}");
  HookRule back = rule("on_back: {key: t}");
  const auto told_at = [&](Kind kind, std::chrono::milliseconds age) {
    Reading of_age = reading("t", Value::integer(1), 5s);
    of_age.age = age;
    const NodeEvent event{kind, of_age.node, of_age.node_id, of_age.key, of_age};
    return told(late, event) + told(back, event);
  };
  EXPECT_EQ(told_at(Kind::updated, 5s), "");
  EXPECT_EQ(told_at(Kind::late, 5001ms), "late");
  EXPECT_EQ(told_at(Kind::late, 6s), "");
  EXPECT_EQ(told_at(Kind::updated, 0s), "back");
  EXPECT_EQ(told_at(Kind::back, 0s), "");
  EXPECT_EQ(told_at(Kind::updated, 1h), "late") << "it comes in old";
}

TEST_F(HookRuleTest, AReadingThatGetsLateIsNoChange) {
  HookRule hook = rule("on_change: {key: t}");
  const Reading same = reading("t", Value::integer(1), 5s);
  EXPECT_EQ(told(hook, updated(same)), "change");
  EXPECT_EQ(told(hook, {Kind::late, same.node, same.node_id, same.key, same}), "");
}

TEST_F(HookRuleTest, AReadingWithoutMaxAgeIsNeverLate) {
  HookRule hook = rule("on_late: {key: t}");
  Reading old = reading("t", Value::integer(1));
  old.age = 24h;
  EXPECT_EQ(told(hook, updated(old)), "");
}

TEST_F(HookRuleTest, WithoutAKeyItIsAboutNodes) {
  HookRule late = rule("on_late: {node: cellar}");
  HookRule gone = rule("on_gone: {}");
  HookRule back = rule("on_back: {}");
  const std::pair<Kind, std::string> kLife[] = {
      {Kind::joined, ""},     {Kind::late, "late"},   {Kind::live, "back"},   {Kind::late, "late"},
      {Kind::gone, "gone"},   {Kind::joined, "back"}, {Kind::restarting, ""}, {Kind::live, ""},
      {Kind::restarting, ""}, {Kind::gone, "gone"},   {Kind::left, ""},       {Kind::joined, ""},
      {Kind::asleep, ""},     {Kind::joined, ""},     {Kind::conflict, ""}};
  for (const auto& [kind, expected] : kLife) {
    const NodeEvent event = of_node(kind);
    EXPECT_EQ(told(late, event) + told(gone, event) + told(back, event), expected)
        << to_string(kind);
  }
  EXPECT_EQ(told(late, of_node(Kind::late, "shed")), "");
  EXPECT_EQ(told(gone, of_node(Kind::gone, "shed")), "gone");
  EXPECT_EQ(told(gone, updated(reading("t", Value::integer(1)))), "");
}

TEST_F(HookRuleTest, EachChangeOfANodeHasItsHook) {
  for (const Kind kind : {Kind::joined, Kind::restarting, Kind::left, Kind::asleep, Kind::conflict,
                          Kind::clone, Kind::late, Kind::gone}) {
    HookRule hook = rule(std::string("on_") + to_string(kind) + ": {node: cellar}");
    for (const Kind other : {Kind::joined, Kind::restarting, Kind::left, Kind::asleep,
                             Kind::conflict, Kind::clone, Kind::late, Kind::gone, Kind::live}) {
      EXPECT_EQ(told(hook, of_node(other)), kind == other ? to_string(kind) : "");
    }
    EXPECT_EQ(told(hook, of_node(kind, "shed")), "");
  }
}

TEST_F(HookRuleTest, SaysWhetherANodeThatJoinedReturned) {
  HookRule hook = rule("on_joined: {}");
  NodeEvent event = of_node(Kind::joined);
  EXPECT_FALSE(hook.handle_event(event, now_)->returned);
  event.returned = true;
  EXPECT_TRUE(hook.handle_event(event, now_)->returned);
}

TEST_F(HookRuleTest, ANodeThatWasExpectedIsBackWhenItIsHeardForTheFirstTime) {
  HookRule hook = rule("on_back: {}");
  NodeEvent missing = of_node(Kind::gone);
  missing.node_id = core::ExpectedNodes::id_of("cellar").hex();
  EXPECT_EQ(told(hook, missing), "");
  EXPECT_EQ(told(hook, of_node(Kind::joined)), "back");
  EXPECT_EQ(told(hook, of_node(Kind::joined)), "");
}

TEST_F(HookRuleTest, AStateIsToldWhenItHasLastedLongEnough) {
  HookRule gone = rule("on_gone: {}, for: 5m");
  EXPECT_EQ(told(gone, of_node(Kind::gone)), "");
  EXPECT_EQ(gone.next_lasted(), now_ + 5min);
  EXPECT_FALSE(gone.take_lasted(now_ + 5min - 1ms));
  EXPECT_EQ(told(gone, of_node(Kind::joined)), "");
  EXPECT_EQ(gone.next_lasted(), kNever) << "it was back in time";
  now_ += 1min;
  EXPECT_EQ(told(gone, of_node(Kind::gone)), "");
  const auto lasted = gone.take_lasted(now_ + 5min);
  ASSERT_TRUE(lasted);
  EXPECT_STREQ(lasted->what, "gone");
  EXPECT_EQ(lasted->node, "cellar");
  EXPECT_FALSE(gone.take_lasted(now_ + 5min));
}

TEST_F(HookRuleTest, WhoIsLateAndThenGoneHasBeenLateForAllThatTime) {
  HookRule late = rule("on_late: {}, for: 5m");
  EXPECT_EQ(told(late, of_node(Kind::late)), "");
  EXPECT_EQ(told(late, of_node(Kind::gone)), "");
  EXPECT_EQ(late.next_lasted(), now_ + 5min);
}

TEST_F(HookRuleTest, AReadingBeyondItsLevelIsToldAsItIsThen) {
  HookRule hook = rule("on_change: {key: t, above: 30, hysteresis: 2}, for: 5m");
  EXPECT_EQ(told(hook, Value::integer(31)), "");
  now_ += 2min;
  EXPECT_EQ(told(hook, Value::integer(33)), "");
  EXPECT_EQ(told(hook, Value::integer(29)), "") << "within the hysteresis it goes on";
  const auto lasted = hook.take_lasted(now_ + 3min);
  ASSERT_TRUE(lasted);
  EXPECT_STREQ(lasted->what, "above");
  EXPECT_EQ(lasted->reading->value.as_number(), 29.0);
  EXPECT_EQ(told(hook, Value::integer(28)), "");
  EXPECT_EQ(told(hook, Value::integer(31)), "");
  EXPECT_EQ(told(hook, Value::integer(28)), "");
  EXPECT_EQ(hook.next_lasted(), kNever);
}

TEST_F(HookRuleTest, FollowsABoundedNumberOfReadings) {
  HookRule hook = rule("on_change: {}");
  const auto key = [](std::size_t i) { return "k" + std::to_string(i); };
  for (std::size_t i = 0; i < kHookSubjectsMax; ++i) {
    ASSERT_EQ(told(hook, updated(reading(key(i), Value::integer(1)))), "change");
  }
  EXPECT_FALSE(hook.full());
  EXPECT_EQ(told(hook, updated(reading("more", Value::integer(1)))), "");
  EXPECT_TRUE(hook.full());
  EXPECT_EQ(told(hook, updated(reading(key(0), Value::integer(2)))), "change");
  told(hook, {Kind::removed, "cellar", "c0", key(0), std::nullopt});
  EXPECT_EQ(told(hook, updated(reading("more", Value::integer(1)))), "change");
  EXPECT_FALSE(hook.full());
}

HookEvent event_of(const std::string& key, int age_ms = 0) {
  HookEvent event{"change", "cellar", "c0", key, Reading(), {}};
  event.reading->age = std::chrono::milliseconds(age_ms);
  return event;
}

TEST(HookQueue, GivesEventsInTheirOrderAndTheLatestOfEach) {
  HookQueue queue(0s);
  const Instant now = Instant{} + 1h;
  EXPECT_EQ(queue.next_due(), kNever);
  EXPECT_FALSE(queue.take(now));
  queue.push(event_of("a", 1));
  queue.push(event_of("b"));
  queue.push(event_of("a", 2));
  EXPECT_LE(queue.next_due(), now);
  const auto first = queue.take(now);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->key, "a");
  EXPECT_EQ(first->reading->age, 2ms);
  EXPECT_EQ(queue.take(now)->key, "b");
  EXPECT_FALSE(queue.take(now));
  EXPECT_EQ(queue.skipped(), 1U);
}

TEST(HookQueue, KeepsTheIntervalAndTellsTheLatestAtItsEnd) {
  HookQueue queue(5min);
  Instant now = Instant{} + 1h;
  queue.push(event_of("a", 1));
  EXPECT_TRUE(queue.take(now));
  queue.push(event_of("a", 2));
  queue.push(event_of("a", 3));
  EXPECT_EQ(queue.next_due(), now + 5min);
  now += 5min - 1ms;
  EXPECT_FALSE(queue.take(now));
  now += 1ms;
  EXPECT_EQ(queue.take(now)->reading->age, 3ms);
  EXPECT_EQ(queue.next_due(), kNever);
}

TEST(HookQueue, DropsTheOldestOfTooMany) {
  HookQueue queue(0s);
  for (std::size_t i = 0; i < kHookEventsMax + 2; ++i) queue.push(event_of(std::to_string(i)));
  EXPECT_EQ(queue.skipped(), 2U);
  EXPECT_EQ(queue.take(Instant{})->key, "2");
}

}  // namespace
}  // namespace dsn::agent
