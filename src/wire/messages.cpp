// SPDX-License-Identifier: Apache-2.0
#include "wire/messages.hpp"

#include <algorithm>

#include "base/big_endian.hpp"
#include "base/node_name.hpp"
#include "wire/message_parts.hpp"
#include "wire/wire_limits.hpp"

namespace dsn::wire {
namespace {

constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kPublicKeyBytes = 65;
constexpr std::size_t kAddressesPerMessage = 32;

constexpr std::size_t kHelloElements = 5;
constexpr std::size_t kWelcomeElements = 6;
constexpr std::size_t kSignedHeadElements = 2;
constexpr std::size_t kRumoursElementsMin = 3;
constexpr std::size_t kRumoursElementsMax = 4;
constexpr std::size_t kOriginElements = 5;
constexpr std::size_t kKeyElements = 4;
constexpr std::size_t kKnockElements = 3;
constexpr std::size_t kRunElementsMin = 3;
constexpr std::size_t kRunElementsMax = 5;
constexpr std::size_t kProgramBytesMax = 32;
constexpr std::size_t kByeElementsMin = 1;
constexpr std::size_t kByeElementsMax = 2;

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
  begin_message(out, type, 1);
  out.array(who.count);
  for (std::size_t i = 0; i < who.count; ++i) out.uint(who.prefixes[i]);
}

Who read_prefixes(CborReader& in, const MessageStart& start) {
  require_elements(in, start, 1);
  Who who;
  who.count = in.array();
  if (who.count > who.prefixes.size()) in.fail();
  for (std::size_t i = 0; i < who.count && in.ok(); ++i) who.prefixes[i] = in.uint();
  skip_later_elements(in, start, 1);
  return who;
}

}  // namespace

MessageStart decode_message_start(CborReader& in) {
  MessageStart start;
  const std::size_t elements = in.array();
  if (elements == 0) in.fail();
  start.type = in.uint();
  start.elements = in.ok() ? elements - 1 : 0;
  return start;
}

void skip_message(CborReader& in, const MessageStart& start) { skip_later_elements(in, start, 0); }

void encode_hello(CborWriter& out, const Hello& hello, std::size_t padding) {
  const bool welcome = hello.echo.has_value();
  const std::size_t elements = welcome ? kWelcomeElements : kHelloElements;
  begin_message(out, welcome ? MessageType::welcome : MessageType::hello,
                elements + (padding > 0 ? 1 : 0));
  write_signed_head(out, hello.head);
  out.bytes(hello.public_key);
  out.uint(hello.member_sum);
  out.uint(hello.member_count);
  if (welcome) out.uint(*hello.echo);
  static constexpr std::array<std::uint8_t, 512> kZeros{};
  if (padding > 0) out.bytes(ByteView(kZeros).first(std::min(padding, kZeros.size())));
}

Hello decode_hello(CborReader& in, const MessageStart& start) {
  const bool welcome = start.type == static_cast<std::uint64_t>(MessageType::welcome);
  const std::size_t elements = welcome ? kWelcomeElements : kHelloElements;
  require_elements(in, start, elements);
  Hello hello;
  hello.head = read_signed_head(in);
  hello.public_key = in.bytes_of(kPublicKeyBytes);
  hello.member_sum = in.uint();
  hello.member_count = in.uint();
  if (welcome) hello.echo = in.uint();
  skip_later_elements(in, start, elements);
  return hello;
}

void encode_knock(CborWriter& out, const Knock& knock) {
  begin_message(out, MessageType::knock, kKnockElements);
  out.bytes(knock.public_key);
  out.uint(knock.echo);
  out.bytes(knock.frame);
}

Knock decode_knock(CborReader& in, const MessageStart& start) {
  require_elements(in, start, kKnockElements);
  Knock knock;
  knock.public_key = in.bytes_of(kPublicKeyBytes);
  knock.echo = in.uint();
  knock.frame = in.bytes();
  skip_later_elements(in, start, kKnockElements);
  return knock;
}

bool is_program_version(std::string_view text) {
  return text.size() <= kProgramBytesMax &&
         std::ranges::all_of(text, [](char c) { return c >= 0x21 && c <= 0x7e; });
}

void encode_run(CborWriter& out, const Run& run) {
  const std::size_t more = !run.program.empty() ? 2 : run.roles != 0 ? 1 : 0;
  begin_message(out, MessageType::run, kRunElementsMin + more);
  write_version(out, run.version);
  out.text(run.name);
  if (more > 0) out.uint(run.roles);
  if (more > 1) out.text(run.program);
}

// protocol.md [run-roles] [run-program]
Run decode_run(CborReader& in, const MessageStart& start) {
  require_elements(in, start, kRunElementsMin);
  Run run;
  run.version = read_version(in);
  run.name = in.text();
  if (run.version.incarnation == 0 || !is_node_name(run.name)) in.fail();
  if (start.elements > kRunElementsMin) run.roles = in.uint();
  if (start.elements > kRunElementsMin + 1) run.program = in.text();
  if (!is_program_version(run.program)) in.fail();
  skip_later_elements(in, start, kRunElementsMax);
  return run;
}

void encode_own_head(CborWriter& out, const SignedHead& head) {
  begin_message(out, MessageType::own_head, kSignedHeadElements);
  write_signed_head(out, head);
}

