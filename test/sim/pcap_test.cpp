// SPDX-License-Identifier: Apache-2.0
#include "sim/pcap.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace dsn::sim {
namespace {

const Bytes kPayload{1, 2, 3, 4, 5};  // an odd number: the checksum pads it

/// The packet of a capture that holds one.
Bytes packet_of(const Endpoint& from, const Endpoint& to) {
  std::ostringstream out;
  PcapWriter(out).write(Instant{} + Duration(3'000'007), from, to, kPayload);
  const std::string text = out.str();
  const Bytes all(text.begin(), text.end());
  const std::size_t size = all.size() - 24 - 16;
  EXPECT_EQ(Bytes(all.begin() + 24, all.begin() + 40),
            (Bytes{0, 0, 0, 3, 0, 0, 0, 7, 0, 0, 0, static_cast<std::uint8_t>(size), 0, 0, 0,
                   static_cast<std::uint8_t>(size)}));
  return Bytes(all.begin() + 40, all.end());
}

/// RFC 1071: what is followed by its own checksum comes to 0xffff.
std::uint32_t sum_of(ByteView bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += bytes[i] << (i % 2 == 0 ? 8 : 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

/// Of addresses and UDP datagram, which follow each other in both versions of IP, with the rest of
/// the pseudo header: length and protocol.
std::uint32_t udp_sum_of(const Bytes& packet, std::size_t addresses_at) {
  Bytes summed(packet.begin() + static_cast<std::ptrdiff_t>(addresses_at), packet.end());
  summed.insert(summed.begin(), {0, static_cast<std::uint8_t>(8 + kPayload.size()), 0, 17});
  return sum_of(summed);
}

TEST(Pcap, WrapsADatagramInIpv4) {
  const Bytes packet =
      packet_of(Endpoint::ipv4({10, 0, 0, 1}, 17373), Endpoint::ipv4({239, 255, 1, 2}, 17374));
  ASSERT_EQ(packet.size(), 20 + 8 + kPayload.size());
  EXPECT_EQ(Bytes(packet.begin(), packet.begin() + 4), (Bytes{0x45, 0, 0, 33}));
  EXPECT_EQ(Bytes(packet.begin() + 12, packet.begin() + 26),
            (Bytes{10, 0, 0, 1, 239, 255, 1, 2, 0x43, 0xdd, 0x43, 0xde, 0, 13}));
  EXPECT_EQ(Bytes(packet.begin() + 28, packet.end()), kPayload);
  EXPECT_EQ(sum_of(ByteView(packet).first(20)), 0xffffU);
  EXPECT_EQ(udp_sum_of(packet, 12), 0xffffU);
}

TEST(Pcap, WrapsADatagramInIpv6) {
  const std::array<std::uint8_t, 16> host{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  const std::array<std::uint8_t, 16> group{0xff, 0x12, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8};
  const Bytes packet = packet_of(Endpoint::ipv6(host, 17373), Endpoint::ipv6(group, 17374));
  ASSERT_EQ(packet.size(), 40 + 8 + kPayload.size());
  EXPECT_EQ(Bytes(packet.begin(), packet.begin() + 7), (Bytes{0x60, 0, 0, 0, 0, 13, 17}));
  EXPECT_TRUE(std::equal(host.begin(), host.end(), packet.begin() + 8));
  EXPECT_TRUE(std::equal(group.begin(), group.end(), packet.begin() + 24));
  EXPECT_EQ(udp_sum_of(packet, 8), 0xffffU);
}

}  // namespace
}  // namespace dsn::sim
