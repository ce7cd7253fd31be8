// SPDX-License-Identifier: Apache-2.0
#include "node/node_labels.hpp"
#include "net/socket_address.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "node/shown_node.hpp"

namespace dsn::node {
namespace {

constexpr std::size_t kLabelDigits = 4;
// Further conflicts would make the list of warnings long without telling the operator more.
constexpr std::size_t kWarningsMax = 5;

std::string short_id(const NodeId& id) { return id.hex().substr(0, 8); }

bool another_goes_by(const core::Node& node, const core::Peer& peer) {
  return std::ranges::any_of(node.peers().all(), [&](const auto& other) {
    return other->id != peer.id && other->name == peer.name && other->reachable();
  });
}

const core::Peer* rival_of(const core::Node& node, const core::Peer& holder) {
  for (const auto& peer : node.peers().all()) {
    if (peer->name == holder.name && peer->name_proven() && peer->reachable() &&
        node.names().conflicts(*peer)) {
      return peer.get();
    }
  }
  return nullptr;
}

const char* presence(core::PeerState state) {
  using core::PeerState;
  if (state == PeerState::late || state == PeerState::overdue) return "late";
  if (state == core::PeerState::asleep) return "asleep";
  return state == core::PeerState::restarting ? "restarting" : "live";
}

}  // namespace

std::string disputed_label(std::string_view name, const NodeId& id) {
  return fmt::format("{}~{}", name, id.hex().substr(0, kLabelDigits));
}

bool in_conflict(const core::Node& node, const core::Peer& peer) {
  if (node.names().holder(peer.name)) return node.names().conflicts(peer);
  return peer.reachable() && another_goes_by(node, peer);
}

std::string conflict_reason(const core::Node& node, const core::Peer& peer) {
  if (!in_conflict(node, peer)) return "";
  const std::optional<NodeId> holder = node.names().holder(peer.name);
  return holder ? "the name belongs to " + short_id(*holder) : "the name is not proven yet";
}

std::optional<NodeId> find_node(const core::Node& node, const std::string& text) {
  if (text == node.self().id().hex()) return node.self().id();
  std::optional<NodeId> by_name = node.names().holder(text);
  for (const auto& peer : node.peers().all()) {
    if (text == peer->id.hex() || text == disputed_label(peer->name, peer->id)) return peer->id;
    if (text == peer->name && !by_name) by_name = peer->id;
  }
  return by_name;
}

std::string refusal_text(const core::Node& node, const NodeId& id, core::Forgotten why) {
  const core::Peer* peer = node.peers().find(id);
  if (why == core::Forgotten::is_self || peer == nullptr) {
    return fmt::format("{} is this node itself", node.self().name());
  }
  if (why == core::Forgotten::is_own_name) {
    return fmt::format("{} is the name of this node itself: give one of the two another node_id",
                       peer->name);
  }
  const std::string refusal =
      fmt::format("{} is {}: only a node that is gone or has left can be forgotten", peer->name,
                  presence(peer->life.state));
  if (const core::Peer* rival = rival_of(node, *peer)) {
    const std::string label = disputed_label(rival->name, rival->id);
    return fmt::format("{}; if {} took its place: dsn forget {}", refusal, label, label);
  }
  return refusal + "; to take it out, run there: dsn leave";
}

std::vector<Warning> conflict_warnings(const core::Node& node) {
  std::vector<Warning> warnings;
  for (const auto& peer : node.peers().all()) {
    if (!peer->reachable() || !node.names().conflicts(*peer)) continue;
    const std::string label = disputed_label(peer->name, peer->id);
    const NodeId holder = *node.names().holder(peer->name);
    warnings.push_back(
        {"name-conflict", label,
         fmt::format("two machines are called {}: {} and the one at {}, shown as {}", peer->name,
                     holder == node.self().id() ? "this one" : short_id(holder),
                     address_text(*peer), label),
         "change node_id on one of them and restart its agent" +
             (holder == node.self().id()
                  ? ""
                  : ", or, if it took the other's place: dsn forget " + label)});
    if (warnings.size() == kWarningsMax) break;
  }
  return warnings;
}

Warning twin_warning(const core::Peer& peer) {
  return {"clone", peer.name,
          fmt::format("{} runs on two machines, {} and {}: a copied SD card?", peer.name,
                      net::address_text(peer.path.endpoint), net::address_text(peer.twin.at)),
          "remove node.key in the state folder of one of them, and start its agent anew"};
}

std::vector<Warning> clone_warnings(const core::Node& node, Instant now) {
  std::vector<Warning> warnings;
  if (const auto clone = node.own_clone(now)) {
    const std::string where = clone->at.port == 0 ? "" : " at " + net::address_text(clone->at);
    warnings.push_back(
        {"clone", node.self().name(),
         fmt::format("another machine{} runs with the identity of this node, {} (a copied SD "
                     "card?){}",
                     where, node.self().name(),
                     clone->is_out ? "; the others believe that one until it stops" : ""),
         "remove node.key in the state folder of one of them, and start its agent anew"});
  }
  for (const auto& peer : node.peers().all()) {
    if (peer->twin.is_there(now)) warnings.push_back(twin_warning(*peer));
    if (warnings.size() == kWarningsMax) break;
  }
  return warnings;
}

std::vector<Warning> observer_warnings(const core::Node& node) {
  const bool alone = std::ranges::all_of(
      node.peers().members().all(), [](const auto* peer) { return peer->session.is_observer; });
  if (!node.self().is_observer() || !alone) return {};
  return {
      {"observers-only", "",
       "this node is an observer and has found no other kind of node: observers do not look for "
       "each other",
       "start a node with role: node, or name one in bootstrap_nodes"}};
}

}  // namespace dsn::node