SignedHead decode_own_head(CborReader& in, const MessageStart& start) {
  require_elements(in, start, kSignedHeadElements);
  const SignedHead signed_head = read_signed_head(in);
  skip_later_elements(in, start, kSignedHeadElements);
  return signed_head;
}

void encode_head_message(CborWriter& out, const SignedHead& head) {
  begin_message(out, MessageType::head, kSignedHeadElements);
  write_signed_head(out, head);
}

SignedHead decode_head_message(CborReader& in, const MessageStart& start) {
  return decode_own_head(in, start);
}

void encode_origin(CborWriter& out, const Origin& origin) {
  begin_message(out, MessageType::origin, kOriginElements);
  write_signed_head(out, origin.head);
  out.bytes(origin.public_key);
  write_beat(out, origin.beat);
}

Origin decode_origin(CborReader& in, const MessageStart& start) {
  require_elements(in, start, kOriginElements);
  Origin origin;
  origin.head = read_signed_head(in);
  origin.public_key = in.bytes_of(kPublicKeyBytes);
  origin.beat = read_beat(in);
  skip_later_elements(in, start, kOriginElements);
  return origin;
}

void encode_key(CborWriter& out, const KeyMessage& message) {
  begin_message(out, MessageType::key, kKeyElements);
  out.bytes(message.statement);
  out.bytes(message.signature);
  out.bytes(message.authority);
  out.bytes(message.key);
}

KeyMessage decode_key(CborReader& in, const MessageStart& start) {
  require_elements(in, start, kKeyElements);
  KeyMessage message;
  message.statement = in.bytes();
  if (message.statement.size() > kKeyStatementBytesMax) in.fail();
  message.signature = in.bytes_of(kSignatureBytes);
  message.authority = in.bytes_of(kPublicKeyBytes);
  message.key = in.bytes_of(kNetworkKeyBytes);
  skip_later_elements(in, start, kKeyElements);
  return message;
}

void encode_who(CborWriter& out, const Who& who) { write_prefixes(out, MessageType::who, who); }

Who decode_who(CborReader& in, const MessageStart& start) { return read_prefixes(in, start); }

void encode_late(CborWriter& out, const Late& late) {
  write_prefixes(out, MessageType::late, late);
}

Late decode_late(CborReader& in, const MessageStart& start) { return read_prefixes(in, start); }

void encode_rumours(CborWriter& out, const Rumours& rumours) {
  begin_message(out, MessageType::rumours,
                rumours.warnings == 0 ? kRumoursElementsMin : kRumoursElementsMax);
  write_beat(out, rumours.own);
  out.bytes(rumours.others);
  if (rumours.warnings != 0) out.uint(rumours.warnings);
}

Rumours decode_rumours(CborReader& in, const MessageStart& start) {
  require_elements(in, start, kRumoursElementsMin);
  Rumours rumours;
  rumours.own = read_beat(in);
  rumours.others = in.bytes();
  const std::size_t size = rumours.others.size();
  if (size % kRumourBytes != 0 || size > kRumoursPerMessageMax * kRumourBytes) in.fail();
  if (start.elements > kRumoursElementsMin) {
    rumours.warnings = static_cast<std::uint32_t>(in.uint_at_most(UINT32_MAX));
  }
  skip_later_elements(in, start, kRumoursElementsMax);
  return rumours;
}

std::array<std::uint8_t, kRumourBytes> encode_rumour(const Rumour& rumour) {
  std::array<std::uint8_t, kRumourBytes> bytes;
  put_big_endian(std::span(bytes).first<3>(), rumour.origin);
  put_big_endian(std::span(bytes).subspan<3, 2>(), rumour.index);
  std::ranges::copy(rumour.element, bytes.begin() + 5);
  return bytes;
}

Rumour decode_rumour(std::span<const std::uint8_t, kRumourBytes> bytes) {
  Rumour rumour;
  rumour.origin = get_big_endian<std::uint32_t>(bytes.first<3>());
  rumour.index = get_big_endian<std::uint16_t>(bytes.subspan<3, 2>());
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
  begin_message(out, MessageType::peers, 1);
  out.array(peers.count);
  out.raw(peers.encoded);
}

PeerAddresses decode_peers(CborReader& in, const MessageStart& start) {
  require_elements(in, start, 1);
  const auto peers = read_list<PeerAddresses>(in, kAddressesPerMessage,
                                              [](CborReader& r) { decode_peer_address(r); });
  skip_later_elements(in, start, 1);
  return peers;
}

void encode_bye(CborWriter& out, const Bye& bye) {
  begin_message(out, MessageType::bye, bye.silence_ms == 0 ? kByeElementsMin : kByeElementsMax);
  out.uint(static_cast<std::uint64_t>(bye.reason));
  if (bye.silence_ms != 0) out.uint(bye.silence_ms);
}

// protocol.md [bye-unknown]
Bye decode_bye(CborReader& in, const MessageStart& start) {
  require_elements(in, start, kByeElementsMin);
  const std::uint64_t reason = in.uint();
  Bye bye(ByeReason::leaving);  // so is a reason of a later version
  if (reason <= static_cast<std::uint64_t>(ByeReason::asleep))
    bye.reason = static_cast<ByeReason>(reason);
  if (start.elements > kByeElementsMin) bye.silence_ms = in.uint_at_most(kSessionClockMsMax);
  skip_later_elements(in, start, kByeElementsMax);
  return bye;
}

}  // namespace dsn::wire
