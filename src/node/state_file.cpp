// SPDX-License-Identifier: Apache-2.0
#include "node/state_file.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/device_class.hpp"
#include "file/atomic_file.hpp"
#include "wire/cbor_reader.hpp"
#include "wire/cbor_writer.hpp"

namespace dsn::node {
namespace {

constexpr std::uint64_t kFormat = 2;
constexpr std::size_t kChecksumBytes = 8;
// The 12 keys of the map; then its values with their CBOR heads: a public key of 65 bytes, a name,
// an incarnation, a secret, an address, a port, an interface, true, a head, a signature, `reached`,
// `presence`.
constexpr std::size_t kPeerBytesMax =
    12 + 67 + (2 + kSavedNameBytesMax) + 5 + 34 + 17 + 3 + (1 + kSavedInterfaceBytesMax) + 1 +
    (2 + wire::kHeadBytesMax) + 66 + (2 + 5 + 3 * 9) + (1 + 2 * 5);
constexpr std::size_t kOtherBytesMax = 64;
// Twice the size of today, for what later versions add.
constexpr std::size_t kFileBytesMax =
    2 * (kOtherBytesMax + kSavedPeersMax * kPeerBytesMax + wire::kStateBytesMax);

enum class StateKey : std::uint64_t { owner = 1, incarnation = 2, peers = 3, kept = 4 };
enum class PeerKey : std::uint64_t {
  key = 1,
  name = 2,
  incarnation = 3,
  secret = 4,
  address = 5,
  port = 6,
  interface_name = 7,
  pinned = 8,
  head = 9,
  signature = 10,
  reached = 11,
  presence = 12
};

std::string path_in(const std::string& directory) { return directory + "/state.cbor"; }
std::string old_path_in(const std::string& directory) { return directory + "/state.cbor.old"; }

// Calls `read` with each key of a map; `read` reads the value, or returns false if it does not know
// the key.
template <typename Key, typename Read>
void read_map(wire::CborReader& in, Read read) {
  std::uint64_t last = 0;
  for (std::size_t count = in.map(); count > 0 && in.ok(); --count) {
    const std::uint64_t key = in.uint();
    if (key <= last) in.fail();
    last = key;
    if (!read(static_cast<Key>(key))) (void)in.item(wire::kValueDepthMax);
  }
}

std::uint32_t read_incarnation(wire::CborReader& in) {
  return static_cast<std::uint32_t>(in.uint_at_most(0xffffffff));
}

void read_address(wire::CborReader& in, Endpoint& endpoint) {
  const ByteView address = in.bytes();
  if (address.size() != 4 && address.size() != 16) return in.fail();
  endpoint.family = address.size() == 4 ? AddressFamily::ipv4 : AddressFamily::ipv6;
  std::ranges::copy(address, endpoint.address.begin());
}

void read_head(wire::CborReader& in, Bytes& head) {
  const ByteView bytes = in.bytes();
  if (bytes.size() > wire::kHeadBytesMax) return in.fail();
  head.assign(bytes.begin(), bytes.end());
}

template <std::size_t N>
void read_array(wire::CborReader& in, std::array<std::uint8_t, N>& out) {
  const ByteView bytes = in.bytes_of(N);
  if (in.ok()) std::ranges::copy(bytes, out.begin());
}

void read_secret(wire::CborReader& in, std::optional<core::SharedSecret>& secret) {
  const ByteView bytes = in.bytes_of(sizeof(core::SharedSecret));
  if (in.ok()) secret.emplace(bytes.first<sizeof(core::SharedSecret)>());
}

void read_reached(wire::CborReader& in, core::HighWater& reached) {
  if (in.array() != 4) return in.fail();
  reached.version.incarnation = read_incarnation(in);
  reached.version.version = in.uint();
  reached.session = SessionId{in.uint()};
  reached.clock_ms = in.uint();
}

void read_presence(wire::CborReader& in, std::optional<SavedPresence>& presence) {
  if (in.array() != 2) return in.fail();
  presence.emplace();
  presence->absent_hours = static_cast<std::uint32_t>(in.uint_at_most(kAbsentHoursMax));
  presence->asleep_minutes = static_cast<std::uint32_t>(in.uint_at_most(kAsleepMinutesMax));
}

SavedPeer read_peer(wire::CborReader& in) {
  SavedPeer peer;
  Endpoint endpoint;
  bool has_key = false;
  read_map<PeerKey>(in, [&](PeerKey key) {
    switch (key) {
      case PeerKey::key:
        has_key = true;
        std::ranges::copy(in.bytes_of(peer.key.size()), peer.key.begin());
        return true;
      case PeerKey::name:
        peer.name = in.text();
        return true;
      case PeerKey::incarnation:
        peer.incarnation = read_incarnation(in);
        return true;
      case PeerKey::secret:
        read_secret(in, peer.secret);
        return true;
      case PeerKey::address:
        read_address(in, endpoint);
        return true;
      case PeerKey::port:
        endpoint.port = static_cast<std::uint16_t>(in.uint_at_most(0xffff));
        return true;
      case PeerKey::interface_name:
        peer.interface_name = in.text();
        return true;
      case PeerKey::pinned:
        peer.pinned = in.boolean();
        return true;
      case PeerKey::head:
        read_head(in, peer.head);
        return true;
      case PeerKey::signature:
        read_array(in, peer.signature);
        return true;
      case PeerKey::reached:
        read_reached(in, peer.reached);
        return true;
      case PeerKey::presence:
        read_presence(in, peer.presence);
        return true;
    }
    return false;
  });
  if (!has_key || peer.name.size() > kSavedNameBytesMax ||
      peer.interface_name.size() > kSavedInterfaceBytesMax) {
    in.fail();
  }
  if (endpoint.port != 0) peer.endpoint = endpoint;
  return peer;
}

void write_reached(wire::CborWriter& out, const core::HighWater& reached) {
  out.array(4);
  out.uint(reached.version.incarnation);
  out.uint(reached.version.version);
  out.uint(static_cast<std::uint64_t>(reached.session));
  out.uint(reached.clock_ms);
}

void write_peer(wire::CborWriter& out, const SavedPeer& peer) {
  const auto key = [&](PeerKey of) { out.uint(static_cast<std::uint64_t>(of)); };
  const bool link_local = peer.endpoint && !peer.interface_name.empty();
  const bool headed = !peer.head.empty();
  const bool forgotten = peer.reached.version.incarnation > 0;
  out.map(3 + (peer.secret ? 1 : 0) + (peer.endpoint ? 2 : 0) + (link_local ? 1 : 0) +
          (peer.pinned ? 1 : 0) + (headed ? 2 : 0) + (forgotten ? 1 : 0) + (peer.presence ? 1 : 0));
  key(PeerKey::key);
  out.bytes(peer.key);
  key(PeerKey::name);
  out.text(peer.name);
  key(PeerKey::incarnation);
  out.uint(peer.incarnation);
  if (peer.secret) {
    key(PeerKey::secret);
    out.bytes(peer.secret->view());
  }
  if (peer.endpoint) {
    key(PeerKey::address);
    out.bytes(peer.endpoint->address_bytes());
    key(PeerKey::port);
    out.uint(peer.endpoint->port);
  }
  if (link_local) {
    key(PeerKey::interface_name);
    out.text(peer.interface_name);
  }
  if (peer.pinned) {
    key(PeerKey::pinned);
    out.boolean(true);
  }
  if (headed) {
    key(PeerKey::head);
    out.bytes(peer.head);
    key(PeerKey::signature);
    out.bytes(peer.signature);
  }
  if (forgotten) {
    key(PeerKey::reached);
    write_reached(out, peer.reached);
  }
  if (!peer.presence) return;
  key(PeerKey::presence);
  out.array(2);
  out.uint(peer.presence->absent_hours);
  out.uint(peer.presence->asleep_minutes);
}

void read_peers(wire::CborReader& in, std::vector<SavedPeer>& peers) {
  const std::size_t count = in.array();
  if (count > kSavedPeersMax) return in.fail();
  peers.reserve(count);
  while (peers.size() < count && in.ok()) peers.push_back(read_peer(in));
}

// An empty text or null where there is none.
void read_kept_class(wire::CborReader& in, KeptKey& key) {
  key.device_class = in.text();
  if (in.peek() == wire::CborType::null) return in.null();
  key.precision = static_cast<std::uint32_t>(in.uint_at_most(kPrecisionMax));
}

void read_kept(wire::CborReader& in, std::vector<KeptKey>& kept) {
  const std::size_t count = in.map();
  if (count > wire::kKeysPerNodeMax) return in.fail();
  while (kept.size() < count && in.ok()) {
    KeptKey key;
    key.key = in.text();
    const std::size_t elements = in.array();
    if (elements != 2 && elements != 4) return in.fail();
    key.value = Value::from_cbor(in.item(wire::kValueDepthMax)).value_or(Value());
    key.unit = in.text();
    if (elements == 4) read_kept_class(in, key);
    kept.push_back(std::move(key));
  }
}

void write_kept(wire::CborWriter& out, const std::vector<KeptKey>& kept) {
  out.map(kept.size());
  for (const KeptKey& key : kept) {
    out.text(key.key);
    const bool is_classed = !key.device_class.empty() || key.precision;
    out.array(is_classed ? 4 : 2);
    out.raw(key.value.cbor());
    out.text(key.unit);
    if (!is_classed) continue;
    out.text(key.device_class);
    if (key.precision) out.uint(*key.precision);
    if (!key.precision) out.null();
  }
}

SavedState read_saved_state(wire::CborReader& in) {
  SavedState state;
  read_map<StateKey>(in, [&](StateKey key) {
    switch (key) {
      case StateKey::owner:
        std::ranges::copy(in.bytes_of(state.owner.bytes.size()), state.owner.bytes.begin());
        return true;
      case StateKey::incarnation:
        state.incarnation = read_incarnation(in);
        return true;
      case StateKey::peers:
        read_peers(in, state.peers);
        return true;
      case StateKey::kept:
        read_kept(in, state.kept);
        return true;
    }
    return false;
  });
  return state;
}

// Nothing if there is no file.
Result<std::optional<SavedState>> load_file(core::CryptoPort& crypto, const std::string& path) {
  Result<std::optional<Bytes>> bytes = file::read_small_file(path, kFileBytesMax);
  if (!bytes) return bytes.failure();
  if (!bytes->has_value()) return std::optional<SavedState>();
  Result<SavedState> state = decode_saved_state(crypto, **bytes);
  zeroise(**bytes);
  if (!state) return state.failure().prefixed(path + ": ");
  return std::optional(std::move(state).value());
}

SavedState without_foreign_parts(SavedState state, const NodeId& self) {
  if (state.owner == self) return state;
  state.owner = self;
  state.incarnation = 0;
  state.kept.clear();
  for (SavedPeer& peer : state.peers) peer.secret.reset();
  return state;
}

}  // namespace

Bytes encode_saved_state(core::CryptoPort& crypto, const SavedState& state) {
  const std::size_t count = std::min(state.peers.size(), kSavedPeersMax);
  Bytes bytes(kOtherBytesMax + count * kPeerBytesMax + wire::kStateBytesMax);
  wire::CborWriter out(bytes);
  const auto key = [&](StateKey of) { out.uint(static_cast<std::uint64_t>(of)); };
  out.array(3);
  out.uint(kFormat);
  out.map(state.kept.empty() ? 3 : 4);
  key(StateKey::owner);
  out.bytes(state.owner.bytes);
  key(StateKey::incarnation);
  out.uint(state.incarnation);
  key(StateKey::peers);
  out.array(count);
  for (std::size_t i = 0; i < count; ++i) write_peer(out, state.peers[i]);
  if (!state.kept.empty()) {
    key(StateKey::kept);
    write_kept(out, state.kept);
  }
  const core::Digest256 digest = crypto.sha256(out.written());
  out.bytes(ByteView(digest).first(kChecksumBytes));
  DSN_CHECK(out.ok());
  bytes.resize(out.size());
  return bytes;
}

Result<SavedState> decode_saved_state(core::CryptoPort& crypto, ByteView bytes) {
  wire::CborReader in(bytes);
  if (in.array() != 3 || in.uint() != kFormat) return Error{"not a state file of this version"};
  SavedState state = read_saved_state(in);
  const std::size_t covered = in.offset();
  const ByteView checksum = in.bytes_of(kChecksumBytes);
  if (!in.at_end()) return Error{"damaged"};
  const core::Digest256 digest = crypto.sha256(bytes.first(covered));
  if (!std::ranges::equal(checksum, ByteView(digest).first(kChecksumBytes))) {
    return Error{"damaged: its checksum does not fit"};
  }
  return state;
}

Result<SavedState> load_state(core::CryptoPort& crypto, const std::string& directory,
                              const NodeId& self) {
  Result<std::optional<SavedState>> state = load_file(crypto, path_in(directory));
  if (!state || !state->has_value()) {
    Result<std::optional<SavedState>> old = load_file(crypto, old_path_in(directory));
    if (old && old->has_value()) state = std::move(old);
  }
  if (!state) return state.failure();
  return without_foreign_parts(std::move(*state).value_or(SavedState{}), self);
}

Result<void> save_state(core::CryptoPort& crypto, const std::string& directory, ByteView encoded) {
  const std::string path = path_in(directory);
  // A damaged file must not take the place of a good previous one.
  const Result<std::optional<SavedState>> present = load_file(crypto, path);
  const std::string previous = present && present->has_value() ? old_path_in(directory) : "";
  return file::write_file_atomically(path, encoded, file::FileMode::owner_only, previous);
}

}  // namespace dsn::node
