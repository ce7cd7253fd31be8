// SPDX-License-Identifier: Apache-2.0
#include "wire/app_message.hpp"

#include <gtest/gtest.h>

#include "wire/messages.hpp"

namespace dsn::wire {
namespace {

Bytes cbor(std::initializer_list<int> bytes) {
  Bytes encoded;
  for (const int byte : bytes) encoded.push_back(static_cast<std::uint8_t>(byte));
  return encoded;
}

// protocol.md [app-message]
TEST(AppMessage, IsReadAsItWasWritten) {
  const Bytes payload = cbor({0x82, 0x01, 0x61, 'x'});
  const auto encoded = encode_app_message({AppMessageKind::reply, "light", payload, 7});
  ASSERT_TRUE(encoded);
  const auto message = decode_app_message(*encoded);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->kind, AppMessageKind::reply);
  EXPECT_EQ(message->name, "light");
  EXPECT_EQ(Bytes(message->payload.begin(), message->payload.end()), payload);
  EXPECT_EQ(message->answers, 7U);
}

// protocol.md [app-message]
TEST(AppMessage, OfALaterVersionMayHaveMoreElements) {
  EXPECT_TRUE(decode_app_message(cbor({0x85, 0, 0x61, 'a', 1, 0, 0x81, 2})));
  EXPECT_FALSE(
      decode_app_message(cbor({0x85, 0, 0x61, 'a', 1, 0, 0x81, 0x81, 0x81, 0x81, 0x81, 2})))
      << "too deep";
}

TEST(AppMessage, ThatIsNoneIsRefused) {
  EXPECT_TRUE(decode_app_message(cbor({0x84, 0, 0x61, 'a', 1, 0})));
  EXPECT_FALSE(decode_app_message(cbor({0x83, 0, 0x61, 'a', 1}))) << "an element is missing";
  EXPECT_FALSE(decode_app_message(cbor({0x84, 6, 0x61, 'a', 1, 0}))) << "no such kind";
  EXPECT_FALSE(decode_app_message(cbor({0x84, 0, 0x60, 1, 0}))) << "no name";
  EXPECT_FALSE(decode_app_message(cbor({0x84, 0, 0x61, 0x0a, 1, 0}))) << "a control character";
  EXPECT_FALSE(decode_app_message(cbor({0x84, 0, 0x61, ' ', 1, 0}))) << "a blank at its end";
  EXPECT_FALSE(decode_app_message(cbor({0x84, 0, 0x61, 'a', 1, 0, 0}))) << "something follows";
  EXPECT_FALSE(decode_app_message(cbor({0x84, 0, 0x61, 'a', 0x18, 1, 0}))) << "not deterministic";
  EXPECT_FALSE(decode_app_message({}));
}

// protocol.md [app-message]
TEST(AppMessage, AnswersAnAskIfItIsAReply) {
  EXPECT_TRUE(decode_app_message(cbor({0x84, 2, 0x61, 'a', 1, 7})));
  EXPECT_FALSE(decode_app_message(cbor({0x84, 2, 0x61, 'a', 1, 0}))) << "a reply to nothing";
  EXPECT_FALSE(decode_app_message(cbor({0x84, 0, 0x61, 'a', 1, 7}))) << "an answer that is none";
  EXPECT_FALSE(decode_app_message(cbor({0x84, 1, 0x61, 'a', 1, 7})));
  EXPECT_TRUE(decode_app_message(cbor({0x84, 3, 0x61, 'a', 0x61, 'x', 7})));
  EXPECT_FALSE(decode_app_message(cbor({0x84, 3, 0x61, 'a', 1, 7}))) << "no text says why";
  EXPECT_FALSE(encode_app_message({AppMessageKind::reply, "a", cbor({1}), 0}));
  EXPECT_FALSE(encode_app_message({AppMessageKind::ask, "a", cbor({1}), 7}));
  EXPECT_FALSE(encode_app_message({AppMessageKind::failure, "a", cbor({1}), 7}));
}

// protocol.md [data-outcome-unknown]
TEST(DataAck, OfAnUnknownOutcomeIsARefusal) {
  const Bytes encoded = cbor({0x84, 21, 5, 9, 0});
  CborReader in(encoded);
  const DataAck ack = decode_data_ack(in, decode_message_start(in));
  ASSERT_TRUE(in.ok());
  EXPECT_EQ(ack.number, 5U);
  EXPECT_EQ(ack.outcome, DataOutcome::refused);
}

TEST(DataAck, OfNumberZeroIsMalformed) {
  const Bytes encoded = cbor({0x84, 21, 0, 1, 0});
  CborReader in(encoded);
  (void)decode_data_ack(in, decode_message_start(in));
  EXPECT_FALSE(in.ok());
}

}  // namespace
}  // namespace dsn::wire
