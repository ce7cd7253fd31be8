// SPDX-License-Identifier: Apache-2.0
// Application messages between cores: once, whole, acknowledged.
#include "unit/core/data/data_fixture.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

// protocol.md [data-settled]
TEST_F(DataTest, AMessageArrivesAndIsAcknowledged) {
  const auto number = tell(text_payload(5));
  ASSERT_TRUE(number);
  net_.run_for(100ms);
  ASSERT_EQ(net_[b_].received.size(), 1U);
  EXPECT_EQ(net_[b_].received[0].name, "light");
  EXPECT_EQ(net_[b_].received[0].payload, text_payload(5));
  EXPECT_EQ(net_[b_].received[0].number, *number);
  EXPECT_EQ(net_[b_].received[0].from, net_.node(a_).self().id());
  ASSERT_EQ(net_[a_].settled.size(), 1U);
  EXPECT_EQ(net_[a_].settled[0].outcome, Outcome::delivered);
  EXPECT_EQ(net_[a_].settled[0].number, *number);
  EXPECT_EQ(net_[a_].settled[0].listeners, 1U);
  EXPECT_LT(net_[a_].settled[0].took, 100ms);
}

// protocol.md [data-parts] [data-window]
TEST_F(DataTest, TheLargestMessageArrivesOverALinkThatLosesAFifth) {
  net_.options.loss = 0.2;
  const Bytes payload = text_payload(kAppPayloadBytesMax - 5);
  ASSERT_EQ(payload.size(), kAppPayloadBytesMax - 2) << "as large as a text of it can be";
  ASSERT_TRUE(tell(payload));
  EXPECT_TRUE(net_.run_until([&] { return !net_[a_].settled.empty(); }, kSendPatience));
  EXPECT_EQ(outcomes(net_[a_]), std::vector{Outcome::delivered});
  ASSERT_EQ(net_[b_].received.size(), 1U);
  EXPECT_EQ(net_[b_].received[0].payload, payload);
}

TEST_F(DataTest, WhatIsTooLargeOrNoMessageIsRefusedAtOnce) {
  EXPECT_FALSE(tell(text_payload(kAppPayloadBytesMax)));
  EXPECT_FALSE(tell({0xff}));
  EXPECT_FALSE(net_.tell(a_, b_, {AppMessageKind::send, "", text_payload(1), 0}));
  EXPECT_FALSE(net_.tell(a_, b_, {AppMessageKind::send, " light", text_payload(1), 0}));
  EXPECT_FALSE(net_.tell(a_, b_, {AppMessageKind::send, "li\nght", text_payload(1), 0}));
  EXPECT_FALSE(net_.tell(a_, b_, {AppMessageKind::send, "li\xe2\x80\xaeght", text_payload(1), 0}));
  EXPECT_TRUE(net_.tell(a_, b_, {AppMessageKind::send, "Küche/Licht 2", text_payload(1), 0}));
}

// protocol.md [data-once]
TEST_F(DataTest, AMessageWhoseAcknowledgementsAreLostIsTakenOnce) {
  net_.cut.insert({b_, a_});
  ASSERT_TRUE(tell(text_payload(5)));
  net_.run_for(3s);
  net_.cut.clear();
  EXPECT_TRUE(net_.run_until([&] { return !net_[a_].settled.empty(); }, kSendPatience));
  EXPECT_EQ(outcomes(net_[a_]), std::vector{Outcome::delivered});
  EXPECT_EQ(net_[b_].received.size(), 1U);
}

// protocol.md [data-resend]
TEST_F(DataTest, WhatIsNeverAcknowledgedIsGivenUp) {
  net_.cut.insert({a_, b_});
  ASSERT_TRUE(tell(text_payload(5), 4s));
  net_.run_for(3900ms);
  EXPECT_TRUE(net_[a_].settled.empty());
  net_.run_for(200ms);
  EXPECT_EQ(outcomes(net_[a_]), std::vector{Outcome::unanswered});
}

