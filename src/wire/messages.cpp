// SPDX-License-Identifier: Apache-2.0
#include "wire/messages.hpp"

#include <algorithm>

#include "wire/limits.hpp"

namespace dsn {
namespace {

constexpr std::size_t kHeadBytesMax = 160;
constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kPublicKeyBytes = 65;
constexpr std::size_t kChunkHashBytes = 16;
constexpr std::size_t kAddressesPerMessage = 32;
// What unknown elements of later versions may nest; the protocol itself needs less.
constexpr std::size_t kProtocolDepthMax = 4;

constexpr std::size_t kHelloElements = 6;
constexpr std::size_t kWelcomeElements = 7;
constexpr std::size_t kUpdateElements = 7;
constexpr std::size_t kSnapshotElements = 4;
constexpr std::size_t kManifestElements = 5;
constexpr std::size_t kPullElements = 2;
constexpr std::size_t kWantElements = 3;
constexpr std::size_t kChunkElements = 4;
constexpr std::size_t kSynElements = 3;
constexpr std::size_t kAckElements = 3;
constexpr std::size_t kListElements = 4;
constexpr std::size_t kOwnHeadElements = 2;

void begin(CborWriter& out, MessageType type, std::size_t elements) {
  out.array(elements + 1);
  out.uint(static_cast<std::uint64_t>(type));
}

void require(CborReader& in, const MessageHead& head, std::size_t elements) {
  if (head.elements < elements) in.fail();
}

// What a later version appended to a message is passed over (docs/protocol.md, section 6).
// protocol.md [message-extend]
void skip_rest(CborReader& in, const MessageHead& head, std::size_t known) {
  for (std::size_t i = known; i < head.elements && in.ok(); ++i) in.item(kProtocolDepthMax);
}

void write_version(CborWriter& out, const StateVersion& version) {
  out.uint(version.incarnation);
  out.uint(version.version);
}

StateVersion read_version(CborReader& in) {
  StateVersion version;
  version.incarnation = static_cast<std::uint32_t>(in.uint_at_most(0xffffffff));
  version.version = in.uint();
  return version;
}

// Of a state that exists: an owner counts its incarnations from 1.
void require_incarnation(CborReader& in, std::uint32_t incarnation) {
  if (incarnation == 0) in.fail();
}

// Names are shown on terminals: nothing in them may command one.
bool is_printable(std::string_view name) {
  return std::ranges::none_of(name, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

SignedHead read_signed_head(CborReader& in) {
  SignedHead head;
  head.head = in.bytes();
  if (head.head.size() > kHeadBytesMax) in.fail();
  head.signature = in.bytes_of(kSignatureBytes);
  return head;
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

MessageHead decode_message_head(CborReader& in) {
  MessageHead head;
  const std::size_t elements = in.array();
  if (elements == 0) in.fail();
  head.type = in.uint();
  head.elements = in.ok() ? elements - 1 : 0;
  return head;
}

void skip_message(CborReader& in, const MessageHead& head) { skip_rest(in, head, 0); }

void encode_hello(CborWriter& out, const Hello& hello, std::size_t padding) {
  const bool welcome = hello.echo.has_value();
  const std::size_t elements = welcome ? kWelcomeElements : kHelloElements;
  begin(out, welcome ? MessageType::welcome : MessageType::hello, elements + (padding > 0 ? 1 : 0));
  out.bytes(hello.head.head);
  out.bytes(hello.head.signature);
  out.bytes(hello.public_key);
  out.text(hello.name);
  out.uint(hello.member_sum);
  out.uint(hello.member_count);
  if (welcome) out.uint(*hello.echo);
  static constexpr std::array<std::uint8_t, 512> kZeros{};
  if (padding > 0) out.bytes(ByteView(kZeros).first(std::min(padding, kZeros.size())));
}

Hello decode_hello(CborReader& in, const MessageHead& head) {
  const bool welcome = head.type == static_cast<std::uint64_t>(MessageType::welcome);
  const std::size_t elements = welcome ? kWelcomeElements : kHelloElements;
  require(in, head, elements);
  Hello hello;
  hello.head = read_signed_head(in);
  hello.public_key = in.bytes_of(kPublicKeyBytes);
  hello.name = in.text();
  if (hello.name.empty() || hello.name.size() > kNameBytesMax) in.fail();
  if (!is_printable(hello.name)) in.fail();
  hello.member_sum = in.uint();
  hello.member_count = in.uint();
  if (welcome) hello.echo = in.uint();
  skip_rest(in, head, elements);
  return hello;
}

void encode_update(CborWriter& out, MessageType type, const Update& update) {
  begin(out, type, kUpdateElements);
  out.uint(update.incarnation);
  out.uint(update.from);
  out.uint(update.to);
  out.uint(update.clock_ms);
  out.uint(update.flags);
  encode_entry_map(out, update.entries);
  encode_key_list(out, update.deleted);
}

Update decode_update(CborReader& in, const MessageHead& head) {
  require(in, head, kUpdateElements);
  Update update;
  update.incarnation = static_cast<std::uint32_t>(in.uint_at_most(0xffffffff));
  require_incarnation(in, update.incarnation);
  update.from = in.uint();
  update.to = in.uint();
  if (update.from > update.to) in.fail();
  update.clock_ms = in.uint_at_most(kSessionClockMsMax);
  update.flags = in.uint();
  update.entries = decode_entry_map(in);
  update.deleted = decode_key_list(in);
  skip_rest(in, head, kUpdateElements);
  return update;
}

void encode_snapshot(CborWriter& out, const Snapshot& snapshot) {
  begin(out, MessageType::snapshot, kSnapshotElements);
  write_version(out, snapshot.version);
  out.uint(snapshot.clock_ms);
  encode_entry_map(out, snapshot.entries);
}

Snapshot decode_snapshot(CborReader& in, const MessageHead& head) {
  require(in, head, kSnapshotElements);
  Snapshot snapshot;
  snapshot.version = read_version(in);
  require_incarnation(in, snapshot.version.incarnation);
  snapshot.clock_ms = in.uint_at_most(kSessionClockMsMax);
  snapshot.entries = decode_entry_map(in);
  skip_rest(in, head, kSnapshotElements);
  return snapshot;
}

void encode_manifest(CborWriter& out, const Manifest& manifest) {
  begin(out, MessageType::manifest, kManifestElements);
  write_version(out, manifest.version);
  out.uint(manifest.clock_ms);
  out.uint(manifest.size);
  out.bytes(manifest.chunk_hashes);
}

Manifest decode_manifest(CborReader& in, const MessageHead& head) {
  require(in, head, kManifestElements);
  Manifest manifest;
  manifest.version = read_version(in);
  require_incarnation(in, manifest.version.incarnation);
  manifest.clock_ms = in.uint_at_most(kSessionClockMsMax);
  manifest.size = in.uint_at_most(kStateBytesMax);
  manifest.chunk_hashes = in.bytes();
  const std::size_t chunks = (manifest.size + kChunkBytes - 1) / kChunkBytes;
  if (chunks == 0 || manifest.chunk_hashes.size() != chunks * kChunkHashBytes) in.fail();
  skip_rest(in, head, kManifestElements);
  return manifest;
}

void encode_pull(CborWriter& out, const Pull& pull) {
  begin(out, MessageType::pull, kPullElements);
  write_version(out, pull.have);
}

Pull decode_pull(CborReader& in, const MessageHead& head) {
  require(in, head, kPullElements);
  const Pull pull{read_version(in)};
  skip_rest(in, head, kPullElements);
  return pull;
}

void encode_want(CborWriter& out, const Want& want) {
  begin(out, MessageType::want, kWantElements);
  write_version(out, want.version);
  out.array(want.count);
  for (std::size_t i = 0; i < want.count; ++i) out.uint(want.indexes[i]);
}

Want decode_want(CborReader& in, const MessageHead& head) {
  require(in, head, kWantElements);
  Want want;
  want.version = read_version(in);
  want.count = in.array();
  if (want.count > want.indexes.size()) in.fail();
  for (std::size_t i = 0; i < want.count && in.ok(); ++i) {
    want.indexes[i] = static_cast<std::uint16_t>(in.uint_at_most(kChunksMax - 1));
  }
  skip_rest(in, head, kWantElements);
  return want;
}

void encode_chunk(CborWriter& out, const Chunk& chunk) {
  begin(out, MessageType::chunk, kChunkElements);
  write_version(out, chunk.version);
  out.uint(chunk.index);
  out.bytes(chunk.bytes);
}

Chunk decode_chunk(CborReader& in, const MessageHead& head) {
  require(in, head, kChunkElements);
  Chunk chunk;
  chunk.version = read_version(in);
  chunk.index = in.uint_at_most(kChunksMax - 1);
  chunk.bytes = in.bytes();
  if (chunk.bytes.size() > kChunkBytes) in.fail();
  skip_rest(in, head, kChunkElements);
  return chunk;
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

Syn decode_syn(CborReader& in, const MessageHead& head) {
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

Ack decode_ack(CborReader& in, const MessageHead& head) {
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

List decode_list(CborReader& in, const MessageHead& head) {
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
  begin(out, MessageType::own_head, kOwnHeadElements);
  out.bytes(head.head);
  out.bytes(head.signature);
}

SignedHead decode_own_head(CborReader& in, const MessageHead& head) {
  require(in, head, kOwnHeadElements);
  const SignedHead signed_head = read_signed_head(in);
  skip_rest(in, head, kOwnHeadElements);
  return signed_head;
}

void encode_who(CborWriter& out, const Who& who) {
  begin(out, MessageType::who, 1);
  out.array(who.count);
  for (std::size_t i = 0; i < who.count; ++i) out.uint(who.prefixes[i]);
}

Who decode_who(CborReader& in, const MessageHead& head) {
  require(in, head, 1);
  Who who;
  who.count = in.array();
  if (who.count > who.prefixes.size()) in.fail();
  for (std::size_t i = 0; i < who.count && in.ok(); ++i) who.prefixes[i] = in.uint();
  skip_rest(in, head, 1);
  return who;
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

PeerAddresses decode_peers(CborReader& in, const MessageHead& head) {
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
ByeReason decode_bye(CborReader& in, const MessageHead& head) {
  require(in, head, 1);
  const std::uint64_t reason = in.uint();
  skip_rest(in, head, 1);
  // A reason of a later version is a good-bye all the same.
  return reason == 0 ? ByeReason::restarting : ByeReason::leaving;
}

}  // namespace dsn
