// SPDX-License-Identifier: Apache-2.0
#include "core/known_nodes.hpp"

#include <algorithm>

#include "core/session/keys.hpp"

namespace dsn::core {
namespace {

KnownNode known_node(const PublicKey& key, std::string_view name, std::uint32_t incarnation,
                     const StoredHead& head) {
  KnownNode known{key, std::string(name), incarnation, {}, {}, {}, {}};
  known.head = head.encoded;
  known.signature = head.signature;
  return known;
}

// protocol.md [remembered-kept]
std::optional<RememberedNode> remembered_node(const Peer& peer, Instant now) {
  if (!peer.life.was_there || peer.life.state == PeerState::left) return std::nullopt;
  RememberedNode remembered{peer.name, peer.path.last(), now - peer.life.heard, {}};
  if (peer.life.state == PeerState::asleep) {
    remembered.silence = std::max(peer.life.since + peer.life.silence - now, Duration(1s));
  }
  return remembered;
}

}  // namespace

// protocol.md [marks-proven]
void KnownNodes::remember(const KnownNode& known, Instant now) {
  const NodeId id = node_id_of(crypto_, known.key);
  if (id == self_.id()) return;
  names_.pin(known.name, id, now);
  PeerTable::ForgottenNode node;
  node.key = known.key;
  node.forgotten = now;
  node.high_water = known.reached;
  node.met_before = true;
  const std::optional<Head> head = decode_head(known.head);
  if (head && head->id == id && keys_.is_ours(head->network)) {
    node.incarnation = std::min(known.incarnation, head->version.incarnation);
    node.head = stored_head({known.head, known.signature}, *head);
  }
  peers_.remember(id, std::move(node));
  show(known, id, now);
}

// protocol.md [remembered-shown]
void KnownNodes::show(const KnownNode& known, const NodeId& id, Instant now) {
  if (!known.remembered || !admission_.admits(id, known.remembered->name)) return;
  if (!crypto_.agrees_at_once(known.key)) {
    if (agreements_left_ == 0) return;
    --agreements_left_;
  }
  SharedSecret secret;
  if (!crypto_.agree(known.key, secret)) return;
  const RememberedNode& node = *known.remembered;
  Peer* peer = admission_.add(known.key, id, secret, node.name, {}, now);
  if (peer == nullptr) return;
  NameOwners::relayed(*peer, node.name);
  peer->path.remembered = node.last;
  liveness_.remember(*peer, node.absent, node.silence, now);
}

// protocol.md [marks-kept]
std::vector<KnownNode> KnownNodes::all(Instant now) const {
  std::vector<KnownNode> all;
  for (const auto& peer : peers_.all()) {
    const bool was_met = peer->session.confirmed || peer->run.incarnation > 0;
    if (!was_met && !peer->life.was_there) continue;
    all.push_back(known_node(peer->public_key, names_.name_of(peer->id), peer->run.incarnation,
                             peer->run.head));
    all.back().remembered = remembered_node(*peer, now);
  }
  for (const auto& [id, node] : peers_.forgotten()) {
    all.push_back(known_node(node.key, names_.name_of(id), node.incarnation, node.head));
    all.back().reached = node.high_water;
  }
  return all;
}

}  // namespace dsn::core
