// SPDX-License-Identifier: Apache-2.0
#include "core/join/admission.hpp"

#include <algorithm>
#include <optional>

namespace dsn::core {
namespace {

std::optional<NodeId> id_in(std::string_view text) {
  const std::optional<Bytes> bytes = from_hex(text);
  if (!bytes || bytes->size() != sizeof(NodeId)) return std::nullopt;
  NodeId id;
  std::ranges::copy(*bytes, id.bytes.begin());
  return id;
}

}  // namespace

Admission::Admission(CryptoPort& crypto, const Keyring& keys, PeerTable& peers, Liveness& liveness,
                     Counters& counters, const std::vector<std::string>& whitelist)
    : crypto_(crypto),
      keys_(keys),
      peers_(peers),
      liveness_(liveness),
      counters_(counters),
      restricted_(!whitelist.empty()) {
  for (const std::string& entry : whitelist) {
    if (const auto id = id_in(entry)) {
      listed_ids_.insert(*id);
    } else {
      listed_names_.insert(entry);
    }
  }
}

// protocol.md [hello-listed] [out-refused]
bool Admission::admits(const NodeId& id, std::string_view name) const {
  if (keys_.is_out(id)) return false;
  return !restricted_ || listed_ids_.contains(id) || listed_names_.contains(name);
}

// protocol.md [hello-listed]
Peer* Admission::add(const PublicKey& key, const NodeId& id, const SharedSecret& secret,
                     std::string_view name, const Endpoint& from, Instant now) {
  if (!admits(id, name)) {
    counters_.add(Counter::drop_not_listed);
    return nullptr;
  }
  Peer* peer = peers_.add(id, key, from, now);
  if (peer == nullptr) {
    counters_.add(Counter::drop_table_full);
    return nullptr;
  }
  peer->secret = secret;
  peer->member_hash = member_hash(keys_.sum_key(), id);
  return peer;
}

// protocol.md [relay-room]
bool Admission::has_room_for_relayed() const {
  const auto relayed =
      std::ranges::count_if(peers_.all(), [](const auto& peer) { return peer->is_only_relayed(); });
  return static_cast<std::size_t>(relayed) < kRelayedMax && peers_.count() + 1 < kNodesMax;
}

Peer* Admission::add_relayed(const PublicKey& key, const NodeId& id, std::string_view name,
                             Instant now) {
  SharedSecret secret;
  if (!has_room_for_relayed() || !crypto_.agree(key, secret)) return nullptr;
  Peer* peer = add(key, id, secret, name, {}, now);
  if (peer == nullptr) return nullptr;
  NameOwners::relayed(*peer, name);
  liveness_.found_by_relay(*peer, now);
  liveness_.schedule_verdict(*peer, now);
  return peer;
}

}  // namespace dsn::core