TEST_F(DataTest, ToANodeThatIsGoneNothingIsSent) {
  net_.kill(b_);
  net_.run_for(200s);
  EXPECT_FALSE(tell(text_payload(5)));
}

TEST_F(DataTest, AReceiverThatRestartsIsNotAskedAgain) {
  net_.cut.insert({b_, a_});
  ASSERT_TRUE(tell(text_payload(5), 60s));
  net_.run_for(1s);
  net_.kill(b_);
  net_.restart(b_, 2);
  net_.cut.clear();
  EXPECT_TRUE(net_.run_until([&] { return !net_[a_].settled.empty(); }, 60s));
  EXPECT_EQ(outcomes(net_[a_]), std::vector{Outcome::restarted});
  EXPECT_EQ(net_[b_].received.size(), 1U);
}

TEST_F(DataTest, TheReceiverSaysThatNobodyListensOrThatItRefuses) {
  DataOutcome outcome = DataOutcome::nobody_listens;
  net_.message_received = [&](std::size_t, const ReceivedMessage& message) {
    return DataAck{message.number, outcome, 0};
  };
  ASSERT_TRUE(tell(text_payload(5)));
  net_.run_for(100ms);
  outcome = DataOutcome::refused;
  ASSERT_TRUE(tell(text_payload(5)));
  net_.run_for(100ms);
  EXPECT_EQ(outcomes(net_[a_]), (std::vector{Outcome::nobody_listens, Outcome::refused}));
}

// protocol.md [data-room]
TEST_F(DataTest, WhatFindsNoRoomIsTriedAgain) {
  int busy = 3;
  net_.message_received = [&](std::size_t, const ReceivedMessage& message) {
    return DataAck{message.number, busy-- > 0 ? DataOutcome::busy : DataOutcome::delivered, 1};
  };
  ASSERT_TRUE(tell(text_payload(5)));
  EXPECT_TRUE(net_.run_until([&] { return !net_[a_].settled.empty(); }, 5s));
  EXPECT_EQ(outcomes(net_[a_]), std::vector{Outcome::delivered});
  EXPECT_EQ(net_[b_].received.size(), 4U);
}

TEST_F(DataTest, ThousandsOfMessagesArriveOnceEach) {
  net_.options.loss = 0.1;
  std::set<std::uint64_t> numbers;
  for (int i = 0; i < 1000; ++i) {
    const auto number = tell(text_payload(static_cast<std::size_t>(i % 100)), 60s);
    ASSERT_TRUE(number);
    numbers.insert(*number);
  }
  EXPECT_TRUE(net_.run_until([&] { return net_[a_].settled.size() == 1000; }, 60s));
  const auto all = outcomes(net_[a_]);
  EXPECT_EQ(std::ranges::count(all, Outcome::delivered), 1000);
  EXPECT_EQ(net_[b_].received.size(), 1000U);
  for (const ReceivedMessage& message : net_[b_].received) numbers.erase(message.number);
  EXPECT_TRUE(numbers.empty());
}

