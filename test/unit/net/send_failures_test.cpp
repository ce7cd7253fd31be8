// SPDX-License-Identifier: Apache-2.0
#include "net/send_failures.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace dsn::net {
namespace {

Endpoint machine(std::uint8_t number) { return Endpoint::ipv4({10, 0, 0, number}, 17373); }

TEST(SendFailures, CountsEachReceiverForEachError) {
  SendFailures failures;
  failures.note(machine(1), EPERM);
  failures.note(machine(1), EPERM);
  failures.note(machine(1), ENETUNREACH);
  ASSERT_EQ(failures.all().size(), 2U);
  EXPECT_EQ(failures.all()[0].count, 2U);
  EXPECT_EQ(failures.all()[1].error, ENETUNREACH);
}

TEST(SendFailures, RemembersTheLastOnes) {
  SendFailures failures;
  for (std::uint8_t i = 0; i < 100; ++i) failures.note(machine(i), EPERM);
  EXPECT_EQ(failures.all().size(), SendFailures::kMax);
}

TEST(SendFailures, WhatIsSentAgainIsForgotten) {
  SendFailures failures;
  failures.note(machine(1), EPERM);
  failures.note(machine(1), EMSGSIZE);  // only of the large ones
  failures.note(machine(2), EPERM);
  failures.forget(machine(1));
  ASSERT_EQ(failures.all().size(), 2U);
  EXPECT_EQ(failures.latest(machine(1), std::chrono::seconds(60))->error, EMSGSIZE);
  EXPECT_TRUE(failures.latest(machine(2), std::chrono::seconds(60)));
  EXPECT_FALSE(failures.latest(machine(3), std::chrono::seconds(60)));
}

}  // namespace
}  // namespace dsn::net
