// SPDX-License-Identifier: Apache-2.0
#include "mqtt/announcer.hpp"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dsn::mqtt {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

// An agent and a broker as the announcer sees them.
class AnnouncerTest : public testing::Test {
 protected:
  AnnouncerTest() { announcer->begin_connection(); }

  static Reading reading(const std::string& node, const std::string& key, Value value) {
    Reading made;
    made.node = node;
    made.node_id = "id-" + node;
    made.key = key;
    made.value = std::move(value);
    made.version = 1;
    return made;
  }
  static NodeInfo node(const std::string& name, NodeState state = NodeState::live,
                       std::chrono::milliseconds uptime = 1h) {
    NodeInfo made;
    made.name = name;
    made.state = state;
    made.version = 7;
    made.uptime = uptime;
    return made;
  }
  // The present of an agent that holds these.
  void present(const std::vector<Reading>& readings, const std::vector<NodeInfo>& nodes,
               std::chrono::milliseconds uptime = 1h) {
    announcer->begin_present("attic");
    announcer->put_nodes(nodes, uptime);
    for (const Reading& one : readings) announcer->put(one, now);
    announcer->end_present();
    announcer->put_nodes(nodes, uptime);
    flush();
  }
  // The broker takes all that is to be said.
  void flush() {
    while (true) {
      const auto messages = announcer->next(now);
      if (messages.empty()) return;
      EXPECT_LE(messages.size(), Announcer::kMessagesMax);
      for (const Publication& message : messages) {
        ++said;
        if (message.payload.empty()) {
          retained.erase(message.topic);
        } else if (message.retain) {
          retained[message.topic] = message.payload;
        }
      }
    }
  }
  // A later run of the program, at the same broker.
  void restart() {
    announcer.emplace(config, topics, clock);
    announcer->begin_connection();
    for (const auto& [topic, payload] : retained) announcer->see(topic);
    flush();
  }
  std::size_t about(const std::string& text) const {
    std::size_t count = 0;
    for (const auto& [topic, payload] : retained) {
      count += topic.find(text) == std::string::npos ? 0 : 1;
    }
    return count;
  }
  json at(const std::string& topic) { return json::parse(retained[topic], nullptr, false); }

  const config::MqttConfig config = [] {
    config::MqttConfig made;
    made.bridge["cabin"] = {"*"};
    return made;
  }();
  const Topics topics{"dsn"};
  const Announcer::Clock::time_point now{100h};
  const SentClock clock{"run", now - 5s};
  std::optional<Announcer> announcer{std::in_place, config, topics, clock};
  std::map<std::string, std::string> retained;
  std::size_t said = 0;
};

const std::string kDoor = "dsn/readings/barn/door";

TEST_F(AnnouncerTest, SaysEachReadingWithItsAgeAndWhenItWasSent) {
  Reading door = reading("barn", "door", Value::boolean(true));
  door.age = 3s;
  announcer->begin_present("attic");
  announcer->put(door, now - 2s);
  announcer->end_present();
  flush();
  EXPECT_EQ(at(kDoor)["age_ms"], 5000);
  EXPECT_EQ(at(kDoor)["sent_ms"], 5000);
  EXPECT_EQ(at(kDoor)["run"], "run");
  EXPECT_EQ(about("homeassistant/binary_sensor/dsn--barn/door"), 1U);
}

TEST_F(AnnouncerTest, SaysTheNewestValueOfAKeyOnce) {
  present({reading("barn", "door", Value::integer(1))}, {node("barn")});
  said = 0;
  for (int i = 2; i < 100; ++i) {
    Reading next = reading("barn", "door", Value::integer(i));
    next.version = static_cast<std::uint64_t>(i);
    announcer->put(next, now);
  }
  flush();
  EXPECT_EQ(said, 1U);
  EXPECT_EQ(at(kDoor)["value"], 99);
}

TEST_F(AnnouncerTest, WhatIsToldTwiceIsSaidOnce) {
  present({reading("barn", "door", Value::integer(1))}, {node("barn")});
  said = 0;
  present({reading("barn", "door", Value::integer(1))}, {node("barn")});
  EXPECT_EQ(said, 0U);
}

TEST_F(AnnouncerTest, AKeyThatWasUnsetIsRemoved) {
  present({reading("barn", "door", Value::integer(1))}, {node("barn")});
  announcer->remove("barn", "door");
  announcer->put_nodes({node("barn")}, 1h);
  flush();
  EXPECT_EQ(about("door"), 0U);
}

