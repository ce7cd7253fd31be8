// SPDX-License-Identifier: Apache-2.0
#include "wire/messages.hpp"

#include <algorithm>

#include "wire/message_parts.hpp"
#include "wire/wire_limits.hpp"

namespace dsn::wire {
namespace {

constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kPublicKeyBytes = 65;
constexpr std::size_t kAddressesPerMessage = 32;

constexpr std::size_t kHelloElements = 5;
constexpr std::size_t kWelcomeElements = 6;
constexpr std::size_t kSynElements = 3;
constexpr std::size_t kAckElements = 3;
constexpr std::size_t kListElements = 4;
constexpr std::size_t kSignedHeadElements = 2;
constexpr std::size_t kRumoursElements = 3;
constexpr std::size_t kOriginElements = 5;

void write_signed_head(CborWriter& out, const SignedHead& head) {
  out.bytes(head.head);
  out.bytes(head.signature);
}

SignedHead read_signed_head(CborReader& in) {
  SignedHead head;
  head.head = in.bytes();
  if (head.head.size() > kHeadBytesMax) in.fail();
  head.signature = in.bytes_of(kSignatureBytes);
  return head;
}

void write_beat(CborWriter& out, const Beat& beat) {
  out.uint(beat.index);
  out.bytes(beat.element);
}

Beat read_beat(CborReader& in) {
  Beat beat;
  beat.index = in.uint();
  const ByteView element = in.bytes_of(beat.element.size());
  if (in.ok()) std::ranges::copy(element, beat.element.begin());
  return beat;
}

void write_prefixes(CborWriter& out, MessageType type, const Who& who) {
  begin(out, type, 1);
  out.array(who.count);
  for (std::size_t i = 0; i < who.count; ++i) out.uint(who.prefixes[i]);
}

Who read_prefixes(CborReader& in, const MessageStart& head) {
  require(in, head, 1);
  Who who;
  who.count = in.array();
  if (who.count > who.prefixes.size()) in.fail();
  for (std::size_t i = 0; i < who.count && in.ok(); ++i) who.prefixes[i] = in.uint();
  skip_rest(in, head, 1);
  return who;
}

// Each element is read once here, so that readers of the list need no further check.
template <typename List, typename ReadOne>
List read_list(CborReader& in, std::size_t count_max, ReadOne read_one) {
  List list;
  list.count = in.array();
  if (list.count > count_max) in.fail();
  const ByteView from = in.rest();
  const std::size_t start = in.offset();
  for (std::size_t i = 0; i < list.count && in.ok(); ++i) read_one(in);
  if (in.ok()) list.encoded = from.first(in.offset() - start);
  return list;
}

DigestItems read_items(CborReader& in) {
  // More than fit in a datagram cannot be there; the bound is only a second line.
  return read_list<DigestItems>(in, kPlaintextBytesMax, [](CborReader& r) { decode_item(r); });
}

}  // namespace

MessageStart decode_message_start(CborReader& in) {
  MessageStart head;
  const std::size_t elements = in.array();
  if (elements == 0) in.fail();
  head.type = in.uint();
  head.elements = in.ok() ? elements - 1 : 0;
  return head;
}

void skip_message(CborReader& in, const MessageStart& head) { skip_rest(in, head, 0); }

void encode_hello(CborWriter& out, const Hello& hello, std::size_t padding) {
  const bool welcome = hello.echo.has_value();
  const std::size_t elements = welcome ? kWelcomeElements : kHelloElements;
  begin(out, welcome ? MessageType::welcome : MessageType::hello, elements + (padding > 0 ? 1 : 0));
  write_signed_head(out, hello.head);
  out.bytes(hello.public_key);
  out.uint(hello.member_sum);
  out.uint(hello.member_count);
  if (welcome) out.uint(*hello.echo);
  static constexpr std::array<std::uint8_t, 512> kZeros{};
  if (padding > 0) out.bytes(ByteView(kZeros).first(std::min(padding, kZeros.size())));
}

Hello decode_hello(CborReader& in, const MessageStart& head) {
  const bool welcome = head.type == static_cast<std::uint64_t>(MessageType::welcome);
  const std::size_t elements = welcome ? kWelcomeElements : kHelloElements;
  require(in, head, elements);
  Hello hello;
  hello.head = read_signed_head(in);
  hello.public_key = in.bytes_of(kPublicKeyBytes);
  hello.member_sum = in.uint();
  hello.member_count = in.uint();
  if (welcome) hello.echo = in.uint();
  skip_rest(in, head, elements);
  return hello;
}

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
  begin(out, MessageType::syn, kSynElements);
  out.uint(syn.token);
  out.uint(syn.state_sum);
  out.array(syn.recents.count);
  out.raw(syn.recents.encoded);
}

