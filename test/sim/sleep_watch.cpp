// SPDX-License-Identifier: Apache-2.0
#include "sim/sleep_watch.hpp"

namespace dsn::sim {

using namespace core;

void SleepWatch::say_good_night(std::size_t index, Duration silence) {
  announced_[net_.node(index).self().session()] = silence;
  net_.stop(index, {wire::ByeReason::asleep, static_cast<std::uint64_t>(to_ms(silence))});
}

void SleepWatch::check(std::size_t index) {
  if (announced_.empty()) return;
  const SessionId own = net_.node(index).self().session();
  for (const auto& peer : net_.node(index).peers().all()) {
    const auto announced = announced_.find(peer->session.peer);
    if (announced == announced_.end() || !peer->session.ended) continue;
    const PeerState state = peer->life.state;
    const auto [heard, is_new] =
        heard_at_.try_emplace({index, own, announced->first}, net_.now(index));
    if (is_new && state != PeerState::asleep)
      broken_("a good-bye for a while is taken for another");
    const bool waits = state == PeerState::asleep || state == PeerState::left;
    if (!waits && net_.now(index) < heard->second + announced->second) {
      broken_("a node is missed while it sleeps, as it said");
    }
  }
}

std::vector<std::pair<std::size_t, const Peer*>> SleepWatch::seen(const NodeId& id) const {
  std::vector<std::pair<std::size_t, const Peer*>> all;
  for (std::size_t i = 0; i < net_.size(); ++i) {
    const Peer* peer = net_[i].running ? net_[i].node->peers().find(id) : nullptr;
    if (peer != nullptr) all.emplace_back(i, peer);
  }
  return all;
}

void SleepWatch::check_awaited(const NodeId& id) const {
  for (const auto& [index, peer] : seen(id)) {
    const SessionId own = net_[index].node->self().session();
    const bool heard = heard_at_.contains({index, own, peer->session.peer});
    if (heard && peer->life.state != PeerState::asleep) {
      broken_("a node that sleeps is not given the time to come back");
    }
  }
}

void SleepWatch::check_missed(const NodeId& id) const {
  for (const auto& [index, peer] : seen(id)) {
    const PeerState state = peer->life.state;
    const bool waits = state == PeerState::asleep || state == PeerState::overdue;
    if (waits) broken_("a node that slept and did not come back is not missed");
  }
}

}  // namespace dsn::sim
