// SPDX-License-Identifier: Apache-2.0
#include "core/join/half_met.hpp"

#include <algorithm>
#include <iterator>

namespace dsn::core {

void HalfMet::note(const NodeId& id, std::string_view name, const Arrival& arrival, bool left_out,
                   Instant now) {
  std::erase_if(nodes_, [&](const HeardNode& node) { return now - node.last > kLife; });
  if (is_in_contact(id)) return;
  auto at = std::ranges::find(nodes_, id, &HeardNode::id);
  if (at == nodes_.end()) {
    if (nodes_.size() == kNodes)
      nodes_.erase(std::ranges::min_element(nodes_, {}, &HeardNode::last));
    at = nodes_.insert(nodes_.end(), {.id = id, .first = now});
  }
  at->name = name;
  at->at = arrival.from;
  at->interface_name = arrival.interface_name;
  at->multicast = arrival.multicast;
  at->left_out = left_out;
  at->last = now;
  ++at->count;
}

void HalfMet::forget(const NodeId& id) {
  std::erase_if(nodes_, [&](const HeardNode& node) { return node.id == id; });
}

std::vector<HeardNode> HalfMet::all(Instant now) const {
  std::vector<HeardNode> found;
  std::ranges::copy_if(nodes_, std::back_inserter(found), [&](const HeardNode& node) {
    return now - node.last <= kLife && !is_in_contact(node.id);
  });
  return found;
}

bool HalfMet::is_in_contact(const NodeId& id) const {
  const Peer* peer = peers_.find(id);
  return peer != nullptr && peer->reachable();
}

}  // namespace dsn::core
