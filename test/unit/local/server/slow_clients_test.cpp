// SPDX-License-Identifier: Apache-2.0
// Answers that are larger than what the agent may keep in memory, and clients that do not read.
#include <gtest/gtest.h>

#include "local/json/json_codec.hpp"
#include "unit/local/server/server_fixture.hpp"

namespace dsn::local {
namespace {

constexpr const char* kReadAll = R"({"jsonrpc":"2.0","id":1,"method":"read"})";
constexpr const char* kStatus = R"({"jsonrpc":"2.0","id":2,"method":"status"})";
constexpr const char* kSubscribe = R"({"jsonrpc":"2.0","id":3,"method":"subscribe"})";
/// The most that waits for one client: a slice, which ends behind the element that fills it.
constexpr std::size_t kOutputMax = 64 * 1024;
/// Readings in what the kernel keeps for a client (some 200 KiB by default, at most 4 MiB), and in
/// a slice.
constexpr std::size_t kReadingsKept = 20'000;

class SlowClients : public ServerTest {
 protected:
  void grow(std::size_t nodes) {
    on_loop([&] { backend_.big_nodes = nodes; });
  }
  std::size_t composed() {
    std::size_t count = 0;
    on_loop([&] { count = backend_.composed; });
    return count;
  }
};

TEST_F(SlowClients, ASnapshotIsComposedAsItIsRead) {
  grow(100);
  Client subscriber = client();
  ASSERT_TRUE(subscriber.subscribe({}, true));
  Client other = client();
  ASSERT_TRUE(other.status());
  EXPECT_LT(composed(), kReadingsKept);
  NodeEvent change = gone("attic");
  change.kind = NodeEvent::Kind::updated;
  change.key = "key/255";
  change.reading = sample_reading(change.key, Value::text("before"), "");
  publish(change);
  std::size_t updated = 0;
  bool last_is_change = false;
  while (true) {
    const auto event = subscriber.next_event(kPatience);
    ASSERT_TRUE(event && *event);
    if ((*event)->kind == NodeEvent::Kind::snapshot) break;
    ++updated;
    last_is_change = (*event)->reading->value == Value::text("before");
  }
  EXPECT_EQ(updated, 100 * BigBackend::kKeys + 1);
  EXPECT_FALSE(last_is_change) << "it is older than what the snapshot shows of the last key";
  EXPECT_LE(counters().output_peak, kOutputMax);
  EXPECT_TRUE(subscriber.status()) << "it can go on asking";
}

TEST_F(SlowClients, AClientMayGoWhileItsSnapshotIsComposed) {
  grow(10);
  on_loop([&] {
    backend_.at = 100;
    backend_.act = [this] { server_->close(); };
  });
  Client subscriber = client();
  (void)subscriber.subscribe({}, true);
  while (subscriber.connected()) (void)subscriber.next_event(kPatience);
  EXPECT_EQ(connections(), 0U);
}

TEST_F(SlowClients, AllReadingsOfALargeNetworkArriveAndNoneIsKept) {
  grow(200);
  Client client = this->client();
  const auto readings = client.read({});
  ASSERT_TRUE(readings) << readings.error();
  EXPECT_EQ(readings->size(), 200 * BigBackend::kKeys);
  EXPECT_EQ(readings->back().key, "key/255");
  EXPECT_GE(counters().output_peak, kSliceBytes / 2);
  EXPECT_LE(counters().output_peak, kOutputMax);
}

TEST_F(SlowClients, OnesThatDoNotReadCostASliceAndOthersAreServed) {
  grow(200);
  std::vector<RawConnection> lazy;
  for (int i = 0; i < 10; ++i) {
    lazy.push_back(raw());
    for (int request = 0; request < 50; ++request) {
      ASSERT_TRUE(lazy.back().send(kReadAll, kPatience));
    }
  }
  Client other = client();
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(other.status());
  EXPECT_LE(counters().output_peak, kOutputMax);
  EXPECT_LE(composed(), lazy.size() * kReadingsKept);
  // One of them reads after all: it gets the whole answer.
  const std::string line = next_line(lazy.front());
  EXPECT_TRUE(line.ends_with("]}"));
  EXPECT_LE(counters().output_peak, kOutputMax);
}

TEST_F(SlowClients, AnotherIsServedBetweenTheSlicesOfALongAnswer) {
  RawConnection other = raw();
  ASSERT_TRUE(other.send(kStatus, kPatience));
  next_line(other);
  grow(200);
  // The request comes in the middle of the answer.
  constexpr std::size_t kMiddle = 10'000;
  on_loop([&] {
    backend_.at = kMiddle;
    backend_.act = [&other] { EXPECT_TRUE(other.send(kStatus, kPatience)); };
  });
  Client reader = client();
  EXPECT_EQ(reader.read({})->size(), 200 * BigBackend::kKeys);
  EXPECT_NE(next_line(other).find("\"result\""), std::string::npos);
  std::size_t before = 0;
  on_loop([&] { before = backend_.composed_before_status; });
  EXPECT_GE(before, kMiddle);
  EXPECT_LE(before, kMiddle + std::size_t{4} * kElementsPerSlice);
}

TEST_F(SlowClients, RequestsAndEventsWaitForTheEndOfAnAnswer) {
  grow(200);
  RawConnection connection = raw();
  ASSERT_TRUE(connection.send(kSubscribe, kPatience));
  next_line(connection);
  on_loop([&] {
    backend_.at = 1000;
    backend_.act = [this] { server_->publish(gone("shed")); };
  });
  ASSERT_TRUE(connection.send(std::string(kReadAll) + "\n" + kStatus, kPatience));
  const auto answer = parse_json(next_line(connection));
  ASSERT_TRUE(answer);
  EXPECT_EQ((*answer)["result"].size(), 200 * BigBackend::kKeys);
  const std::string event = next_line(connection);
  EXPECT_NE(event.find(R"("event":"gone","node":"shed")"), std::string::npos) << event;
  EXPECT_NE(next_line(connection).find(R"("id":2,"result")"), std::string::npos);
}

TEST_F(SlowClients, WhatARequestChangesIsToldBehindItsAnswer) {
  on_loop([&] { backend_.act = [this] { server_->publish(gone("shed")); }; });
  RawConnection connection = raw();
  ASSERT_TRUE(connection.send(kSubscribe, kPatience));
  next_line(connection);
  ASSERT_TRUE(connection.send(
      R"({"jsonrpc":"2.0","id":4,"method":"set","params":{"key":"a","value":1}})", kPatience));
  EXPECT_NE(next_line(connection).find(R"("id":4,"result")"), std::string::npos);
  EXPECT_NE(next_line(connection).find(R"("event":"gone")"), std::string::npos);
}

}  // namespace
}  // namespace dsn::local
