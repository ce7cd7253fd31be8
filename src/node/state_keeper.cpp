// SPDX-License-Identifier: Apache-2.0
#include "node/state_keeper.hpp"

#include <net/if.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/secret.hpp"

namespace dsn::node {
namespace {

SavedPeer saved_peer(const core::Peer& peer) {
  SavedPeer saved;
  saved.key = peer.public_key;
  saved.name = peer.name;
  saved.incarnation = peer.run.incarnation;
  saved.secret = peer.secret;
  // protocol.md [observer-hidden]
  if (!peer.path.is_proven() || peer.session.is_observer) return saved;
  saved.endpoint = peer.path.endpoint;
  if (peer.path.endpoint.scope == 0) return saved;
  // A link-local address means nothing without its interface, whose number the next boot may
  // change.
  char name[IF_NAMESIZE] = "";
  if (::if_indextoname(peer.path.endpoint.scope, name) == nullptr) saved.endpoint.reset();
  if (saved.endpoint) saved.endpoint->scope = 0;
  saved.interface_name = name;
  return saved;
}

// No address if its interface does not exist on this machine now.
Endpoint endpoint_of(const SavedPeer& peer) {
  Endpoint endpoint = peer.endpoint.value_or(Endpoint{});
  if (!peer.endpoint || peer.interface_name.empty()) return endpoint;
  endpoint.scope = ::if_nametoindex(peer.interface_name.c_str());
  return endpoint.scope == 0 ? Endpoint{} : endpoint;
}

SavedPresence presence_of(const core::RememberedNode& node) {
  const auto hours = std::chrono::floor<std::chrono::hours>(std::max(node.absent, Duration(0)));
  const auto minutes = std::chrono::ceil<std::chrono::minutes>(node.silence);
  return {static_cast<std::uint32_t>(std::min<std::int64_t>(hours.count(), kAbsentHoursMax)),
          static_cast<std::uint32_t>(std::min<std::int64_t>(minutes.count(), kAsleepMinutesMax))};
}

std::optional<core::RememberedNode> remembered_node(const SavedPeer& peer) {
  if (!peer.presence) return std::nullopt;
  return core::RememberedNode{peer.name, endpoint_of(peer),
                              std::chrono::hours(peer.presence->absent_hours),
                              std::chrono::minutes(peer.presence->asleep_minutes)};
}

}  // namespace

std::vector<Endpoint> remembered_endpoints(const SavedState& state) {
  std::vector<Endpoint> endpoints;
  for (const SavedPeer& peer : state.peers) {
    const Endpoint endpoint = endpoint_of(peer);
    if (endpoint.port != 0) endpoints.push_back(endpoint);
  }
  return endpoints;
}

std::vector<core::KnownNode> known_nodes(const SavedState& state) {
  std::vector<core::KnownNode> known;
  for (const SavedPeer& peer : state.peers) {
    known.push_back({peer.key, peer.pinned ? peer.name : "", peer.incarnation, peer.head,
                     peer.signature, peer.reached, remembered_node(peer)});
  }
  return known;
}

SavedState state_to_save(const core::Node& node, const SavedState& earlier, Instant now) {
  std::map<core::PublicKey, SavedPeer> peers;  // in the same order each time
  for (const auto& peer : node.peers().all()) {
    if (peer->session.confirmed) peers.emplace(peer->public_key, saved_peer(*peer));
  }
  for (const SavedPeer& peer : earlier.peers) {
    if (const auto [known, added] = peers.try_emplace(peer.key, peer); !added) {
      known->second.incarnation = std::max(known->second.incarnation, peer.incarnation);
    }
    peers[peer.key].presence.reset();
    if (peers.size() >= kSavedPeersMax) break;
  }
  // What the core knows of earlier runs is newer than what was loaded.
  for (core::KnownNode& known : node.known(now)) {
    if (!peers.contains(known.key) && peers.size() >= kSavedPeersMax) continue;
    SavedPeer& peer = peers[known.key];
    peer.key = known.key;
    peer.incarnation = std::max(peer.incarnation, known.incarnation);
    peer.head = std::move(known.head);
    peer.signature = known.signature;
    peer.reached = known.reached;
    peer.pinned = !known.name.empty();
    if (peer.pinned) peer.name = std::move(known.name);
    if (known.remembered) peer.presence = presence_of(*known.remembered);
  }
  SavedState state{node.self().id(), node.self().version().incarnation, {}};
  for (const auto& [key, peer] : peers) state.peers.push_back(peer);
  return state;
}

StateKeeper::StateKeeper(core::CryptoPort& crypto, const Credentials& credentials, Collect collect)
    : crypto_(crypto),
      credentials_(credentials),
      collect_(std::move(collect)),
      identity_kept_(credentials.kept) {}

void StateKeeper::note_change(Instant now) {
  if (due_ == kNever) due_ = std::max(now + kSaveDelay, changes_saved_ + kSaveInterval);
}

void StateKeeper::note_kept_change(Instant now) {
  due_ = std::min(due_, std::max(now + kKeepDelay, changes_saved_ + kKeepInterval));
}

SaveChange StateKeeper::save(Instant now) {
  if (due_ <= now) changes_saved_ = now;
  due_ = kNever;
  if (const Result<void> written = write(); !written) return note_failure(now, written.error());
  const bool recovered = !problem_.empty();
  problem_.clear();
  retry_pause_ = {};
  return recovered ? SaveChange::recovered : SaveChange::none;
}

Result<void> StateKeeper::write() {
  if (!identity_kept_) {
    if (Result<void> kept = keep_identity(credentials_); !kept) return kept;
    identity_kept_ = true;
  }
  Bytes encoded = encode_saved_state(crypto_, collect_());
  const core::Digest256 digest = crypto_.sha256(encoded);
  Result<void> saved;
  if (digest != on_disk_) saved = save_state(crypto_, credentials_.directory, encoded);
  if (saved) on_disk_ = digest;
  zeroise(encoded);
  return saved;
}

SaveChange StateKeeper::note_failure(Instant now, const std::string& problem) {
  const bool is_first = problem_.empty();
  problem_ = problem;
  retry_pause_ = std::clamp(2 * retry_pause_, kSaveRetryMin, kSaveInterval);
  due_ = now + retry_pause_;
  return is_first ? SaveChange::failed : SaveChange::none;
}

}  // namespace dsn::node
