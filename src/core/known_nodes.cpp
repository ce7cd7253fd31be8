// SPDX-License-Identifier: Apache-2.0
#include "core/known_nodes.hpp"

#include <algorithm>

#include "core/session/keys.hpp"

namespace dsn::core {
namespace {

KnownNode known_node(const PublicKey& key, std::string_view name, std::uint32_t incarnation,
                     const StoredHead& head) {
  KnownNode known{key, std::string(name), incarnation, {}, {}, {}};
  known.head = head.encoded;
  known.signature = head.signature;
  return known;
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
  if (head && head->id == id && head->network == network_) {
    node.incarnation = std::min(known.incarnation, head->version.incarnation);
    node.head = stored_head({known.head, known.signature}, *head);
  }
  peers_.remember(id, std::move(node));
}

// protocol.md [marks-kept]
std::vector<KnownNode> KnownNodes::all() const {
  std::vector<KnownNode> all;
  for (const auto& peer : peers_.all()) {
    if (!peer->session.confirmed && peer->run.incarnation == 0) continue;
    all.push_back(known_node(peer->public_key, names_.name_of(peer->id), peer->run.incarnation,
                             peer->run.head));
  }
  for (const auto& [id, node] : peers_.forgotten()) {
    all.push_back(known_node(node.key, names_.name_of(id), node.incarnation, node.head));
    all.back().reached = node.high_water;
  }
  return all;
}

}  // namespace dsn::core
