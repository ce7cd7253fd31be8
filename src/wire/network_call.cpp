// SPDX-License-Identifier: Apache-2.0
#include "wire/network_call.hpp"

#include <algorithm>

namespace dsn::wire {
namespace {

constexpr std::uint8_t kQuestion = 0xc0;
constexpr std::uint8_t kAnswer = 0xc1;
constexpr std::size_t kNetworkAt = 1;
constexpr std::size_t kNodesAt = 9;

}  // namespace

std::array<std::uint8_t, kNetworkCallBytes> encode_network_call(const NetworkCall& call) {
  std::array<std::uint8_t, kNetworkCallBytes> bytes{};
  bytes[0] = call.is_answer ? kAnswer : kQuestion;
  std::ranges::copy(call.network.bytes, bytes.begin() + kNetworkAt);
  bytes[kNodesAt] = static_cast<std::uint8_t>(call.nodes >> 8);
  bytes[kNodesAt + 1] = static_cast<std::uint8_t>(call.nodes);
  return bytes;
}

// protocol.md [call-format]
std::optional<NetworkCall> decode_network_call(ByteView datagram) {
  if (datagram.size() < kNetworkCallBytes) return std::nullopt;
  if (datagram[0] != kQuestion && datagram[0] != kAnswer) return std::nullopt;
  NetworkCall call{.is_answer = datagram[0] == kAnswer, .network = {}};
  std::ranges::copy(datagram.subspan(kNetworkAt, call.network.bytes.size()),
                    call.network.bytes.begin());
  call.nodes = static_cast<std::uint16_t>(datagram[kNodesAt] << 8 | datagram[kNodesAt + 1]);
  return call;
}

}  // namespace dsn::wire