Syn decode_syn(CborReader& in, const MessageStart& head) {
  require(in, head, kSynElements);
  Syn syn;
  syn.token = in.uint();
  syn.state_sum = in.uint();
  syn.recents = read_items(in);
  skip_rest(in, head, kSynElements);
  return syn;
}

void encode_ack(CborWriter& out, const Ack& ack) {
  begin(out, MessageType::ack, kAckElements);
  out.uint(ack.token);
  out.array(ack.newer.count);
  out.raw(ack.newer.encoded);
  out.bytes(ack.buckets);
}

Ack decode_ack(CborReader& in, const MessageStart& head) {
  require(in, head, kAckElements);
  Ack ack;
  ack.token = in.uint();
  ack.newer = read_items(in);
  ack.buckets = in.bytes();
  if (!ack.buckets.empty() && ack.buckets.size() != kBuckets * 8) in.fail();
  skip_rest(in, head, kAckElements);
  return ack;
}

void encode_list(CborWriter& out, const List& list) {
  begin(out, MessageType::list, kListElements);
  out.uint(list.token);
  out.boolean(list.answer);
  out.uint(list.bucket_mask);
  out.array(list.items.count);
  out.raw(list.items.encoded);
}

List decode_list(CborReader& in, const MessageStart& head) {
  require(in, head, kListElements);
  List list;
  list.token = in.uint();
  list.answer = in.boolean();
  list.bucket_mask = in.uint();
  list.items = read_items(in);
  skip_rest(in, head, kListElements);
  return list;
}

void encode_own_head(CborWriter& out, const SignedHead& head) {
  begin(out, MessageType::own_head, kSignedHeadElements);
  write_signed_head(out, head);
}

SignedHead decode_own_head(CborReader& in, const MessageStart& head) {
  require(in, head, kSignedHeadElements);
  const SignedHead signed_head = read_signed_head(in);
  skip_rest(in, head, kSignedHeadElements);
  return signed_head;
}

void encode_head_message(CborWriter& out, const SignedHead& head) {
  begin(out, MessageType::head, kSignedHeadElements);
  write_signed_head(out, head);
}

SignedHead decode_head_message(CborReader& in, const MessageStart& head) {
  return decode_own_head(in, head);
}

void encode_origin(CborWriter& out, const Origin& origin) {
  begin(out, MessageType::origin, kOriginElements);
  write_signed_head(out, origin.head);
  out.bytes(origin.public_key);
  write_beat(out, origin.beat);
}

Origin decode_origin(CborReader& in, const MessageStart& head) {
  require(in, head, kOriginElements);
  Origin origin;
  origin.head = read_signed_head(in);
  origin.public_key = in.bytes_of(kPublicKeyBytes);
  origin.beat = read_beat(in);
  skip_rest(in, head, kOriginElements);
  return origin;
}

void encode_who(CborWriter& out, const Who& who) { write_prefixes(out, MessageType::who, who); }

Who decode_who(CborReader& in, const MessageStart& head) { return read_prefixes(in, head); }

void encode_late(CborWriter& out, const Late& late) {
  write_prefixes(out, MessageType::late, late);
}

