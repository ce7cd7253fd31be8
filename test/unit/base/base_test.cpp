// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "base/ids.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
#include "base/siphash.hpp"
#include "dsn/result.hpp"

namespace dsn::test {
namespace {

TEST(Hex, GoesThereAndBack) {
  EXPECT_EQ(to_hex(Bytes{0x00, 0xd1, 0xff}), "00d1ff");
  EXPECT_EQ(from_hex("00D1ff"), (Bytes{0x00, 0xd1, 0xff}));
  EXPECT_FALSE(from_hex("abc"));
  EXPECT_FALSE(from_hex("0g"));
}

// The vectors of the reference implementation: key 00..0f, message of n bytes 00..n-1.
TEST(SipHash, MatchesTheReferenceVectors) {
  std::array<std::uint8_t, 16> key{};
  Bytes message;
  for (std::uint8_t i = 0; i < 16; ++i) key[i] = i;
  EXPECT_EQ(siphash24(key, message), 0x726fdb47dd0e0e31ULL);
  for (std::uint8_t i = 0; i < 15; ++i) message.push_back(i);
  EXPECT_EQ(siphash24(key, message), 0xa129ca6149be45e5ULL);
}

TEST(NodeId, OfAPrefixHasZerosBehindIt) {
  const NodeId id = NodeId::from_prefix(0x0123456789abcdef);
  EXPECT_EQ(id.hex(), "0123456789abcdef0000000000000000");
  EXPECT_EQ(id.prefix(), 0x0123456789abcdefU);
}

TEST(Endpoint, KnowsLinkLocalAddresses) {
  const auto ipv6 = [](std::uint8_t first, std::uint8_t second) {
    return Endpoint::ipv6({first, second}, 5);
  };
  EXPECT_TRUE(ipv6(0xfe, 0x80).is_link_local());
  EXPECT_TRUE(ipv6(0xfe, 0xbf).is_link_local());
  EXPECT_FALSE(ipv6(0xfe, 0xc0).is_link_local());
  EXPECT_FALSE(ipv6(0xff, 0x80).is_link_local());
  EXPECT_FALSE(Endpoint::ipv4({0xfe, 0x80, 0, 1}, 5).is_link_local());
}

TEST(Endpoint, PrintsAsUsersWriteIt) {
  EXPECT_EQ(Endpoint::ipv4({192, 168, 1, 7}, 17373).to_string(), "192.168.1.7:17373");
  std::array<std::uint8_t, 16> address{};
  EXPECT_EQ(Endpoint::ipv6(address, 1).to_string(), "[::]:1");
  address[15] = 1;
  EXPECT_EQ(Endpoint::ipv6(address, 1).to_string(), "[::1]:1");
  address = {0xfe, 0x80};
  address[15] = 9;
  EXPECT_EQ(Endpoint::ipv6(address, 5, 2).to_string(), "[fe80::9%2]:5");
  address = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1};
  EXPECT_EQ(Endpoint::ipv6(address, 5).to_string(), "[2001:db8:0:1::]:5");
}

TEST(Random, IsTheSameForTheSameSeedAndStaysInItsBounds) {
  Random a(7), b(7), c(8);
  EXPECT_EQ(a.next(), b.next());
  EXPECT_NE(a.next(), c.next());
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 200; ++i) seen.insert(a.below(4));
  EXPECT_EQ(seen, (std::set<std::uint64_t>{0, 1, 2, 3}));
  EXPECT_EQ(a.below(0), 0U);
  for (int i = 0; i < 100; ++i) {
    const Duration span = a.between(Duration(10), Duration(12));
    EXPECT_GE(span.count(), 10);
    EXPECT_LE(span.count(), 12);
  }
}

TEST(Random, ShufflesWithoutLosingAnything) {
  std::vector<int> items{1, 2, 3, 4, 5};
  Random(3).shuffle(std::span<int>(items));
  EXPECT_EQ(std::set<int>(items.begin(), items.end()).size(), 5U);
}

TEST(Secret, IsZeroised) {
  std::array<std::uint8_t, 4> bytes{1, 2, 3, 4};
  zeroise(bytes);
  EXPECT_EQ(bytes, (std::array<std::uint8_t, 4>{}));
}

// protocol.md [state-order]
TEST(StateVersion, OrdersByIncarnationFirst) {
  EXPECT_LT((StateVersion{1, 900}), (StateVersion{2, 0}));
  EXPECT_LT((StateVersion{2, 0}), (StateVersion{2, 1}));
}

TEST(Result, HoldsOneOrTheOther) {
  const Result<int> good = 3;
  const Result<int> bad = Error{"no such thing"};
  EXPECT_EQ(good.value(), 3);
  EXPECT_EQ(bad.error(), "no such thing");
  EXPECT_DEATH((void)bad.value(), "check failed");
}

}  // namespace
}  // namespace dsn::test
