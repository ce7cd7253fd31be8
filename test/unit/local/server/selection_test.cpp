// SPDX-License-Identifier: Apache-2.0
#include "local/server/selection.hpp"

#include <gtest/gtest.h>

#include "local/json/json_codec.hpp"
#include "local/server/api_lists.hpp"
#include "unit/local/server/fake_backend.hpp"

namespace dsn::local {
namespace {

class SelectionTest : public testing::Test {
 protected:
  SelectionTest() {
    add("sensor_a", "11", NodeState::live);
    add("sensor_b", "22", NodeState::gone);
    add("station", "33", NodeState::self);
    for (NodeInfo& node : backend_.node_list) {
      for (const char* key : {"alarm", "room/door", "room/temperature"}) {
        backend_.readings.push_back(sample_reading(key, Value::integer(1), ""));
        backend_.readings.back().node = node.name;
        backend_.readings.back().node_id = node.id;
        if (node.state == NodeState::gone) {
          backend_.readings.back().freshness = Freshness::node_gone;
        }
      }
    }
    backend_.readings[0].freshness = Freshness::late;
  }
  void add(const std::string& name, const std::string& digits, NodeState state) {
    backend_.node_list.emplace_back();
    backend_.node_list.back().name = name;
    for (int i = 0; i < 16; ++i) backend_.node_list.back().id += digits;
    backend_.node_list.back().state = state;
  }

  /// What the query selects, as "node key" each.
  std::vector<std::string> read(const ReadQuery& query) {
    ReadingElements elements(backend_, query);
    std::vector<std::string> found;
    std::string json;
    while (elements(json)) {
      if (const auto parsed = parse_json(json)) {
        found.push_back((*parsed)["node"].get<std::string>() + " " +
                        (*parsed)["key"].get<std::string>());
      }
      json.clear();
    }
    return found;
  }
  NodeEvent event(NodeEvent::Kind kind, std::size_t reading) const {
    const Reading& of = backend_.readings[reading];
    return {kind, of.node, of.node_id, of.key, of};
  }
  bool takes(const ReadQuery& query, const NodeEvent& event) {
    return Selection(backend_, query).takes(event);
  }

  using Found = std::vector<std::string>;
  FakeBackend backend_;
};

TEST_F(SelectionTest, PatternsOfNodeAndKey) {
  EXPECT_EQ(read({"sensor_*", "alarm"}), (Found{"sensor_a alarm", "sensor_b alarm"}));
  EXPECT_EQ(read({"*", "room/[a-m]*"}),
            (Found{"sensor_a room/door", "sensor_b room/door", "station room/door"}));
  EXPECT_EQ(read({"station", "?????"}), (Found{"station alarm"}));
  EXPECT_EQ(read({"boiler*", "alarm"}), Found{});
  EXPECT_EQ(read({}).size(), 9U);
}

TEST_F(SelectionTest, ADatabaseIsTheBeginningOfKeys) {
  ReadQuery query{"station"};
  query.database = "room";
  EXPECT_EQ(read(query), (Found{"station room/door", "station room/temperature"}));
  query.key = "*door";
  EXPECT_EQ(read(query), (Found{"station room/door"}));
  query.key = "alarm";
  EXPECT_EQ(read(query), Found{});
  query = {};
  query.database = "r*m";
  EXPECT_EQ(read(query).size(), 6U);
}

TEST_F(SelectionTest, StatesAndStatuses) {
  ReadQuery query;
  query.states = {NodeState::gone};
  query.key = "alarm";
  EXPECT_EQ(read(query), (Found{"sensor_b alarm"}));
  query.states = {NodeState::gone, NodeState::self};
  EXPECT_EQ(read(query), (Found{"sensor_b alarm", "station alarm"}));
  query = {};
  query.statuses = {Freshness::late};
  EXPECT_EQ(read(query), (Found{"sensor_a alarm"}));
}

TEST_F(SelectionTest, EventsOfReadings) {
  using enum NodeEvent::Kind;
  EXPECT_TRUE(takes({}, event(updated, 0)));
  EXPECT_TRUE(takes({"sensor_*", "al*"}, event(updated, 0)));
  EXPECT_TRUE(takes({backend_.readings[0].node_id}, event(updated, 0)));
  EXPECT_FALSE(takes({"station"}, event(updated, 0)));
  EXPECT_FALSE(takes({"*", "room/*"}, event(updated, 0)));
  ReadQuery of_late;
  of_late.statuses = {Freshness::late};
  EXPECT_TRUE(takes(of_late, event(updated, 0)));
  EXPECT_FALSE(takes(of_late, event(updated, 1)));
  EXPECT_TRUE(takes(of_late, event(back, 1))) << "it was late";
  of_late.statuses = {Freshness::error};
  EXPECT_FALSE(takes(of_late, event(back, 1)));
  ReadQuery of_gone;
  of_gone.states = {NodeState::gone};
  EXPECT_FALSE(takes(of_gone, event(updated, 0)));
  EXPECT_TRUE(takes(of_gone, event(updated, 3)));
}

TEST_F(SelectionTest, ARemovalHasNoStatusAndANodeNoKey) {
  ReadQuery query{"sensor_*", "alarm"};
  query.statuses = {Freshness::late};
  query.states = {NodeState::gone};
  NodeEvent gone = event(NodeEvent::Kind::removed, 0);
  gone.reading.reset();
  EXPECT_TRUE(takes(query, gone));
  gone.key = "door";
  EXPECT_FALSE(takes(query, gone));
  gone.key = "";
  gone.kind = NodeEvent::Kind::live;
  EXPECT_TRUE(takes(query, gone));
  gone.node = "station";
  EXPECT_FALSE(takes(query, gone));
}

// Two nodes go by the name, and it belongs to neither: the backend says that both are meant.
TEST_F(SelectionTest, ANameInConflictIsThatOfWhomeverItBelongsTo) {
  NodeEvent event = this->event(NodeEvent::Kind::updated, 0);
  event.node = "sensor_a~1111";
  EXPECT_TRUE(takes({"sensor_a"}, event));
  backend_.node_list.erase(backend_.node_list.begin());
  backend_.readings.erase(backend_.readings.begin(), backend_.readings.begin() + 3);
  add("sensor_a", "44", NodeState::live);
  EXPECT_FALSE(takes({"sensor_a"}, event)) << "the name belongs to another node";
}

TEST_F(SelectionTest, WhatNoNameCanBeIsAProblem) {
  EXPECT_EQ(problem_of({"sensor_*", "room/*"}), "");
  EXPECT_EQ(problem_of({""}), "'node' must have 1 to 256 bytes");
  EXPECT_EQ(problem_of({"a", std::string(257, '*')}), "'key' must have 1 to 256 bytes");
}

}  // namespace
}  // namespace dsn::local
