// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <optional>

#include "message_samples.hpp"

namespace dsn::test {

using namespace wire;

namespace {

TEST(Messages, ReadBackAsTheyWereWritten) {
  for (const Sample& sample : kSamples) {
    const Bytes bytes = encode(sample.write);
    EXPECT_EQ(read(sample, bytes), bytes) << sample.name;
  }
}

// A later version that appends elements to one of these says first that it names no third node.
/// What stands for the last known elements of a message that leaves them out.
Bytes defaults_left_out(const Sample& sample) {
  const std::string_view name = sample.name;
  if (name == "PULL" || name == "MANIFEST" || name == "WANT" || name == "CHUNK") return {0xf6};
  if (name == "BYE" || name == "RUMOURS") return {0x00};
  if (name == "RUN of an observer") return {0x60};
  if (name == "MAIL" || name == "DELTA" || name == "beat") return {0x00, 0x01};
  return {};
}

// protocol.md [message-extend]
TEST(Messages, AcceptWhatALaterVersionAppends) {
  for (const Sample& sample : kSamples) {
    const Bytes bytes = encode(sample.write);
    const Bytes left_out = defaults_left_out(sample);
    const auto head = static_cast<std::uint8_t>(bytes.front() + left_out.size() + 2);
    ASSERT_LT(head, 0x98);
    Bytes longer{head};
    longer.insert(longer.end(), bytes.begin() + 1, bytes.end());
    longer.insert(longer.end(), left_out.begin(), left_out.end());
    for (const int byte : {0x82, 0x01, 0xa1, 0x61, 0x78, 0xf6, 0x18, 0x2a}) {
      longer.push_back(static_cast<std::uint8_t>(byte));
    }
    EXPECT_EQ(read(sample, longer), bytes) << sample.name;
    CborReader in(longer);
    skip_message(in, decode_message_start(in));
    EXPECT_TRUE(in.at_end()) << sample.name;
  }
}

TEST(Messages, RefuseToBeCutAnywhere) {
  for (const Sample& sample : kSamples) {
    const Bytes bytes = encode(sample.write);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(read(sample, ByteView(bytes).first(size))) << sample.name << " at " << size;
    }
  }
}

TEST(Messages, RefuseToLackAnElement) {
  for (const Sample& sample : kSamples) {
    Bytes bytes = encode(sample.write);
    --bytes[0];
    EXPECT_FALSE(read(sample, bytes)) << sample.name;
  }
}

// What this version does not know is read as something that it does.
bool has_later_values(const Sample& sample) {
  const std::string_view name = sample.name;
  return name.starts_with("BYE") || name == "DATA_ACK";
}

// A changed byte is refused, or it means something that is written the same way again: there is
// one encoding of everything.
TEST(Messages, HaveOneEncoding) {
  for (const Sample& sample : kSamples) {
    const Bytes bytes = encode(sample.write);
    const std::size_t head = bytes[1] < 0x18 ? 2 : 3;  // of the array, and the type
    for (std::size_t i = head; i < bytes.size(); ++i) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        Bytes changed = bytes;
        changed[i] ^= static_cast<std::uint8_t>(1U << bit);
        const auto again = read(sample, changed);
        EXPECT_TRUE(!again || *again == changed || has_later_values(sample))
            << sample.name << " byte " << i;
      }
    }
  }
}

// protocol.md [bye-unknown]
TEST(Messages, TakeAByeOfALaterVersionForAGoodbye) {
  const Bytes bytes = encode([](CborWriter& out) { out.array(2), out.uint(22), out.uint(77); });
  CborReader in(bytes);
  EXPECT_EQ(decode_bye(in, decode_message_start(in)).reason, ByeReason::leaving);
  EXPECT_TRUE(in.at_end());
}

TEST(Messages, AreNoneWithoutAType) {
  for (const Bytes& bytes :
       {Bytes{}, Bytes{0x80}, Bytes{0x81, 0x61, 'x'}, Bytes{0xa0}, Bytes{0x01}}) {
    CborReader in(bytes);
    decode_message_start(in);
    EXPECT_FALSE(in.ok()) << to_hex(bytes);
  }
}

TEST(Messages, PadAHelloWithoutChangingIt) {
  const Bytes bytes = encode([](CborWriter& out) { encode_hello(out, some_hello(false), 100); });
  EXPECT_EQ(read(sample_of("HELLO"), bytes), encode(sample_of("HELLO").write));
}

}  // namespace
}  // namespace dsn::test
