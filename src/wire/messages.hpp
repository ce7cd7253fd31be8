// SPDX-License-Identifier: Apache-2.0
// The messages of the protocol as structures (docs/protocol.cddl has their form), and their
// encoders and decoders. Views point into the plaintext; nothing is allocated.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "base/ids.hpp"
#include "wire/cbor_reader.hpp"
#include "wire/cbor_writer.hpp"
#include "wire/entry.hpp"
#include "wire/wire_limits.hpp"

namespace dsn::wire {

/// The first element of every message (docs/protocol.md, section 6).
/// protocol.md [message-reserved]
enum class MessageType : std::uint8_t {
  hello = 1,
  welcome = 2,
  mail = 3,
  syn = 4,
  ack = 5,
  list = 6,
  pull = 7,
  delta = 8,
  snapshot = 9,
  manifest = 10,
  want = 11,
  chunk = 12,
  rumours = 13,
  late = 14,
  own_head = 15,
  who = 16,
  peers = 17,
  key = 18,
  // 19 is reserved.
  data = 20,
  data_ack = 21,
  bye = 22,
  head = 23,
  origin = 24,
  run = 25,
  knock = 26,
};

/// Larger types are of a later version.
inline constexpr std::uint64_t kMessageTypeMax = static_cast<std::uint64_t>(MessageType::knock);

/// A head as its owner signed it: the exact bytes, and the signature over them.
struct SignedHead {
  ByteView head;
  ByteView signature;  ///< 64 bytes
};

/// HELLO and WELCOME, which differ in the echo only.
struct Hello {
  SignedHead head;
  ByteView public_key;  ///< 65 bytes
  std::uint64_t member_sum = 0;
  std::uint64_t member_count = 0;
  std::optional<std::uint64_t> echo;  ///< WELCOME: the session id of the HELLO that it answers
};

/// Asks for a session, and proves in the same frame that the sender has its private key: `frame` is
/// sealed with the key of the session that it asks for.
struct Knock {
  ByteView public_key;     ///< 65 bytes
  std::uint64_t echo = 0;  ///< the session id of the WELCOME that it follows
  ByteView frame;          ///< a PAIR frame that begins with RUN
};

/// A bit of Run::roles: the sender answers no strangers, is not handed on, and is no relay.
inline constexpr std::uint64_t kObserverRole = 1;

/// What the sender says of its present run, in its own session: it needs no other proof.
struct Run {
  StateVersion version;
  std::string_view name;
  std::uint64_t roles = 0;     ///< kObserverRole, and bits of later versions
  std::string_view program{};  ///< version of the sender's program, or empty

