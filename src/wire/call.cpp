// SPDX-License-Identifier: Apache-2.0
#include "wire/call.hpp"

#include <algorithm>

#include "base/big_endian.hpp"

namespace dsn::wire {
namespace {

// Class 3, and what it is.
constexpr std::array<std::uint8_t, 5> kCall{0xc2, 'D', 'S', 'N', '?'};
constexpr std::array<std::uint8_t, 5> kAnswer{0xc3, 'D', 'S', 'N', '!'};
constexpr std::size_t kNonceAt = kCall.size();
constexpr std::size_t kNetworkAt = kNonceAt + 8;
constexpr std::size_t kMarkAt = kNetworkAt + 8;
static_assert(kMarkAt + 8 == kCallAnswerBytes && kCallBytes > kCallAnswerBytes);

bool begins_with(ByteView datagram, const std::array<std::uint8_t, 5>& start, std::size_t size) {
  return datagram.size() == size && std::ranges::equal(datagram.first(start.size()), start);
}

std::uint64_t number_at(ByteView datagram, std::size_t at) {
  return get_big_endian<std::uint64_t>(datagram.subspan(at, 8));
}

}  // namespace

std::array<std::uint8_t, kCallBytes> encode_call(std::uint64_t nonce) {
  std::array<std::uint8_t, kCallBytes> call{};
  std::ranges::copy(kCall, call.begin());
  put_big_endian(std::span(call).subspan<kNonceAt, 8>(), nonce);
  return call;
}

std::optional<std::uint64_t> decode_call(ByteView datagram) {
  if (!begins_with(datagram, kCall, kCallBytes)) return std::nullopt;
  return number_at(datagram, kNonceAt);
}

std::array<std::uint8_t, kCallAnswerBytes> encode_call_answer(const CallAnswer& answer) {
  std::array<std::uint8_t, kCallAnswerBytes> bytes{};
  std::ranges::copy(kAnswer, bytes.begin());
  put_big_endian(std::span(bytes).subspan<kNonceAt, 8>(), answer.nonce);
  std::ranges::copy(answer.network.bytes, bytes.begin() + kNetworkAt);
  put_big_endian(std::span(bytes).subspan<kMarkAt, 8>(), answer.name_mark);
  return bytes;
}

std::optional<CallAnswer> decode_call_answer(ByteView datagram) {
  if (!begins_with(datagram, kAnswer, kCallAnswerBytes)) return std::nullopt;
  CallAnswer answer{.nonce = number_at(datagram, kNonceAt), .network = {}, .name_mark = 0};
  std::ranges::copy(datagram.subspan(kNetworkAt, 8), answer.network.bytes.begin());
  answer.name_mark = number_at(datagram, kMarkAt);
  return answer;
}

}  // namespace dsn::wire