Late decode_late(CborReader& in, const MessageStart& head) { return read_prefixes(in, head); }

void encode_rumours(CborWriter& out, const Rumours& rumours) {
  begin(out, MessageType::rumours, kRumoursElements);
  write_beat(out, rumours.own);
  out.bytes(rumours.others);
}

Rumours decode_rumours(CborReader& in, const MessageStart& head) {
  require(in, head, kRumoursElements);
  Rumours rumours;
  rumours.own = read_beat(in);
  rumours.others = in.bytes();
  const std::size_t size = rumours.others.size();
  if (size % kRumourBytes != 0 || size > kRumoursPerMessageMax * kRumourBytes) in.fail();
  skip_rest(in, head, kRumoursElements);
  return rumours;
}

std::array<std::uint8_t, kRumourBytes> encode_rumour(const Rumour& rumour) {
  std::array<std::uint8_t, kRumourBytes> bytes;
  bytes[0] = static_cast<std::uint8_t>(rumour.origin >> 16);
  bytes[1] = static_cast<std::uint8_t>(rumour.origin >> 8);
  bytes[2] = static_cast<std::uint8_t>(rumour.origin);
  bytes[3] = static_cast<std::uint8_t>(rumour.index >> 8);
  bytes[4] = static_cast<std::uint8_t>(rumour.index);
  std::ranges::copy(rumour.element, bytes.begin() + 5);
  return bytes;
}

Rumour decode_rumour(std::span<const std::uint8_t, kRumourBytes> bytes) {
  Rumour rumour;
  rumour.origin = static_cast<std::uint32_t>(bytes[0] << 16 | bytes[1] << 8 | bytes[2]);
  rumour.index = static_cast<std::uint16_t>(bytes[3] << 8 | bytes[4]);
  std::ranges::copy(bytes.subspan<5>(), rumour.element.begin());
  return rumour;
}

void encode_peer_address(CborWriter& out, const PeerAddress& peer) {
  out.array(3);
  out.bytes(peer.id.bytes);
  out.bytes(peer.endpoint.address_bytes());
  out.uint(peer.endpoint.port);
}

PeerAddress decode_peer_address(CborReader& in) {
  PeerAddress peer;
  if (in.array() != 3) in.fail();
  const ByteView id = in.bytes_of(peer.id.bytes.size());
  const ByteView address = in.bytes();
  const auto port = static_cast<std::uint16_t>(in.uint_at_most(0xffff));
  if (address.size() != 4 && address.size() != 16) in.fail();
  if (!in.ok()) return peer;
  std::ranges::copy(id, peer.id.bytes.begin());
  peer.endpoint.family = address.size() == 4 ? AddressFamily::ipv4 : AddressFamily::ipv6;
  std::ranges::copy(address, peer.endpoint.address.begin());
  peer.endpoint.port = port;
  return peer;
}

void encode_peers(CborWriter& out, const PeerAddresses& peers) {
  begin(out, MessageType::peers, 1);
  out.array(peers.count);
  out.raw(peers.encoded);
}

PeerAddresses decode_peers(CborReader& in, const MessageStart& head) {
  require(in, head, 1);
  const auto peers = read_list<PeerAddresses>(in, kAddressesPerMessage,
                                              [](CborReader& r) { decode_peer_address(r); });
  skip_rest(in, head, 1);
  return peers;
}

void encode_bye(CborWriter& out, ByeReason reason) {
  begin(out, MessageType::bye, 1);
  out.uint(static_cast<std::uint64_t>(reason));
}

// protocol.md [bye-unknown]
ByeReason decode_bye(CborReader& in, const MessageStart& head) {
  require(in, head, 1);
  const std::uint64_t reason = in.uint();
  skip_rest(in, head, 1);
  // A reason of a later version is a good-bye all the same.
  return reason == 0 ? ByeReason::restarting : ByeReason::leaving;
}

}  // namespace dsn::wire
