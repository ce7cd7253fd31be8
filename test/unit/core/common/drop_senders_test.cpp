// SPDX-License-Identifier: Apache-2.0
#include "core/common/drop_senders.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace dsn::core {
namespace {

constexpr Instant kStart{1h};

Endpoint machine(std::uint8_t number) { return Endpoint::ipv4({10, 0, 0, number}, 17373); }

TEST(DropSenders, CountsEachAddressForEachCause) {
  DropSenders senders;
  senders.note(Counter::drop_foreign, machine(1), 0x01, kStart);
  senders.note(Counter::drop_foreign, machine(1), 0x41, kStart + 2s);
  senders.note(Counter::drop_not_ours, machine(1), 0xd2, kStart + 3s);
  ASSERT_EQ(senders.all().size(), 2U);
  const DropSender& foreign = senders.all()[0];
  EXPECT_EQ(foreign.cause, Counter::drop_foreign);
  EXPECT_EQ(foreign.count, 2U);
  EXPECT_EQ(foreign.first, kStart);
  EXPECT_EQ(foreign.last, kStart + 2s);
  EXPECT_EQ(foreign.first_byte, 0x41);
}

TEST(DropSenders, AnAddressThatWasNotSeenForLongestGivesWay) {
  DropSenders senders;
  senders.note(Counter::drop_not_ours, machine(99), 0, kStart);
  for (std::uint8_t i = 0; i <= DropSenders::kPerCause; ++i) {
    senders.note(Counter::drop_foreign, machine(i), 0, kStart + i * 1s);
  }
  EXPECT_EQ(senders.all().size(), DropSenders::kPerCause + 1);
  const auto knows = [&](std::uint8_t number) {
    return std::ranges::any_of(senders.all(),
                               [&](const auto& one) { return one.from == machine(number); });
  };
  EXPECT_FALSE(knows(0));
  EXPECT_TRUE(knows(1));
  EXPECT_TRUE(knows(99));
}

}  // namespace
}  // namespace dsn::core
