// SPDX-License-Identifier: Apache-2.0
#include "agent/late_events.hpp"

#include <gtest/gtest.h>

#include "agent/late_watch.hpp"
#include "node/clock.hpp"
#include "unit/local/server/fake_backend.hpp"

namespace dsn::agent {
namespace {

using namespace std::chrono_literals;
using Kind = NodeEvent::Kind;

class LateEventsTest : public testing::Test {
 protected:
  /// A key of the node with these digits, sampled now.
  void sample(const std::string& key, std::chrono::milliseconds max_age = 5s,
              const std::string& node_id = std::string(32, 'a')) {
    std::erase_if(backend_.readings,
                  [&](const Reading& of) { return of.key == key && of.node_id == node_id; });
    backend_.readings.push_back(local::sample_reading(key, Value::integer(1), ""));
    backend_.readings.back().node_id = node_id;
    backend_.readings.back().max_age = max_age;
    backend_.readings.back().age = 0ms;
  }
  void pass(std::chrono::milliseconds time) {
    now_ += time;
    for (Reading& reading : backend_.readings) reading.age += time;
  }
  /// "late door" of a reading, "late" of a node.
  static std::string text_of(const NodeEvent& event) {
    return std::string(to_string(event.kind)) + (event.key.empty() ? "" : " " + event.key);
  }
  std::string told(const Reading& reading) {
    std::string texts;
    for (const NodeEvent& event : late_->handle_event(
             {Kind::updated, reading.node, reading.node_id, reading.key, reading}, now_)) {
      texts += (texts.empty() ? "" : ", ") + text_of(event);
    }
    return texts;
  }
  std::string told(const std::string& key) {
    sample(key);
    return told(backend_.readings.back());
  }
  void begin() { late_.emplace(backend_, now_); }
  /// All that is due by now.
  std::vector<std::string> due() {
    std::vector<std::string> texts;
    while (late_->next_due() <= now_) {
      for (const NodeEvent& event : late_->handle_due(now_)) texts.push_back(text_of(event));
    }
    return texts;
  }

