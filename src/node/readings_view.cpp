// SPDX-License-Identifier: Apache-2.0
#include "node/readings_view.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <tuple>

#include "base/key_name.hpp"
#include "base/pattern.hpp"
#include "core/publish/key_spreader.hpp"
#include "node/freshness.hpp"
#include "node/node_labels.hpp"
#include "node/shown_node.hpp"
#include "node/subnodes.hpp"

namespace dsn::node {
namespace {

/// This node and all others that are known, without their subnodes.
std::vector<ShownNode> shown_carriers(const core::Node& node, Instant now) {
  std::vector<ShownNode> all{shown_self(node)};
  for (const auto& peer : node.peers().all()) all.push_back(shown_peer(node, *peer, now));
  std::ranges::move(shown_expected(node, now), std::back_inserter(all));
  return all;
}

std::vector<ShownNode> sorted(std::vector<ShownNode> all) {
  std::ranges::sort(all, {}, [](const ShownNode& o) { return std::tie(o.name, o.id); });
  return all;
}

/// This looks at every key of every node.
std::vector<ShownNode> shown_nodes(const core::Node& node, Instant now) {
  std::vector<ShownNode> all = shown_carriers(node, now);
  for (std::size_t i = 0, count = all.size(); i < count; ++i) {
    std::ranges::move(subnodes_of(all[i], now), std::back_inserter(all));
  }
  return sorted(std::move(all));
}

/// Those of the nodes that a name or id means. A name means the node to which it belongs, or, if it
/// belongs to none, all nodes that go by it.
std::vector<ShownNode> called(const std::string& wanted, std::vector<ShownNode> all) {
  const bool held = std::ranges::find(all, wanted, &ShownNode::label) != all.end();
  std::erase_if(all, [&](const ShownNode& shown) {
    return wanted != shown.label && wanted != shown.id.hex() &&
           wanted != disputed_label(shown.name, shown.id) && (held || wanted != shown.name);
  });
  return all;
}

/// The nodes that a query selects. No subnode has the name or id of a node, so they are looked for
/// only where there is no such node.
std::vector<ShownNode> selected(const core::Node& node, const std::optional<std::string>& wanted,
                                Instant now) {
  if (!wanted) return shown_nodes(node, now);
  std::vector<ShownNode> found = called(*wanted, shown_carriers(node, now));
  return found.empty() ? called(*wanted, shown_nodes(node, now)) : sorted(std::move(found));
}

/// Nothing if there is no such node.
std::optional<ShownNode> shown_node(const core::Node& node, const NodeId& id, Instant now) {
  if (id == node.self().id()) return shown_self(node);
  if (const core::Peer* peer = node.peers().find(id)) return shown_peer(node, *peer, now);
  if (auto expected = find_expected(node, id, now)) return expected;
  if (auto own = find_subnode(shown_self(node), id, now)) return own;
  const core::Peer* carrier = node.peers().find_prefix(id.prefix());
  if (carrier == nullptr) return std::nullopt;
  return find_subnode(shown_peer(node, *carrier, now), id, now);
}

/// The key under which it is in the store, as its node has it.
bool is_key_of(const ShownNode& shown, std::string_view stored) {
  return shown.prefix.empty() ? !subnode_of(stored) : stored.starts_with(shown.prefix);
}

std::vector<std::string> keys_of(const ShownNode& shown) {
  std::vector<std::string> keys;
  for (const auto& [key, encoded] : shown.store->entries()) {
    if (is_key_of(shown, key)) keys.push_back(key.substr(shown.prefix.size()));
  }
  std::ranges::sort(keys);
  return keys;
}

const Bytes* entry_of(const ShownNode& shown, const std::string& key) {
  if (shown.prefix.empty() && subnode_of(key)) return nullptr;
  return shown.store->find(shown.prefix + key);
}

template <typename T>
bool is_one_of(const std::vector<T>& wanted, T value) {
  return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

bool has_node(const ReadQuery& query, const ShownNode& shown) {
  const bool fits_name = !query.node || !is_pattern(*query.node) || fits(*query.node, shown.label);
  return fits_name && is_one_of(query.states, shown.state);
}

bool has_key(const ReadQuery& query, const std::string& key) {
  return (!query.key || fits(*query.key, key)) &&
         (!query.database || fits(*query.database, std::string(database_of(key))));
}

NodeEvent::Kind kind_of(core::CoreEvent::Kind kind) {
  switch (kind) {
    case core::CoreEvent::Kind::updated:
      return NodeEvent::Kind::updated;
    case core::CoreEvent::Kind::removed:
      return NodeEvent::Kind::removed;
    case core::CoreEvent::Kind::joined:
      return NodeEvent::Kind::joined;
    case core::CoreEvent::Kind::live:
      return NodeEvent::Kind::live;
    case core::CoreEvent::Kind::late:
      return NodeEvent::Kind::late;
    case core::CoreEvent::Kind::gone:
      return NodeEvent::Kind::gone;
    case core::CoreEvent::Kind::restarting:
      return NodeEvent::Kind::restarting;
    case core::CoreEvent::Kind::left:
      return NodeEvent::Kind::left;
    case core::CoreEvent::Kind::asleep:
      return NodeEvent::Kind::asleep;
    case core::CoreEvent::Kind::conflict:
      return NodeEvent::Kind::conflict;
    case core::CoreEvent::Kind::clone:
      return NodeEvent::Kind::clone;
  }
  return NodeEvent::Kind::updated;
}

/// The numbers of frames tell how long the session lasts, which begins with the agent.
std::chrono::milliseconds uptime_of(const core::Peer& peer, Instant now) {
  const std::uint64_t clock = core::clock_ms_of(peer.session.received.highest());
  return std::chrono::milliseconds(clock) + std::chrono::milliseconds(to_ms(now - peer.life.heard));
}

// A subnode has no key of its own.
void add_key(const core::Node& node, const ShownNode& shown, NodeInfo& info) {
  const core::Keyring& keys = node.keyring();
  const core::Peer* peer = node.peers().find(shown.id);
  const bool is_self = shown.id == node.self().id();
  if (!keys.contents().authority || (peer == nullptr && !is_self)) return;
  const core::KeyMark mark = is_self ? keys.mark() : core::KeySpreader::mark_of(*peer);
  if (mark == core::KeyMark::none) return;
  info.key_epoch = core::epoch_of(mark);
  info.lacks_key = mark < keys.mark();
}

NodeInfo info_of(const core::Node& node, const ShownNode& shown, Instant now) {
  NodeInfo info;
  info.name = shown.label;
  info.id = shown.id.hex();
  info.state = shown.state;
  info.since = shown_span(shown.since);
  info.reason = shown.reason;
  info.heard = shown_span(shown.heard);
  info.via = shown.via;
  info.incarnation = shown.version.incarnation;
  info.version = shown.version.version;
  info.keys = static_cast<std::uint32_t>(std::ranges::count_if(
      shown.store->entries(), [&](const auto& entry) { return is_key_of(shown, entry.first); }));
  info.conflict = shown.conflict;
  info.role = shown.role;
  if (shown.state == NodeState::self && shown.id == shown.owner) {
    info.program = node.self().run().program;
    info.uptime = std::chrono::milliseconds(to_ms(now - shown.clock_zero));
    info.warnings = node.self().warnings();
  }
  add_key(node, shown, info);
  const core::Peer* peer = node.peers().find(shown.id);
  if (peer == nullptr) return info;
  info.program = peer->session.program;
  if (peer->reachable()) {
    info.uptime = uptime_of(*peer, now);
    info.warnings = peer->life.warnings;
  }
  info.address = address_text(*peer);
  if (peer->syn.round_trip > Duration(0)) info.round_trip = peer->syn.round_trip;
  info.loss = peer->session.loss.loss();
  return info;
}

}  // namespace

NodeCounts count_nodes(const core::Node& node) {
  NodeCounts counts;
  for (const auto& peer : node.peers().all()) {
    ++counts.known;
    if (peer->reachable()) ++counts.live;
  }
  counts.known += static_cast<std::uint32_t>(node.expected().missing().size());
  return counts;
}

std::uint32_t count_keys(const core::Node& node) {
  std::size_t count = node.self().state().store().count();
  for (const auto& peer : node.peers().all()) {
    count += peer->copy.replica.store().count();
  }
  return static_cast<std::uint32_t>(count);
}

std::vector<NodeId> find_nodes(const core::Node& node, const std::optional<std::string>& wanted,
                               Instant now) {
  std::vector<NodeId> ids;
  for (const ShownNode& shown : selected(node, wanted, now)) ids.push_back(shown.id);
  return ids;
}

std::optional<NodeInfo> find_info(const core::Node& node, const NodeId& id, Instant now) {
  const std::optional<ShownNode> shown = shown_node(node, id, now);
  if (!shown) return std::nullopt;
  return info_of(node, *shown, now);
}

std::vector<std::string> list_keys(const core::Node& node, const NodeId& id) {
  const std::optional<ShownNode> shown = shown_node(node, id, Instant{});
  return shown ? keys_of(*shown) : std::vector<std::string>();
}

std::vector<Reading> list_readings(const core::Node& node, const ReadQuery& query, Instant now) {
  std::vector<Reading> result;
  const bool is_one = query.node && !is_pattern(*query.node);
  const bool is_one_key = query.key && !is_pattern(*query.key);
  for (const ShownNode& shown : selected(node, is_one ? query.node : std::nullopt, now)) {
    if (!has_node(query, shown)) continue;
    for (const std::string& key : is_one_key ? std::vector{*query.key} : keys_of(shown)) {
      const Bytes* encoded = has_key(query, key) ? entry_of(shown, key) : nullptr;
      if (encoded == nullptr) continue;
      Reading reading = reading_of(shown, key, *encoded, now);
      if (is_one_of(query.statuses, reading.freshness)) result.push_back(std::move(reading));
    }
  }
  return result;
}

std::vector<NodeInfo> list_nodes(const core::Node& node, Instant now) {
  std::vector<NodeInfo> result;
  for (const ShownNode& shown : shown_nodes(node, now)) {
    result.push_back(info_of(node, shown, now));
  }
  return result;
}

std::optional<NodeEvent> describe_event(const core::Node& node, const core::CoreEvent& event,
                                        Instant now) {
  NodeEvent result;
  result.kind = kind_of(event.kind);
  const core::Peer* peer = node.peers().find(event.origin);
  ShownNode shown = peer != nullptr ? shown_peer(node, *peer, now) : shown_self(node);
  if (const auto expected = find_expected(node, event.origin, now)) shown = *expected;
  result.key = event.key;
  if (const auto subnode = subnode_of(event.key)) {
    shown = shown_subnode(shown, *subnode, now);
    result.key = event.key.substr(shown.prefix.size());
  }
  result.node = shown.label;
  result.node_id = shown.id.hex();
  result.returned = event.returned;
  if (event.kind != core::CoreEvent::Kind::updated) return result;
  const Bytes* encoded = shown.store->find(event.key);
  if (encoded == nullptr) return std::nullopt;  // removed again in the meantime
  result.reading = reading_of(shown, result.key, *encoded, now);
  return result;
}

OwnedKey owned_key(const core::Node& node, const NodeId& id, const std::string& key, Instant now) {
  const std::optional<ShownNode> shown = shown_node(node, id, now);
  return shown ? OwnedKey{shown->owner, shown->prefix + key} : OwnedKey{id, key};
}

std::optional<Reading> find_reading(const core::Node& node, const NodeId& id,
                                    const std::string& key, Instant now) {
  const std::optional<ShownNode> shown = shown_node(node, id, now);
  const Bytes* encoded = shown ? entry_of(*shown, key) : nullptr;
  if (encoded == nullptr) return std::nullopt;
  return reading_of(*shown, key, *encoded, now);
}

void tell_present(const core::Node& node, Instant now,
                  const std::function<bool(const NodeEvent&)>& wants,
                  const std::function<void(const NodeEvent&)>& tell) {
  for (const ShownNode& shown : shown_nodes(node, now)) {
    NodeEvent event{NodeEvent::Kind::updated, shown.label, shown.id.hex(), "", std::nullopt};
    for (const auto& [stored, encoded] : shown.store->entries()) {
      if (!is_key_of(shown, stored)) continue;
      const std::string key = stored.substr(shown.prefix.size());
      event.key = key;
      event.reading.reset();
      if (!wants(event)) continue;
      event.reading = reading_of(shown, key, encoded, now);
      tell(event);
    }
    const bool gone = shown.state == NodeState::gone;
    if (!gone && (shown.state != NodeState::late || shown.awaited)) continue;
    const auto kind = gone ? NodeEvent::Kind::gone : NodeEvent::Kind::late;
    tell({kind, event.node, event.node_id, "", std::nullopt});
  }
}

}  // namespace dsn::node
