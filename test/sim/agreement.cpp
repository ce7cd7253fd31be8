// SPDX-License-Identifier: Apache-2.0
// What all must come to agree on.
#include <fmt/format.h>

#include "sim/invariants.hpp"

namespace dsn::sim {

using namespace core;

std::string Invariants::ghost_of(const NodeId& dead) const {
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (!net_[i].running) continue;
    const Peer* peer = net_[i].node->peers().find(dead);
    const bool lives =
        peer != nullptr && (peer->reachable() || peer->life.state == PeerState::live);
    if (lives) return net_[i].options.name;
  }
  return {};
}

const Peer* Invariants::peer_of(std::size_t reader, std::size_t owner) const {
  return net_[reader].node->peers().find(net_[owner].node->self().id());
}

bool Invariants::compares(std::size_t reader, std::size_t owner) const {
  if (reader == owner || !net_[reader].running || !net_[owner].running) return false;
  if (net_[reader].options.observer && net_[owner].options.observer) return false;
  return is_trusted(net_[reader].node->self().id()) && is_trusted(net_[owner].node->self().id());
}

std::string Invariants::stranger() const {
  for (std::size_t reader = 0; reader < net_.size(); ++reader) {
    for (std::size_t owner = 0; owner < net_.size(); ++owner) {
      if (!compares(reader, owner)) continue;
      const Peer* peer = peer_of(reader, owner);
      if (peer != nullptr && peer->life.state == PeerState::live) continue;
      return net_[reader].options.name + " misses " + net_[owner].options.name;
    }
  }
  return {};
}

// Who meets all, and does not hold what they have.
std::string Invariants::behind() const {
  for (std::size_t reader = 0; reader < net_.size(); ++reader) {
    for (std::size_t owner = 0; owner < net_.size(); ++owner) {
      if (!compares(reader, owner)) continue;
      const StateVersion held = peer_of(reader, owner)->copy.replica.version();
      const StateVersion has = net_.node(owner).self().version();
      if (held == has) continue;
      return fmt::format("{} holds {}.{} of {}, which has {}.{}", net_[reader].options.name,
                         held.incarnation, held.version, net_[owner].options.name, has.incarnation,
                         has.version);
    }
  }
  return {};
}

// What each node holds of those who are not there: for the report.
std::string Invariants::holdings() const {
  std::string text;
  for (std::size_t index = 0; index < net_.size(); ++index) {
    if (!net_[index].running) continue;
    text += fmt::format("\n{} holds", net_[index].options.name);
    for (const auto& peer : net_[index].node->peers().all()) {
      if (peer->reachable()) continue;
      text += fmt::format(" {}:", peer->id.hex().substr(0, 4));
      if (!peer->copy.checkpoint) {
        text += "nothing";
        continue;
      }
      const StateVersion& version = peer->copy.checkpoint->head.version;
      text += fmt::format("{}.{}", version.incarnation, version.version);
    }
  }
  return text;
}

// They do not look for each other, nor tell what they hold of those who are gone.
bool Invariants::has_observers() const {
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (net_[i].options.observer) return true;
  }
  return false;
}

bool Invariants::in_agreement() {
  const bool sums_tell = untrusted_.empty() && !forgotten_somewhere_ && !has_observers();
  if (sums_tell ? !net_.in_sync() : !all_meet()) return false;
  for (std::size_t reader = 0; reader < net_.size(); ++reader) {
    for (std::size_t owner = 0; owner < net_.size(); ++owner) {
      if (!compares(reader, owner)) continue;
      const LocalNode& self = net_.node(owner).self();
      const Peer* peer = peer_of(reader, owner);
      if (peer->copy.replica.version() != self.version()) return false;
      if (peer->copy.replica.store().entries() == self.state().store().entries()) continue;
      if (sums_tell) broken("two states under one version, and nobody notices");
      return false;
    }
  }
  return true;
}

}  // namespace dsn::sim
