// SPDX-License-Identifier: Apache-2.0
#include "node/network_calls.hpp"

#include <gtest/gtest.h>

namespace dsn::node {
namespace {

constexpr NetworkId kOwn{{1}};
constexpr NetworkId kOther{{2}};
const Endpoint kBarn = Endpoint::ipv4({10, 0, 0, 7}, 17373);
constexpr Instant kStart = Instant{} + 1h;

class NetworkCallsTest : public ::testing::Test {
 protected:
  NetworkCallsTest() { calls.start(kStart); }

  void hear(bool is_answer, const NetworkId& network, Instant now) {
    calls.handle({.is_answer = is_answer, .network = network, .nodes = 3}, kBarn, "eth0", now);
  }
  /// What is sent within `span`, while `nodes` are in contact.
  std::vector<wire::NetworkCall> sent(std::size_t nodes, Instant from, Duration span) {
    std::vector<wire::NetworkCall> all;
    while (calls.next_deadline() <= from + span) {
      if (const auto call = calls.handle_timeout(nodes, calls.next_deadline())) {
        all.push_back(*call);
      }
    }
    return all;
  }

  NetworkCalls calls{kOwn, 7};
};

// protocol.md [call-asked]
TEST_F(NetworkCallsTest, ANodeAloneAsksEachMinute) {
  const auto all = sent(1, kStart, 5min);
  ASSERT_EQ(all.size(), 5U);
  EXPECT_FALSE(all[0].is_answer);
  EXPECT_EQ(all[0].network, kOwn);
  EXPECT_EQ(all[0].nodes, 1);
}

TEST_F(NetworkCallsTest, ANetworkIsSilentUntilItIsAsked) {
  EXPECT_TRUE(sent(3, kStart, 5min).empty());
  for (int i = 0; i < 100; ++i) calls.ask(kStart + 5min);
  EXPECT_EQ(sent(3, kStart + 5min, 1s).size(), 1U);
  calls.ask(kStart + 5min);
  EXPECT_TRUE(sent(3, kStart + 5min, 1s).empty());
  EXPECT_EQ(sent(3, kStart + 5min, 3s).size(), 1U);
}

// protocol.md [call-answer]
TEST_F(NetworkCallsTest, AQuestionOfAnotherNetworkIsAnsweredOnceInFiveSeconds) {
  std::size_t answers = 0;
  for (int i = 0; i < 1000; ++i) {
    const Instant now = kStart + i * 10ms;
    hear(false, kOther, now);
    for (const wire::NetworkCall& call : sent(3, now, 0ms)) answers += call.is_answer ? 1 : 0;
  }
  EXPECT_EQ(answers, 2U);
}

TEST_F(NetworkCallsTest, WhoHearsAnAnswerOfItsNetworkIsSilent) {
  hear(false, kOther, kStart);
  hear(true, kOwn, kStart);
  EXPECT_TRUE(sent(3, kStart, 4s).empty());
  hear(false, kOther, kStart + 4s);
  EXPECT_TRUE(sent(3, kStart + 4s, 900ms).empty());
  hear(false, kOther, kStart + 5s);
  EXPECT_EQ(sent(3, kStart + 5s, 900ms).size(), 1U);
}

TEST_F(NetworkCallsTest, TheOwnNetworkIsNotAnswered) {
  hear(false, kOwn, kStart);
  EXPECT_TRUE(sent(3, kStart, 4s).empty());
  EXPECT_TRUE(calls.heard(kStart).empty());
}

TEST_F(NetworkCallsTest, WhoWasHeardIsKeptForAWhile) {
  hear(true, kOther, kStart);
  const auto heard = calls.heard(kStart);
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].id, kOther);
  EXPECT_EQ(heard[0].at, kBarn);
  EXPECT_EQ(heard[0].interface_name, "eth0");
  EXPECT_EQ(heard[0].nodes, 3);
  EXPECT_TRUE(calls.heard(kStart + NetworkCalls::kLife + 1s).empty());
}

TEST_F(NetworkCallsTest, NoMoreThanAFewAreKept) {
  for (std::uint8_t i = 0; i < 100; ++i) hear(true, NetworkId{{9, i}}, kStart + i * 1s);
  const auto heard = calls.heard(kStart + 100s);
  EXPECT_EQ(heard.size(), NetworkCalls::kNetworks);
  for (const HeardNetwork& one : heard) EXPECT_GE(one.id.bytes[1], 96);
}

}  // namespace
}  // namespace dsn::node