  using Texts = std::vector<std::string>;
  local::FakeBackend backend_;
  Instant now_ = Instant{} + 1h;
  std::optional<LateEvents> late_;
};

TEST_F(LateEventsTest, AReadingIsLateOnceItIsOlderThanItsMaxAge) {
  sample("door");
  begin();
  EXPECT_EQ(due(), Texts{});
  EXPECT_EQ(late_->next_due(), now_ + 5001ms);
  pass(5s);
  EXPECT_EQ(due(), Texts{});
  pass(1ms);
  EXPECT_EQ(due(), Texts{"late door"});
  pass(1h);
  EXPECT_EQ(due(), Texts{});
  EXPECT_EQ(told("door"), "back door");
  EXPECT_EQ(told("door"), "");
  pass(5001ms);
  EXPECT_EQ(due(), Texts{"late door"});
}

TEST_F(LateEventsTest, AReadingThatWasSampledMeanwhileIsNotLate) {
  sample("door");
  begin();
  due();
  pass(4s);
  EXPECT_EQ(told("door"), "");
  pass(2s);
  EXPECT_EQ(due(), Texts{});
  EXPECT_EQ(late_->next_due(), now_ + 3001ms);
  pass(3001ms);
  EXPECT_EQ(due(), Texts{"late door"});
}

TEST_F(LateEventsTest, WhatWasLateBeforeIsToldWhenItIsBack) {
  sample("door");
  pass(6s);
  begin();
  EXPECT_EQ(due(), Texts{});
  EXPECT_EQ(told("door"), "back door");
}

// A large network is looked at a node in each turn of the loop.
TEST_F(LateEventsTest, WhatGetsLateBeforeItIsLookedAtIsTold) {
  sample("door");
  pass(4s);
  begin();
  pass(2s);
  EXPECT_EQ(due(), Texts{"late door"});
}

TEST_F(LateEventsTest, ANodeIsLookedAtInATurn) {
  sample("door", 5s, std::string(32, 'a'));
  sample("door", 5s, std::string(32, 'b'));
  begin();
  pass(6s);
  EXPECT_EQ(late_->handle_due(now_).size(), 1U);
  EXPECT_LE(late_->next_due(), now_);
  EXPECT_EQ(late_->handle_due(now_).size(), 1U);
}

TEST_F(LateEventsTest, WhatComesInOldIsLateAtOnce) {
  begin();
  sample("door");
  pass(1h);
  EXPECT_EQ(told(backend_.readings.back()), "late door");
  EXPECT_EQ(told(backend_.readings.back()), "");
}

TEST_F(LateEventsTest, WithoutAMaxAgeItNeverIs) {
  sample("door");
  backend_.readings.back().max_age.reset();
  begin();
  pass(24h);
  EXPECT_EQ(due(), Texts{});
  EXPECT_EQ(told(backend_.readings.back()), "");
  EXPECT_EQ(late_->next_due(), kNever);
}

TEST_F(LateEventsTest, WhatIsRemovedOrForgottenIsNotRemembered) {
  sample("door");
  sample("window");
  begin();
  pass(6s);
  EXPECT_EQ(due(), (Texts{"late door", "late window"}));
  const Reading& door = backend_.readings.front();
  (void)late_->handle_event({Kind::removed, door.node, door.node_id, "door", std::nullopt}, now_);
  EXPECT_EQ(told("door"), "") << "it is another one";
  backend_.readings.clear();
  pass(kLateLook);
  EXPECT_EQ(due(), Texts{});
  EXPECT_EQ(late_->next_due(), kNever);
  EXPECT_EQ(told("window"), "");
}

TEST_F(LateEventsTest, ASubnodeIsLateAndGoneByItself) {
  sample("door");
  sample("window", 10s);
  for (Reading& reading : backend_.readings) reading.node = "attic.esp1";
  begin();
  EXPECT_EQ(due(), Texts{});
  pass(6s);
  EXPECT_EQ(due(), Texts{"late door"});
  pass(5s);
  EXPECT_EQ(due(), (Texts{"late window", "late"}));
  pass(19s);
  EXPECT_EQ(due(), Texts{});
  pass(1s);
  EXPECT_EQ(due(), Texts{"gone"});
  pass(1h);
  EXPECT_EQ(due(), Texts{});
  Reading fresh = backend_.readings.front();
  fresh.age = 0ms;
  EXPECT_EQ(told(fresh), "back door, joined");
  EXPECT_EQ(told(fresh), "");
}

TEST_F(LateEventsTest, ASubnodeThatWasSilentBeforeIsToldWhenItIsBack) {
  sample("door");
  backend_.readings.back().node = "attic.esp1";
  pass(6s);
  begin();
  EXPECT_EQ(due(), Texts{});
  Reading fresh = backend_.readings.front();
  fresh.age = 0ms;
  EXPECT_EQ(told(fresh), "back door, live");
  backend_.readings.front().age = 0ms;
  pass(16s);
  EXPECT_EQ(due(), (Texts{"late door", "gone"}));
}

/// Its one reading is sampled when it is made.
class AgeingBackend : public local::FakeBackend {
 public:
  AgeingBackend() {
    readings.push_back(local::sample_reading("door", Value::integer(1), ""));
    readings.back().max_age = 1ms;
  }
  std::optional<Reading> reading(const NodeId& id, const std::string& key) override {
    readings.back().age = std::chrono::milliseconds(to_ms(node::now() - sampled_));
    return FakeBackend::reading(id, key);
  }

 private:
  Instant sampled_ = node::now();
};

TEST(LateWatch, TellsFromItsTimerAndLeavesNoWorkWhenItStops) {
  asio::io_context io;
  AgeingBackend backend;
  std::vector<NodeEvent> told;
  std::optional<LateWatch> watch;
  watch.emplace(io, backend, [&](const NodeEvent& event) {
    told.push_back(event);
    watch->stop();
  });
  watch->start();
  io.run();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, Kind::late);
  EXPECT_EQ(told[0].reading->key, "door");
}

}  // namespace
}  // namespace dsn::agent
