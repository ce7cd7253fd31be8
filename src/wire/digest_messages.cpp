// SPDX-License-Identifier: Apache-2.0
// Messages that compare what two nodes hold: SYN, ACK and LIST, and the digest items in them.
#include "wire/message_parts.hpp"
#include "wire/messages.hpp"
#include "wire/wire_limits.hpp"

namespace dsn::wire {
namespace {

constexpr std::size_t kSynElements = 4;
constexpr std::size_t kAckElements = 4;
constexpr std::size_t kListElements = 4;

DigestItems read_items(CborReader& in) {
  // The datagram itself bounds the list; this bound only repeats it.
  return read_list<DigestItems>(in, kPlaintextBytesMax, [](CborReader& r) { decode_item(r); });
}

}  // namespace

void encode_item(CborWriter& out, const DigestItem& item) {
  out.array(4);
  out.uint(item.origin_prefix);
  write_version(out, item.version);
  out.uint(item.fingerprint);
}

DigestItem decode_item(CborReader& in) {
  DigestItem item;
  if (in.array() != 4) in.fail();
  item.origin_prefix = in.uint();
  item.version = read_version(in);
  item.fingerprint = in.uint();
  return item;
}

void encode_syn(CborWriter& out, const Syn& syn) {
  begin_message(out, MessageType::syn, kSynElements);
  out.uint(syn.token);
  out.uint(syn.state_sum);
  out.array(syn.recents.count);
  out.raw(syn.recents.encoded);
  out.uint(syn.sent);
}

Syn decode_syn(CborReader& in, const MessageStart& start) {
  require_elements(in, start, kSynElements);
  Syn syn;
  syn.token = in.uint();
  syn.state_sum = in.uint();
  syn.recents = read_items(in);
  syn.sent = in.uint();
  skip_later_elements(in, start, kSynElements);
  return syn;
}

void encode_ack(CborWriter& out, const Ack& ack) {
  begin_message(out, MessageType::ack, kAckElements);
  out.uint(ack.token);
  out.array(ack.newer.count);
  out.raw(ack.newer.encoded);
  out.bytes(ack.buckets);
  out.uint(ack.sent);
}

Ack decode_ack(CborReader& in, const MessageStart& start) {
  require_elements(in, start, kAckElements);
  Ack ack;
  ack.token = in.uint();
  ack.newer = read_items(in);
  ack.buckets = in.bytes();
  if (!ack.buckets.empty() && ack.buckets.size() != kBuckets * 8) in.fail();
  ack.sent = in.uint();
  skip_later_elements(in, start, kAckElements);
  return ack;
}

void encode_list(CborWriter& out, const List& list) {
  begin_message(out, MessageType::list, kListElements);
  out.uint(list.token);
  out.boolean(list.answer);
  out.uint(list.bucket_mask);
  out.array(list.items.count);
  out.raw(list.items.encoded);
}

List decode_list(CborReader& in, const MessageStart& start) {
  require_elements(in, start, kListElements);
  List list;
  list.token = in.uint();
  list.answer = in.boolean();
  list.bucket_mask = in.uint();
  list.items = read_items(in);
  skip_later_elements(in, start, kListElements);
  return list;
}

}  // namespace dsn::wire