// As in a demo: all nodes are at one address, and differ by their ports.
// protocol.md [answer-share]
TEST(DataOnOneMachineTest, AllSendAllTheLargestMessageAtOnce) {
  constexpr std::size_t kNodes = 20;
  VirtualNetwork net;
  for (std::size_t i = 0; i < kNodes; ++i) {
    const std::size_t node = net.add("node" + std::to_string(i));
    net.move(node, Endpoint::ipv4({127, 0, 0, 1}, static_cast<std::uint16_t>(20'000 + i)));
  }
  ASSERT_TRUE(net.run_until([&] { return net.all_meet(); }, 30s));
  const Bytes payload = text_payload(kAppPayloadBytesMax - 5);
  for (std::size_t from = 0; from < kNodes; ++from) {
    for (std::size_t to = 0; to < kNodes; ++to) {
      if (from == to) continue;
      ASSERT_TRUE(net.tell(from, to, {AppMessageKind::send, "light", payload, 0}));
    }
  }
  net.run_for(kSendPatience);
  for (std::size_t i = 0; i < kNodes; ++i) {
    EXPECT_EQ(net[i].received.size(), kNodes - 1);
    EXPECT_EQ(outcomes(net[i]), std::vector(kNodes - 1, SettledMessage::Outcome::delivered));
  }
}

// protocol.md [address-both] [data-resend]
TEST_F(DataTest, AReceiverAndASenderThatMoveMeanwhileLoseNoMessage) {
  for (const std::size_t moving : {b_, a_}) {
    ASSERT_TRUE(tell(text_payload(kAppPayloadBytesMax - 5)));
    net_.run_for(3ms);
    net_.move(moving, Endpoint::ipv4({10, 0, 9, static_cast<std::uint8_t>(moving)}, 17373));
    EXPECT_TRUE(net_.run_until([&] { return !net_[a_].settled.empty(); }, kSendPatience));
    EXPECT_EQ(outcomes(net_[a_]), std::vector{Outcome::delivered});
    net_[a_].settled.clear();
  }
}

// protocol.md [address-unproven] [data-proven]
TEST_F(DataTest, NothingIsSentBeforeTheAddressOfTheReceiverIsProven) {
  Puppet puppet(net_, a_, 1);
  connect(net_, {&puppet});
  puppet.send(puppet.knock());
  const Bytes payload = text_payload(5000);
  const AppMessage message{AppMessageKind::send, "light", payload, 0};
  Effects effects;
  ASSERT_TRUE(net_.node(a_).send(net_.now(), {&puppet.id, 1}, message, kSendPatience, effects));
  net_.run_for(1s);
  EXPECT_EQ(parts_heard(puppet), 0);
  puppet.send_and_prove(puppet.knock());
  EXPECT_EQ(parts_heard(puppet), 5) << "all parts, at once";
}

TEST_F(DataTest, ASenderHoldsNoMoreThanItsBounds) {
  net_.cut.insert({a_, b_});
  std::size_t taken = 0;
  while (tell(text_payload(60'000))) ++taken;
  // What waits for it and what is free are as 1 to 8.
  EXPECT_EQ(taken, kSendBytesMax / (kSendBytesNodePart + 1) / 60'000);
  net_.run_for(kSendPatience + 1s);
  EXPECT_EQ(net_[a_].settled.size(), taken);
  EXPECT_TRUE(std::ranges::is_sorted(net_[a_].settled, {}, &SettledMessage::number));
  net_.cut.clear();
  EXPECT_TRUE(net_.run_until([&] { return net_.all_meet(); }, 60s));
  EXPECT_TRUE(tell(text_payload(60'000))) << "there is room again";
}

// protocol.md [data-resend]
TEST_F(DataTest, WhatTheReceiverNoLongerHasIsSentAgain) {
  Puppet receiver(net_, a_, 1);
  connect(net_, {&receiver});
  receiver.join();
  const auto number =
      net_.tell(a_, receiver.id, {AppMessageKind::send, "light", text_payload(2000), 0});
  ASSERT_TRUE(number);
  EXPECT_EQ(parts_to(receiver), (std::set<std::uint64_t>{0, 1}));
  const auto say_here = [&](std::uint64_t here) {
    receiver.say([&](CborWriter& out) {
      encode_data_ack(out, {*number, DataOutcome::incomplete, here});
    });
  };
  say_here(0b01);
  say_here(0b10);  // what it had gave way to another message
  net_.run_for(kDataResendMax);
  EXPECT_TRUE(parts_to(receiver).contains(0));
}

// protocol.md [data-resend]
TEST_F(DataTest, ProgressBeginsThePausesAnew) {
  std::size_t given_up = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    VirtualNetwork net({.seed = seed});
    const std::size_t from = net.add("attic");
    const std::size_t to = net.add("barn");
    ASSERT_TRUE(net.run_until([&] { return net.all_meet(); }, 10s));
    net.options.loss = 0.3;
    net.tell(from, to, {AppMessageKind::send, "light", text_payload(60'000), 0});
    net.run_for(kSendPatience + 1s);
    if (outcomes(net[from]) != std::vector{Outcome::delivered}) ++given_up;
  }
  EXPECT_EQ(given_up, 0U);
}

TEST_F(DataTest, WhatWaitsForANodeThatRestartsIsSentWhenItIsBack) {
  net_.stop(b_, ByeReason::restarting);
  net_.run_for(100ms);
  net_.restart(b_, 2);
  ASSERT_TRUE(net_.run_until([&] { return net_.all_meet(); }, 10s));
  // It says that it restarts when a message waits for its acknowledgement.
  net_.message_received = [](std::size_t, const ReceivedMessage& message) {
    return DataAck{message.number, DataOutcome::busy, 0};
  };
  ASSERT_TRUE(tell(text_payload(5), 60s));
  net_.run_for(500ms);
  net_.stop(b_, ByeReason::restarting);
  net_.run_for(3s);
  net_.restart(b_, 3);
  ASSERT_TRUE(net_.run_until([&] { return net_.all_meet(); }, 10s));
  EXPECT_TRUE(net_.run_until([&] { return !net_[a_].settled.empty(); }, 5s));
  EXPECT_EQ(outcomes(net_[a_]), std::vector{Outcome::restarted});
}

// protocol.md [data-number]
TEST_F(DataTest, NumbersOfAnotherRunAreOthers) {
  const auto before = tell(text_payload(5));
  net_.kill(a_);
  net_.restart(a_, 2);
  ASSERT_TRUE(net_.run_until([&] { return net_.all_meet(); }, 60s));
  const auto after = tell(text_payload(5));
  ASSERT_TRUE(before && after);
  EXPECT_NE(*before, *after) << "a late reply would answer the ask of another run";
}

TEST_F(DataTest, AStreamOfMessagesLeavesQuestionsTheirAnswers) {
  const Bytes payload = text_payload(60'000);
  const auto begin = net_.now();
  while (net_.now() - begin < 5s) {
    while (std::ranges::count(outcomes(net_[a_]), Outcome::delivered) + 3 > sent_) {
      ASSERT_TRUE(tell(payload));
      ++sent_;
    }
    net_.run_for(10ms);
  }
  EXPECT_EQ(net_.node(b_).counters()[Counter::drop_answer_limit], 0U);
  EXPECT_GT(sent_, 5 * 20) << "messages of 60 kB in 5 seconds";
}

TEST_F(DataTest, WhatIsGivenUpAtOnceTakesNoRoom) {
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(tell(text_payload(60'000), 0s)) << i;
  EXPECT_EQ(net_[a_].settled.size(), 100U);
}

// protocol.md [data-parts]
TEST_F(DataTest, PartsThatContradictEachOtherAreNoMessage) {
  Puppet liar(net_, b_, 1);
  connect(net_, {&liar});
  liar.join();
  const auto say_part = [&](std::uint64_t size, std::uint64_t part, std::size_t bytes) {
    const std::uint64_t before = net_.node(b_).counters()[Counter::drop_malformed];
    liar.say([&](CborWriter& out) { encode_data(out, {1, size, part, Bytes(bytes, 0)}); });
    return net_.node(b_).counters()[Counter::drop_malformed] - before;
  };
  EXPECT_EQ(say_part(10, 0, 9), 1U) << "shorter than it says";
  EXPECT_EQ(say_part(10, 0, 11), 1U);
  EXPECT_EQ(say_part(10, 1, 10), 1U) << "no such part";
  EXPECT_EQ(say_part(0, 0, 0), 1U);
  EXPECT_EQ(say_part(kAppMessageBytesMax + 1, 0, kDataPartBytes), 1U);
  EXPECT_EQ(say_part(2 * kDataPartBytes, 0, kDataPartBytes - 1), 1U);
  EXPECT_EQ(say_part(10, 0, 10), 1U) << "a part, but of no application message";
  EXPECT_TRUE(net_[b_].received.empty());
}

}  // namespace
}  // namespace dsn::test
