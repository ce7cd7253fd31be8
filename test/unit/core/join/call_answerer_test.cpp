// SPDX-License-Identifier: Apache-2.0
#include "core/join/call_answerer.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "support/virtual_network.hpp"
#include "wire/call.hpp"

namespace dsn::test {
namespace {

constexpr std::uint64_t kNonce = 0x0102'0304'0506'0708;
const Endpoint kNear = Endpoint::ipv4({10, 0, 9, 9}, 40000);
const Endpoint kFar = Endpoint::ipv4({203, 0, 113, 9}, 40000);

class CallTest : public testing::Test {
 protected:
  CallTest() {
    net_.add("attic");
    net_.run_for(1s);
    net_.filter = [this](std::size_t, const Endpoint& to, ByteView bytes) {
      if (to == kNear || to == kFar) answers_.emplace_back(bytes.begin(), bytes.end());
      return true;
    };
  }
  void call(const Endpoint& from, ByteView bytes) { net_.inject(0, from, bytes); }

  VirtualNetwork net_;
  std::vector<Bytes> answers_;
};

// protocol.md [call-answered]
TEST_F(CallTest, IsAnsweredWithNetworkAndNameMark) {
  call(kNear, encode_call(kNonce));
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_LT(answers_[0].size(), kCallBytes) << "nobody is sent more than was sent in its name";
  const auto answer = decode_call_answer(answers_[0]);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->nonce, kNonce);
  EXPECT_EQ(answer->network, net_.node(0).network_id());
  const KeyringContents& held = net_[0].options.keys;
  const NetworkKeys keys(*net_[0].crypto, held.keys.front(), {held.authority, {}});
  EXPECT_EQ(answer->name_mark, keys.name_mark(kNonce, "attic"));
  EXPECT_NE(answer->name_mark, keys.name_mark(kNonce, "shed"));
  EXPECT_NE(answer->name_mark, keys.name_mark(kNonce + 1, "attic"));
}

// protocol.md [call-cheap]
TEST_F(CallTest, IsAnsweredOnTheLinkOnlyAndNotOften) {
  call(kFar, encode_call(kNonce));
  EXPECT_TRUE(answers_.empty());
  for (std::uint64_t i = 0; i < 100; ++i) call(kNear, encode_call(i));
  EXPECT_EQ(answers_.size(), static_cast<std::size_t>(kCallsPerSecond));
}

// protocol.md [call-cheap]
TEST_F(CallTest, WhatIsAlmostACallIsNotAnswered) {
  Bytes call_bytes;
  for (const std::uint8_t byte : encode_call(kNonce)) call_bytes.push_back(byte);
  call(kNear, ByteView(call_bytes).first(kCallBytes - 1));
  call_bytes[4] = '!';
  call(kNear, call_bytes);
  const auto answer = encode_call_answer({kNonce, {}, 0});
  call(kNear, answer);
  EXPECT_TRUE(answers_.empty());
}

// protocol.md [call-answered]
TEST(Call, AnObserverIsSilent) {
  VirtualNetwork net;
  net.add("phone", {}, true);
  std::size_t answers = 0;
  net.filter = [&](std::size_t, const Endpoint& to, ByteView) {
    answers += to == kNear ? 1 : 0;
    return true;
  };
  net.inject(0, kNear, encode_call(kNonce));
  EXPECT_EQ(answers, 0U);
}

}  // namespace
}  // namespace dsn::test