TEST_F(AnnouncerTest, AKeyThatIsMissingAfterAStartOfItsNodeStaysForAWhile) {
  present({reading("barn", "door", Value::integer(1))}, {node("barn")});
  announcer->remove("barn", "door");
  announcer->put_nodes({node("barn", NodeState::live, 10s)}, 1h);
  flush();
  EXPECT_EQ(at(kDoor)["status"], "absent");
  EXPECT_EQ(about("homeassistant/sensor/dsn--barn/door"), 1U);
  announcer->put_nodes({node("barn", NodeState::live, 6min)}, 1h);
  flush();
  EXPECT_EQ(about("door"), 0U);
}

TEST_F(AnnouncerTest, ANodeThatIsGoneStays) {
  present({reading("barn", "door", Value::integer(1))}, {node("barn")});
  restart();
  present({}, {node("barn", NodeState::gone)});
  EXPECT_EQ(about("door"), 2U);
  EXPECT_EQ(at(kDoor)["status"], "absent");
  EXPECT_EQ(retained["dsn/nodes/barn"], "gone");
}

TEST_F(AnnouncerTest, ANodeThatWasForgottenIsRemoved) {
  present({reading("barn", "door", Value::integer(1)), reading("barn.esp1", "t", Value())},
          {node("barn"), node("attic")});
  announcer->put_nodes({node("attic")}, 1h);
  flush();
  EXPECT_EQ(about("barn"), 0U);
}

TEST_F(AnnouncerTest, ANodeThatWasForgottenMeanwhileIsRemovedOnceTheAgentKnowsEverybody) {
  present({reading("barn", "door", Value::integer(1))}, {node("barn")});
  restart();
  present({}, {node("attic", NodeState::self)}, 10s);
  EXPECT_NE(about("door"), 0U);
  present({}, {node("attic", NodeState::self)}, 6min);
  EXPECT_EQ(about("barn"), 0U);
}

TEST_F(AnnouncerTest, AKeyOfAnotherTypeIsNoSensorAnyMoreAlsoAfterARestart) {
  present({reading("barn", "door", Value::boolean(true))}, {node("barn")});
  EXPECT_EQ(about("binary_sensor/dsn--barn/door"), 1U);
  restart();
  present({reading("barn", "door", Value::integer(1))}, {node("barn")});
  EXPECT_EQ(about("binary_sensor/dsn--barn/door"), 0U);
  EXPECT_EQ(about("homeassistant/sensor/dsn--barn/door"), 1U);
}

TEST_F(AnnouncerTest, TopicsOfOthersTakeNoMemoryWithoutEnd) {
  announcer->see("dsn/readings/barn/" + std::string(10'000, 'x'));
  announcer->see("dsn/nodes/" + std::string(10'000, 'x'));
  EXPECT_TRUE(announcer->is_idle());
  for (std::size_t i = 0; i < Announcer::kSeenMax + 10; ++i) {
    announcer->see("dsn/readings/barn/k" + std::to_string(i));
  }
  present({}, {node("attic", NodeState::self)});
  // Each is removed, and so are its two possible entities.
  EXPECT_LE(said, 3 * Announcer::kSeenMax + 10);
  EXPECT_GE(said, 3 * Announcer::kSeenMax);
}

TEST_F(AnnouncerTest, NamesThatBelongToOthersAreNotTold) {
  Reading door = reading("barn~1234", "door", Value::integer(1));
  door.freshness = Freshness::conflict;
  NodeInfo other = node("barn~1234");
  other.conflict = true;
  present({door}, {other});
  EXPECT_EQ(about("barn"), 0U);
}

TEST_F(AnnouncerTest, WhatIsShownOfAnotherSiteIsNotSentOn) {
  present({reading("attic.cabin.stove", "t", Value::integer(1)),
           reading("attic.esp1", "t", Value::integer(1))},
          {node("attic", NodeState::self), node("attic.cabin.stove")});
  EXPECT_EQ(about("cabin"), 0U);
  EXPECT_EQ(about("attic.esp1/t"), 1U);
}

TEST_F(AnnouncerTest, AllIsToldOnDemandAndThenThatItWas) {
  present({reading("barn", "door", Value::integer(1)), reading("barn", "t", Value::integer(2))},
          {node("barn")});
  announcer->tell_all("question");
  std::vector<std::string> told;
  for (auto messages = announcer->next(now); !messages.empty(); messages = announcer->next(now)) {
    for (const Publication& message : messages) told.push_back(message.topic);
  }
  EXPECT_EQ(told, (std::vector<std::string>{kDoor, "dsn/readings/barn/t", "dsn/clock"}));
}

}  // namespace
}  // namespace dsn::mqtt
