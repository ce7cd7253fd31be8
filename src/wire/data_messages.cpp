// SPDX-License-Identifier: Apache-2.0
// Messages that carry application messages from one node to another: DATA, DATA_ACK.
#include <algorithm>

#include "wire/message_parts.hpp"
#include "wire/messages.hpp"
#include "wire/wire_limits.hpp"

namespace dsn::wire {
namespace {

constexpr std::size_t kDataElements = 4;
constexpr std::size_t kDataAckElements = 3;

std::size_t part_bytes(const Data& data) {
  const std::size_t begin = data.part * kDataPartBytes;
  return data.size <= begin ? 0 : std::min(data.size - begin, std::uint64_t{kDataPartBytes});
}

}  // namespace

void encode_data(CborWriter& out, const Data& data) {
  begin_message(out, MessageType::data, kDataElements);
  out.uint(data.number);
  out.uint(data.size);
  out.uint(data.part);
  out.bytes(data.bytes);
}

// protocol.md [data-parts]
Data decode_data(CborReader& in, const MessageStart& start) {
  require_elements(in, start, kDataElements);
  Data data;
  data.number = in.uint();
  data.size = in.uint_at_most(kAppMessageBytesMax);
  data.part = in.uint_at_most(kDataPartsMax - 1);
  data.bytes = in.bytes();
  const bool is_whole = !data.bytes.empty() && data.bytes.size() == part_bytes(data);
  if (data.number == 0 || !is_whole) in.fail();
  skip_later_elements(in, start, kDataElements);
  return data;
}

void encode_data_ack(CborWriter& out, const DataAck& ack) {
  begin_message(out, MessageType::data_ack, kDataAckElements);
  out.uint(ack.number);
  out.uint(static_cast<std::uint64_t>(ack.outcome));
  out.uint(ack.detail);
}

// protocol.md [data-outcome-unknown]
DataAck decode_data_ack(CborReader& in, const MessageStart& start) {
  require_elements(in, start, kDataAckElements);
  DataAck ack;
  ack.number = in.uint();
  const std::uint64_t outcome = in.uint();
  const bool is_known = outcome <= static_cast<std::uint64_t>(DataOutcome::malformed);
  ack.outcome = is_known ? static_cast<DataOutcome>(outcome) : DataOutcome::refused;
  ack.detail = in.uint();
  if (ack.number == 0) in.fail();
  skip_later_elements(in, start, kDataAckElements);
  return ack;
}

}  // namespace dsn::wire
