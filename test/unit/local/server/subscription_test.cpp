// SPDX-License-Identifier: Apache-2.0
#include "local/server/subscription.hpp"

#include <gtest/gtest.h>

#include "local/server/list_answer.hpp"
#include "unit/local/server/fake_backend.hpp"

namespace dsn::local {
namespace {

class SubscriptionTest : public testing::Test {
 protected:
  Reading& add(const std::string& node, const std::string& digits, const std::string& key) {
    Reading& reading = backend_.readings.emplace_back(sample_reading(key, Value::integer(1), ""));
    reading.node = node;
    reading.node_id.clear();
    for (int i = 0; i < 16; ++i) reading.node_id += digits;
    return reading;
  }
  NodeEvent event_of(const Reading& reading) {
    return {NodeEvent::Kind::updated, reading.node, reading.node_id, reading.key, reading};
  }
  /// The events of one slice, as "updated attic door" each.
  static std::vector<std::string> slice_of(Subscription& subscription) {
    std::string lines;
    subscription.write_slice(lines);
    std::vector<std::string> events;
    while (!lines.empty()) {
      const auto json = parse_json(lines.substr(0, lines.find('\n')));
      lines.erase(0, lines.find('\n') + 1);
      const auto event = json ? decode_json<NodeEvent>((*json)["params"]) : std::nullopt;
      if (!event) return {"not understood"};
      events.push_back(std::string(to_string(event->kind)) + " " + event->node + " " + event->key);
    }
    return events;
  }

  using Events = std::vector<std::string>;
  FakeBackend backend_;
};

TEST_F(SubscriptionTest, ASnapshotTellsThePresentAndItsEnd) {
  add("attic", "aa", "door");
  add("attic", "aa", "window");
  add("shed", "bb", "door");
  Subscription all(backend_, {{}, true});
  EXPECT_EQ(slice_of(all), (Events{"updated attic door", "updated attic window",
                                   "updated shed door", "snapshot  "}));
  EXPECT_FALSE(all.has_more());
  Subscription doors(backend_, {{std::nullopt, "d*"}, true});
  EXPECT_EQ(slice_of(doors), (Events{"updated attic door", "updated shed door", "snapshot  "}));
  EXPECT_FALSE(Subscription(backend_, {{}, false}).has_more());
}

TEST_F(SubscriptionTest, WhatTheSnapshotIsYetToShowIsNotToldBefore) {
  for (int i = 100; i < 100 + kElementsPerSlice; ++i) add("attic", "aa", std::to_string(i));
  const NodeEvent shown = event_of(backend_.readings.front());
  const NodeEvent next = event_of(add("attic", "aa", "z"));
  const NodeEvent later = event_of(add("shed", "bb", "door"));
  Subscription all(backend_, {{}, true});
  EXPECT_FALSE(all.takes(shown));
  EXPECT_EQ(slice_of(all).front(), "updated attic 100");
  EXPECT_TRUE(all.takes(shown));
  EXPECT_FALSE(all.takes(next));
  EXPECT_FALSE(all.takes(later));
  NodeEvent other = next;
  other.key = "new";  // since the snapshot came to this node
  EXPECT_TRUE(all.takes(other));
  other = later;
  other.node_id = std::string(32, 'c');  // of a node that joined since
  EXPECT_TRUE(all.takes(other));
  other = later;
  other.key = "";
  other.kind = NodeEvent::Kind::gone;
  EXPECT_TRUE(all.takes(other)) << "it is about the node";
  Events rest;
  while (all.has_more()) rest = slice_of(all);
  ASSERT_GE(rest.size(), 3U);
  EXPECT_EQ(Events(rest.end() - 3, rest.end()),
            (Events{"updated attic z", "updated shed door", "snapshot  "}));
  EXPECT_TRUE(all.takes(next));
  EXPECT_TRUE(all.takes(later));
}

}  // namespace
}  // namespace dsn::local
