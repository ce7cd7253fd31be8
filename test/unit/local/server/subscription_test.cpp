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

TEST_F(SubscriptionTest, ASnapshotIsWrittenInSlices) {
  for (int i = 0; i < 3 * kElementsPerSlice; ++i) add("attic", "aa", "k" + std::to_string(i));
  Subscription all(backend_, {{}, true});
  std::size_t told = 0;
  std::size_t slices = 0;
  while (all.has_more()) {
    const std::size_t count = slice_of(all).size();
    EXPECT_LE(count, static_cast<std::size_t>(kElementsPerSlice));
    told += count;
    ++slices;
  }
  EXPECT_EQ(told, static_cast<std::size_t>(3 * kElementsPerSlice + 1));
  EXPECT_GT(slices, 3U);
}

// A selection that fits little takes as long to look through.
TEST_F(SubscriptionTest, ASliceLooksAtSoManyReadings) {
  for (int i = 0; i < 3 * kElementsPerSlice; ++i) add("attic", "aa", "k" + std::to_string(i));
  ReadQuery late;
  late.statuses = {Freshness::late};
  Subscription none(backend_, {late, true});
  EXPECT_EQ(slice_of(none), Events{});
  EXPECT_TRUE(none.has_more());
}

}  // namespace
}  // namespace dsn::local
