// SPDX-License-Identifier: Apache-2.0
#include "sim/pcap.hpp"

#include "core/session/keys.hpp"

namespace dsn::sim {

using namespace core;

namespace {

constexpr std::uint16_t kGroupPort = 17374;
constexpr std::uint32_t kMagicMicroseconds = 0xa1b2c3d4;
constexpr std::uint32_t kLinkTypeRaw = 101;
constexpr std::uint32_t kSnapLength = 65535;
constexpr std::uint8_t kProtocolUdp = 17;
constexpr std::uint8_t kHops = 64;
constexpr std::size_t kUdpHeaderBytes = 8;
constexpr std::size_t kIpv4HeaderBytes = 20;

void append(Bytes& out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

/// Network byte order, the most significant byte first.
void append16(Bytes& out, std::size_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

void append32(Bytes& out, std::uint64_t value) {
  append16(out, value >> 16 & 0xffff);
  append16(out, value & 0xffff);
}

/// RFC 1071.
std::uint16_t checksum(ByteView bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    sum += i % 2 == 0 ? static_cast<std::uint32_t>(bytes[i]) << 8 : bytes[i];
  }
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

Bytes udp(const Endpoint& from, const Endpoint& to, ByteView payload) {
  const std::size_t size = kUdpHeaderBytes + payload.size();
  Bytes segment;
  append16(segment, from.port);
  append16(segment, to.port);
  append16(segment, size);
  append16(segment, 0);
  append(segment, payload);
  // The same sum for both versions of IP: zeros do not count (RFC 768; RFC 8200, section 8.1).
  Bytes summed;
  append(summed, from.address_bytes());
  append(summed, to.address_bytes());
  append32(summed, size);
  append32(summed, kProtocolUdp);
  append(summed, segment);
  const std::uint16_t sum = checksum(summed);
  segment[6] = sum == 0 ? 0xff : static_cast<std::uint8_t>(sum >> 8);
  segment[7] = sum == 0 ? 0xff : static_cast<std::uint8_t>(sum);
  return segment;
}

Bytes ipv4_header(const Endpoint& from, const Endpoint& to, std::size_t payload_bytes) {
  Bytes header{0x45, 0};
  append16(header, kIpv4HeaderBytes + payload_bytes);
  append32(header, 0x4000);  // no id, do not fragment
  header.insert(header.end(), {kHops, kProtocolUdp, 0, 0});
  append(header, from.address_bytes());
  append(header, to.address_bytes());
  const std::uint16_t sum = checksum(header);
  header[10] = static_cast<std::uint8_t>(sum >> 8);
  header[11] = static_cast<std::uint8_t>(sum);
  return header;
}

Bytes ipv6_header(const Endpoint& from, const Endpoint& to, std::size_t payload_bytes) {
  Bytes header{0x60, 0, 0, 0};
  append16(header, payload_bytes);
  header.insert(header.end(), {kProtocolUdp, kHops});
  append(header, from.address_bytes());
  append(header, to.address_bytes());
  return header;
}

void put(std::ostream& out, ByteView bytes) {
  for (const std::uint8_t byte : bytes) out.put(static_cast<char>(byte));
}

}  // namespace

PcapWriter::PcapWriter(std::ostream& out) : out_(out) {
  Bytes header;
  append32(header, kMagicMicroseconds);
  append16(header, 2);
  append16(header, 4);
  append32(header, 0);
  append32(header, 0);
  append32(header, kSnapLength);
  append32(header, kLinkTypeRaw);
  put(out_, header);
}

void PcapWriter::write(Instant at, const Endpoint& from, const Endpoint& to, ByteView payload) {
  const Bytes segment = udp(from, to, payload);
  Bytes packet = from.family == AddressFamily::ipv4 ? ipv4_header(from, to, segment.size())
                                                    : ipv6_header(from, to, segment.size());
  append(packet, segment);
  const auto us = static_cast<std::uint64_t>(at.time_since_epoch().count());
  Bytes record;
  append32(record, us / 1'000'000);
  append32(record, us % 1'000'000);
  append32(record, packet.size());
  append32(record, packet.size());
  put(out_, record);
  put(out_, packet);
}

void capture(test::VirtualNetwork& net, PcapWriter& writer) {
  net.delivering = [&net, &writer](const test::InFlight& datagram) {
    const NetworkId& network = net.node(datagram.to).network_id();
    Endpoint to = net[datagram.to].endpoint;
    if (datagram.multicast) {
      to = datagram.from.family == AddressFamily::ipv4 ? multicast_group_ipv4(network, kGroupPort)
                                                       : multicast_group_ipv6(network, kGroupPort);
    }
    writer.write(net.now(), datagram.from, to, datagram.bytes);
  };
}

}  // namespace dsn::sim
