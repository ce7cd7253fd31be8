// SPDX-License-Identifier: Apache-2.0
#include "core/forget.hpp"

namespace dsn::core {

Forgotten forget_node(const NodeId& id, const LocalNode& self, PeerTable& peers, NameOwners& names,
                      Discovery& discovery, Instant now) {
  if (id == self.id()) return Forgotten::is_self;
  const Peer* peer = peers.find(id);
  const bool present =
      peer != nullptr && !peer->is_lost() && peer->life.state != PeerState::awaited;
  if (present) {
    if (!peer->name_proven() || !names.conflicts(*peer)) return Forgotten::is_present;
    if (peer->name == self.name()) return Forgotten::is_own_name;
    names.pin(peer->name, peer->id, now);
    return Forgotten::name_moved;
  }
  if (peer == nullptr && names.name_of(id).empty()) return Forgotten::is_unknown;
  names.release(id, now);
  if (peer != nullptr) {
    discovery.drop_contact(peer->path.endpoint);
    peers.erase(NodeId(id), now);
  }
  return Forgotten::done;
}

// protocol.md [out-ended]
bool put_out(const Keyring& keys, PeerTable& peers, NameOwners& names, Discovery& discovery,
             Instant now, Effects& effects) {
  bool was_member = false;
  for (const NodeId& id : keys.contents().out) {
    if (!keys.is_out(id)) continue;
    names.release(id, now);
    const Peer* peer = peers.find(id);
    if (peer == nullptr) continue;
    was_member |= peer->reachable();
    discovery.drop_contact(peer->path.endpoint);
    effects.event(CoreEvent::Kind::left, id);
    peers.erase(id, now);
  }
  return was_member;
}

}  // namespace dsn::core
