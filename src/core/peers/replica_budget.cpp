// SPDX-License-Identifier: Apache-2.0
#include "core/peers/replica_budget.hpp"

#include <utility>

#include "core/common/injected_bugs.hpp"

namespace dsn::core {
namespace {

std::size_t above_share(std::size_t bytes) {
  const std::size_t share = has_bug(InjectedBug::no_share) ? 0 : kReplicaShareBytes;
  return bytes > share ? bytes - share : 0;
}

// protocol.md [memory-yields]
bool yields(const Peer& peer, const Peer& to) {
  if (&peer == &to || has_bug(InjectedBug::no_share)) return false;
  return peer.is_lost() == to.is_lost() ? peer.was_met_after(to) : peer.is_lost();
}

}  // namespace

// protocol.md [memory-growth]
bool ReplicaBudget::take_above(std::size_t now, std::size_t then) {
  if (then <= now) return true;
  const std::size_t more = then - now;
  if (at_most_ + more > common_) at_most_ = all_above();
  if (at_most_ + more > common_) return false;
  at_most_ += more;
  return true;
}

// protocol.md [memory-share]
bool ReplicaBudget::take(const Peer& peer, std::size_t replica_bytes) {
  const std::size_t held = peer.bytes_held();
  const std::size_t then = held - peer.copy.replica.store().encoded_bytes() + replica_bytes;
  return take_above(above_share(held), above_share(then));
}

bool ReplicaBudget::take_copy(const Peer& peer, std::size_t bytes) {
  const std::size_t held = peer.bytes_held();
  return take_above(above_share(held), above_share(held + bytes));
}

bool ReplicaBudget::could_take(const Peer* peer, std::size_t replica_bytes) const {
  std::size_t above = above_share(replica_bytes);
  if (above == 0) return true;
  for (const auto& other : peers_.all()) {
    if (other.get() == peer || (peer != nullptr && yields(*other, *peer))) continue;
    above += above_share(other->bytes_held());
  }
  return above <= common_;
}

Peer* ReplicaBudget::first_to_yield(const Peer& to) const {
  Peer* first = nullptr;
  std::pair<bool, std::size_t> most;
  for (const auto& peer : peers_.all()) {
    const std::size_t above = above_share(peer->bytes_held());
    if (above == 0 || !yields(*peer, to)) continue;
    const std::pair<bool, std::size_t> rank(peer->is_lost(), above);
    if (first != nullptr && rank <= most) continue;
    first = peer.get();
    most = rank;
  }
  return first;
}

std::size_t ReplicaBudget::all_above() const {
  std::size_t bytes = 0;
  for (const auto& peer : peers_.all()) bytes += above_share(peer->bytes_held());
  return bytes;
}

std::size_t ReplicaBudget::in_use() const {
  std::size_t bytes = 0;
  for (const auto& peer : peers_.all()) bytes += peer->bytes_held();
  return bytes;
}

}  // namespace dsn::core
