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

}  // namespace dsn::core