  [[nodiscard]] bool is_observer() const { return (roles & kObserverRole) != 0; }
};

/// MAIL and DELTA: a change of the sender's own state.
struct Update {
  std::uint32_t incarnation = 0;  ///< 0: not said, it is that of the RUN that began the session
  std::uint64_t from = 0;         ///< the update has all changes after this version ...
  std::uint64_t to = 0;           ///< ... up to this one
  std::uint64_t flags = 0;        ///< bit 0: `from` is a checkpoint
  ChangeMap entries;
  KeyList deleted;
  std::size_t part = 0;   ///< MAIL: which part of the update this is ...
  std::size_t parts = 1;  ///< ... and of how many
};

struct Snapshot {
  StateVersion version;
  EntryMap entries;
};

/// The node whose checkpoint PULL, MANIFEST, WANT and CHUNK are about, if that is neither the
/// sender nor the receiver.
using RelayedOrigin = std::optional<NodeId>;

/// Announces a state that is sent in chunks.
struct Manifest {
  StateVersion version;
  std::uint64_t clock_ms = 0;
  std::uint64_t size = 0;
  ByteView chunk_hashes;  ///< 16 bytes each
  RelayedOrigin origin{};
};

struct Pull {
  StateVersion have;
  RelayedOrigin origin{};
};

struct Want {
  StateVersion version;
  std::array<std::uint16_t, 16> indexes{};
  std::size_t count = 0;
  RelayedOrigin origin{};
};

struct Chunk {
  StateVersion version;
  std::uint64_t index = 0;
  ByteView bytes;
  RelayedOrigin origin{};
};

/// The version that a node holds of one origin, for comparison in anti-entropy.
struct DigestItem {
  std::uint64_t origin_prefix = 0;
  StateVersion version;
  std::uint64_t fingerprint = 0;
};

/// A list of digest items in a message, which its decoder checked.
struct DigestItems {
  std::size_t count = 0;
  ByteView encoded;
};

struct Syn {
  std::uint64_t token = 0;
  std::uint64_t state_sum = 0;
  DigestItems recents;
  std::uint64_t sent = 0;  ///< frames that the sender has sealed in this session before this one
};

struct Ack {
  std::uint64_t token = 0;
  DigestItems newer;
  ByteView buckets;        ///< empty, or 64 sums of 8 bytes, big-endian
  std::uint64_t sent = 0;  ///< as in SYN
};

struct List {
  std::uint64_t token = 0;
  bool answer = false;
  std::uint64_t bucket_mask = 0;
  DigestItems items;
};

/// Asks for the addresses of the nodes whose ids begin with these prefixes.
struct Who {
  std::array<std::uint64_t, 16> prefixes{};
  std::size_t count = 0;
};

struct PeerAddress {
  NodeId id;
  Endpoint endpoint;
};

struct PeerAddresses {
  std::size_t count = 0;
  ByteView encoded;
};

/// One element of a node's hash chain, and its place in the chain.
using BeatElement = std::array<std::uint8_t, kBeatElementBytes>;
struct Beat {
  std::uint64_t index = 0;
  BeatElement element{};
};

/// The sender's own latest beat, and the latest beats that it knows of other nodes.
struct Rumours {
  Beat own;
  ByteView others;             ///< kRumourBytes each
  std::uint32_t warnings = 0;  ///< how many its agent shows
};

/// A beat of a third node, with its id and index cut short. A wrong guess of either does not fit
/// into the node's chain.
struct Rumour {
  std::uint32_t origin = 0;  ///< the first 3 bytes of the id
  std::uint16_t index = 0;   ///< the lowest 16 bits
  BeatElement element{};
};

/// A new network key, with the statement of the network's authority that it is the one
/// (core/session/key_statement.hpp).
struct KeyMessage {
  ByteView statement;
  ByteView signature;  ///< 64 bytes
  ByteView authority;  ///< its public key, 65 bytes
  ByteView key;        ///< kNetworkKeyBytes
};

/// Asks for signs of life of the nodes whose ids begin with these prefixes.
using Late = Who;

/// What a relay knows of an origin: the head of its checkpoint, its key and its latest beat.
struct Origin {
  SignedHead head;
  ByteView public_key;  ///< 65 bytes
  Beat beat;
};

/// One part of an application message (wire/app_message.hpp).
struct Data {
  std::uint64_t number = 0;  ///< of the message; never 0, and larger than those before it
  std::uint64_t size = 0;    ///< of the whole message in bytes
  std::uint64_t part = 0;    ///< from 0; all but the last have kDataPartBytes
  ByteView bytes;
};

/// What became of an application message.
enum class DataOutcome : std::uint8_t {
  incomplete = 0,      ///< parts are missing; the detail has a bit for each that is there
  delivered = 1,       ///< the detail is the number of listeners that got it
  nobody_listens = 2,  ///< no program, hook or command there takes messages of this name
  refused = 3,         ///< the receiver takes none of this name from this sender
  busy = 4,            ///< there is no room for it now; it is worth another try
  malformed = 5,       ///< it is no application message
};

/// Answers DATA.
struct DataAck {
  std::uint64_t number = 0;
  DataOutcome outcome = DataOutcome::incomplete;
  std::uint64_t detail = 0;
};

enum class ByeReason : std::uint8_t { restarting = 0, leaving = 1, asleep = 2 };

/// The sender ends its run.
struct Bye {
  // NOLINTNEXTLINE(google-explicit-constructor): mostly the reason is all there is to say.
  Bye(ByeReason reason_in = ByeReason::restarting, std::uint64_t silence_ms_in = 0)
      : reason(reason_in), silence_ms(silence_ms_in) {}
  ByeReason reason;
  std::uint64_t silence_ms;  ///< asleep: it will be back after so long at the latest
};

void encode_hello(CborWriter& out, const Hello& hello, std::size_t padding = 0);
void encode_knock(CborWriter& out, const Knock& knock);
/// Whether a program may say that this is its version: up to 32 visible characters of ASCII.
[[nodiscard]] bool is_program_version(std::string_view text);
void encode_run(CborWriter& out, const Run& run);
void encode_update(CborWriter& out, MessageType type, const Update& update);
void encode_snapshot(CborWriter& out, const Snapshot& snapshot);
void encode_manifest(CborWriter& out, const Manifest& manifest);
void encode_pull(CborWriter& out, const Pull& pull);
void encode_want(CborWriter& out, const Want& want);
void encode_chunk(CborWriter& out, const Chunk& chunk);
void encode_syn(CborWriter& out, const Syn& syn);
void encode_ack(CborWriter& out, const Ack& ack);
void encode_list(CborWriter& out, const List& list);
void encode_own_head(CborWriter& out, const SignedHead& head);
void encode_who(CborWriter& out, const Who& who);
void encode_peers(CborWriter& out, const PeerAddresses& peers);
void encode_data(CborWriter& out, const Data& data);
void encode_data_ack(CborWriter& out, const DataAck& ack);
void encode_bye(CborWriter& out, const Bye& bye);
void encode_rumours(CborWriter& out, const Rumours& rumours);
void encode_late(CborWriter& out, const Late& late);
void encode_head_message(CborWriter& out, const SignedHead& head);
void encode_origin(CborWriter& out, const Origin& origin);
void encode_key(CborWriter& out, const KeyMessage& message);

/// Encode one element of the lists above; `encoded` is their concatenation.
void encode_item(CborWriter& out, const DigestItem& item);
void encode_peer_address(CborWriter& out, const PeerAddress& peer);
/// One of the beats in Rumours::others.
std::array<std::uint8_t, kRumourBytes> encode_rumour(const Rumour& rumour);
Rumour decode_rumour(std::span<const std::uint8_t, kRumourBytes> bytes);

/// The first two parts of a message: the head of its array, and its type.
struct MessageStart {
  std::size_t elements = 0;  ///< after the type
  std::uint64_t type = 0;
};

/// Reads the start of a message. The decoders below read the known elements that follow, and skip
/// what a later version appended. On any error they fail the reader, and their result is useless.
MessageStart decode_message_start(CborReader& in);
/// Passes over the rest of a message whose type is not known.
void skip_message(CborReader& in, const MessageStart& start);

Hello decode_hello(CborReader& in, const MessageStart& start);
Knock decode_knock(CborReader& in, const MessageStart& start);
Run decode_run(CborReader& in, const MessageStart& start);
Update decode_update(CborReader& in, const MessageStart& start);
Snapshot decode_snapshot(CborReader& in, const MessageStart& start);
Manifest decode_manifest(CborReader& in, const MessageStart& start);
Pull decode_pull(CborReader& in, const MessageStart& start);
Want decode_want(CborReader& in, const MessageStart& start);
Chunk decode_chunk(CborReader& in, const MessageStart& start);
Syn decode_syn(CborReader& in, const MessageStart& start);
Ack decode_ack(CborReader& in, const MessageStart& start);
List decode_list(CborReader& in, const MessageStart& start);
SignedHead decode_own_head(CborReader& in, const MessageStart& start);
Who decode_who(CborReader& in, const MessageStart& start);
PeerAddresses decode_peers(CborReader& in, const MessageStart& start);
Data decode_data(CborReader& in, const MessageStart& start);
DataAck decode_data_ack(CborReader& in, const MessageStart& start);
Bye decode_bye(CborReader& in, const MessageStart& start);
Rumours decode_rumours(CborReader& in, const MessageStart& start);
Late decode_late(CborReader& in, const MessageStart& start);
SignedHead decode_head_message(CborReader& in, const MessageStart& start);
Origin decode_origin(CborReader& in, const MessageStart& start);
KeyMessage decode_key(CborReader& in, const MessageStart& start);

/// Read one element of a list that its decoder has checked.
DigestItem decode_item(CborReader& in);
PeerAddress decode_peer_address(CborReader& in);

}  // namespace dsn::wire
