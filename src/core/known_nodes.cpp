// SPDX-License-Identifier: Apache-2.0
// What the node knows of others for good: their names and how far they had got.
#include <algorithm>

#include "core/node.hpp"
#include "core/session/keys.hpp"

namespace dsn::core {
namespace {

KnownNode known_node(const PublicKey& key, std::string_view name, std::uint32_t incarnation,
                     const StoredHead& head) {
  KnownNode known{key, std::string(name), incarnation, {}, {}, {}};
  if (!head.verified) return known;
  known.head = head.encoded;
  known.signature = head.signature;
  return known;
}

}  // namespace

// protocol.md [marks-proven]
void Node::remember(const KnownNode& known, Instant now) {
  const NodeId id = node_id_of(crypto_, known.key);
  if (id == self_.id()) return;
  names_.pin(known.name, id, now);
  PeerTable::Tombstone tombstone;
  tombstone.key = known.key;
  tombstone.buried = now;
  tombstone.high_water = known.reached;
  const std::optional<Head> head = decode_head(known.head);
  if (head && head->id == id && head->network == keys_.network_id()) {
    tombstone.incarnation = std::min(known.incarnation, head->version.incarnation);
    if (tombstone.incarnation == head->version.incarnation) tombstone.session = head->session;
    tombstone.head = stored_head({known.head, known.signature}, *head);
    tombstone.head.verified = true;
  }
  peers_.remember(id, std::move(tombstone));
}

// protocol.md [marks-kept]
std::vector<KnownNode> Node::known() const {
  std::vector<KnownNode> all;
  for (const auto& peer : peers_.all()) {
    if (!peer->session.confirmed && peer->run.incarnation == 0) continue;
    all.push_back(known_node(peer->public_key, names_.name_of(peer->id), peer->run.incarnation,
                             peer->run.head));
  }
  for (const auto& [id, tombstone] : peers_.tombstones()) {
    all.push_back(
        known_node(tombstone.key, names_.name_of(id), tombstone.incarnation, tombstone.head));
    all.back().reached = tombstone.high_water;
  }
  return all;
}

Forgotten Node::forget(Instant now, const NodeId& id) {
  if (id == self_.id()) return Forgotten::is_self;
  const Peer* peer = peers_.find(id);
  if (peer != nullptr && peer->life.state == PeerState::met) peer = nullptr;
  const bool present =
      peer != nullptr && peer->life.state != PeerState::gone && peer->life.state != PeerState::left;
  if (present) {
    if (!peer->name_proven() || !names_.conflicts(*peer)) return Forgotten::is_present;
    if (peer->name == self_.name()) return Forgotten::is_own_name;
    names_.pin(peer->name, peer->id, now);
    return Forgotten::name_moved;
  }
  if (peer == nullptr && names_.name_of(id).empty()) return Forgotten::is_unknown;
  names_.release(id, now);
  if (peer != nullptr) {
    discovery_.drop_contact(peer->path.endpoint);
    peers_.erase(NodeId(id), now);
  }
  return Forgotten::done;
}

// Its head may not have been verified when it came, for there are only so many a second.
void Node::learn_name(Peer& peer, Instant now, Effects& effects) {
  if (peer.name_proven()) return;
  handshake_.verify_kept_head(peer, now);
  names_.look(peer, now, effects);
}

}  // namespace dsn::core
