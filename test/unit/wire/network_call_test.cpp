// SPDX-License-Identifier: Apache-2.0
#include "wire/network_call.hpp"

#include <gtest/gtest.h>

namespace dsn::wire {
namespace {

const NetworkCall kCall{.is_answer = true, .network = {{1, 2, 3, 4, 5, 6, 7, 8}}, .nodes = 0x1234};

// protocol.md [call-format]
TEST(NetworkCall, IsElevenBytes) {
  const auto bytes = encode_network_call(kCall);
  EXPECT_EQ(to_hex(bytes), "c101020304050607081234");
  EXPECT_EQ(decode_network_call(bytes), kCall);
}

TEST(NetworkCall, WhatFollowsIsPassedOver) {
  const auto bytes = encode_network_call(kCall);
  Bytes longer(bytes.begin(), bytes.end());
  longer.push_back(7);
  EXPECT_EQ(decode_network_call(longer), kCall);
}

TEST(NetworkCall, AnythingElseIsNone) {
  auto bytes = encode_network_call(kCall);
  EXPECT_FALSE(decode_network_call({}));
  EXPECT_FALSE(decode_network_call(ByteView(bytes).first(bytes.size() - 1)));
  bytes[0] = 0x01;
  EXPECT_FALSE(decode_network_call(bytes));
  bytes[0] = 0xc2;
  EXPECT_FALSE(decode_network_call(bytes));
}

}  // namespace
}  // namespace dsn::wire
