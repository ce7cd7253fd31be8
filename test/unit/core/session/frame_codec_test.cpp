// SPDX-License-Identifier: Apache-2.0
#include "core/session/frame_codec.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "core/session/keys.hpp"
#include "support/fake_crypto.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

AeadKey some_key(std::uint8_t fill) {
  std::array<std::uint8_t, 16> bytes;
  bytes.fill(fill);
  AeadKey key;
  key.key = Secret<16>(bytes);
  key.iv.fill(static_cast<std::uint8_t>(fill + 1));
  return key;
}

const FrameHeader kHeader{FrameClass::pair, kFirstKeyEpoch, 0x010203040506, 0x112233445566};
const FrameHeader kGroupHeader{FrameClass::group, kFirstKeyEpoch, 7, 0x1122334455667788};

class FrameTest : public testing::Test {
 protected:
  Bytes seal(ByteView plaintext, const FrameHeader& header = kHeader) {
    Bytes datagram(kDatagramBytesMax);
    datagram.resize(seal_frame(crypto_, some_key(1), header, plaintext, datagram));
    return datagram;
  }
  std::optional<Bytes> open(ByteView datagram, const AeadKey& key = some_key(1)) {
    const auto header = decode_frame_header(datagram);
    if (!header) return std::nullopt;
    Bytes buffer(kPlaintextBytesMax);
    const auto plaintext = open_frame(crypto_, key, *header, datagram, buffer);
    if (!plaintext) return std::nullopt;
    return Bytes(plaintext->begin(), plaintext->end());
  }
  test::FakeCrypto crypto_{1};
};

TEST_F(FrameTest, HasTheHeaderOfTheProtocol) {
  const Bytes datagram = seal(as_bytes("hello"));
  EXPECT_EQ(datagram.size(), 13U + 5U + 16U);
  EXPECT_EQ(to_hex(ByteView(datagram).first(13)), "41010203040506112233445566");
  const auto header = decode_frame_header(datagram);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->frame_class, FrameClass::pair);
  EXPECT_EQ(header->key_epoch, kFirstKeyEpoch);
  EXPECT_EQ(header->sequence, kHeader.sequence);
  EXPECT_EQ(header->sender, kHeader.sender);
}

TEST_F(FrameTest, HasTheWholeSessionIdIfAllMayRead) {
  Bytes datagram = seal(as_bytes("hello"), kGroupHeader);
  EXPECT_EQ(datagram.size(), 15U + 5U + 16U);
  EXPECT_EQ(to_hex(ByteView(datagram).first(15)), "010000000000071122334455667788");
  Bytes buffer(kPlaintextBytesMax);
  EXPECT_TRUE(open_frame(crypto_, some_key(1), kGroupHeader, datagram, buffer));
  datagram.resize(datagram.size() + kNetworkTagBytes);
  const auto header = decode_frame_header(datagram);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->session(), SessionId{0x1122334455667788});
}

// protocol.md [number-clock]
TEST_F(FrameTest, TellsTheClockByItsNumber) {
  EXPECT_EQ(clock_ms_of(sequence_at(0)), 0U);
  EXPECT_EQ(clock_ms_of(sequence_at(600'000) + kFramesPerMs - 1), 600'000U);
  EXPECT_EQ(clock_ms_of(kSequenceMax), (std::uint64_t{1} << 38) - 1);
}

TEST_F(FrameTest, OpensWhatWasSealed) {
  Bytes text(kPlaintextBytesMax);
  std::iota(text.begin(), text.end(), std::uint8_t{0});
  for (const std::size_t size : {std::size_t{1}, std::size_t{100}, kPlaintextBytesMax}) {
    const ByteView plaintext = ByteView(text).first(size);
    const auto opened = open(seal(plaintext));
    ASSERT_TRUE(opened) << size;
    EXPECT_TRUE(std::ranges::equal(*opened, plaintext)) << size;
  }
}

TEST_F(FrameTest, RefusesAChangeOfAnyBitOfAnyByte) {
  const Bytes datagram = seal(as_bytes("the state of the attic"));
  for (std::size_t i = 0; i < datagram.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes tampered = datagram;
      tampered[i] ^= static_cast<std::uint8_t>(1U << bit);
      EXPECT_FALSE(open(tampered)) << "byte " << i << ", bit " << bit;
    }
  }
}

TEST_F(FrameTest, RefusesAnotherKey) {
  EXPECT_FALSE(open(seal(as_bytes("x")), some_key(2)));
  AeadKey other_iv = some_key(1);
  other_iv.iv[0] ^= 1;
  EXPECT_FALSE(open(seal(as_bytes("x")), other_iv));
}

TEST_F(FrameTest, RefusesATruncatedOrLengthenedDatagram) {
  const Bytes datagram = seal(as_bytes("the state of the attic"));
  for (std::size_t size = 0; size < datagram.size(); ++size) {
    EXPECT_FALSE(open(ByteView(datagram).first(size))) << size;
  }
  Bytes longer = datagram;
  longer.push_back(0);
  EXPECT_FALSE(open(longer));
}

// protocol.md [drop-shape]
TEST_F(FrameTest, IsNoFrameIfItsSizeOrClassIsWrong) {
  EXPECT_FALSE(decode_frame_header({}));
  constexpr std::uint8_t kPair = 0x41, kGroup = 0x01, kRecover = 0x81, kReserved = 0xc1;
  EXPECT_FALSE(decode_frame_header(Bytes(29, kPair)));  // no plaintext
  EXPECT_TRUE(decode_frame_header(Bytes(30, kPair)));
  EXPECT_FALSE(decode_frame_header(Bytes(39, kGroup)));
  EXPECT_TRUE(decode_frame_header(Bytes(40, kGroup)));
  EXPECT_TRUE(decode_frame_header(Bytes(1232, kPair)));
  EXPECT_FALSE(decode_frame_header(Bytes(1233, kPair)));  // longer than any
  EXPECT_FALSE(decode_frame_header(Bytes(100, kRecover)));
  EXPECT_FALSE(decode_frame_header(Bytes(100, kReserved)));
}

// protocol.md [frame-size]
TEST_F(FrameTest, SealsNothingThatDoesNotFit) {
  EXPECT_TRUE(seal(Bytes(kPlaintextBytesMax + 1)).empty());
  FrameHeader exhausted = kHeader;
  exhausted.sequence = kSequenceMax;
  EXPECT_FALSE(seal(as_bytes("x"), exhausted).empty());
  ++exhausted.sequence;
  EXPECT_TRUE(seal(as_bytes("x"), exhausted).empty());
}

// Every frame has a nonce of its own: the initial value with the sequence number XORed in.
TEST_F(FrameTest, SealsTheSameTextDifferentlyUnderEachNumber) {
  FrameHeader next = kHeader;
  ++next.sequence;
  const Bytes one = seal(as_bytes("x"));
  const Bytes other = seal(as_bytes("x"), next);
  EXPECT_FALSE(std::ranges::equal(ByteView(one).last(16), ByteView(other).last(16)));
}

}  // namespace
}  // namespace dsn::test
