// SPDX-License-Identifier: Apache-2.0
#include "core/peers/name_owners.hpp"

#include <algorithm>

namespace dsn::core {

void NameOwners::relayed(Peer& peer, std::string_view name) { peer.name = name; }

std::optional<NodeId> NameOwners::holder(std::string_view name) const {
  if (name == self_.name()) return self_.id();
  const auto pin = pins_.find(std::string(name));
  if (pin == pins_.end()) return std::nullopt;
  return pin->second.id;
}

// protocol.md [name-conflict]
bool NameOwners::conflicts(const NodeId& id, std::string_view name) const {
  const std::optional<NodeId> held_by = holder(name);
  return held_by && *held_by != id;
}

std::string_view NameOwners::name_of(const NodeId& id) const {
  const auto held = names_.find(id);
  return held == names_.end() ? std::string_view() : held->second;
}

// A node has one name at a time. The name that it had before is free.
void NameOwners::pin(std::string_view name, const NodeId& id, Instant now) {
  if (name.empty() || name == self_.name() || id == self_.id() || name_of(id) == name) return;
  release(id, now);
  if (const auto held = pins_.find(std::string(name)); held != pins_.end()) {
    names_.erase(held->second.id);
    pins_.erase(held);
  }
  make_room();
  pins_[std::string(name)] = {id, now};
  names_[id] = name;
}

// The oldest name of a node that is not known any more gives way. There is such a name, because a
// node that is known has one at most.
void NameOwners::make_room() {
  if (pins_.size() < kPinsMax) return;
  auto oldest = pins_.end();
  for (auto at = pins_.begin(); at != pins_.end(); ++at) {
    if (peers_.find(at->second.id) != nullptr) continue;
    if (oldest == pins_.end() || at->second.since < oldest->second.since) oldest = at;
  }
  if (oldest == pins_.end()) return;
  names_.erase(oldest->second.id);
  pins_.erase(oldest);
}

// protocol.md [name-proven] [name-first]
void NameOwners::proven(Peer& peer, std::string_view name, Instant now, Effects& effects) {
  if (peer.named_in == peer.session.peer) return;
  const bool renamed = peer.name != name || peer.named_in == SessionId{};
  peer.named_in = peer.session.peer;
  peer.name = name;
  if (name_of(peer.id) != peer.name) release(peer.id, now);
  if (!conflicts(peer)) {
    pin(peer.name, peer.id, now);
  } else if (renamed) {
    effects.event(CoreEvent::Kind::conflict, peer.id);
  }
}

void NameOwners::release(const NodeId& id, Instant now) {
  const auto held = names_.find(id);
  if (held == names_.end()) return;
  const std::string name = held->second;
  pins_.erase(name);
  names_.erase(held);
  for (const auto& peer : peers_.all()) {
    const bool bears_it = peer->id != id && peer->name == name && peer->name_proven();
    if (bears_it && peer->reachable()) return pin(name, peer->id, now);
  }
}

}  // namespace dsn::core
