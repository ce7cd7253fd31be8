// SPDX-License-Identifier: Apache-2.0
#include "node/readings_view.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

#include "node/node_labels.hpp"

namespace dsn::node {
namespace {

/// One node's state with all that is needed to judge it, this node's own included.
struct Origin {
  NodeId id;
  std::string name;
  std::string label;  // by which it is told apart
  NodeState state = NodeState::self;
  std::string reason;
  Duration since{};
  const core::EntryStore* store = nullptr;
  StateVersion version;
  std::string via = "self";
  Duration heard{};
  Instant clock_zero{};  // when its session clock was zero, in our time
  bool conflict = false;
};

NodeState state_of(core::PeerState state) {
  switch (state) {
    case core::PeerState::met:
    case core::PeerState::live:
      return NodeState::live;
    case core::PeerState::late:
      return NodeState::late;
    case core::PeerState::gone:
      return NodeState::gone;
    case core::PeerState::restarting:
      return NodeState::restarting;
    case core::PeerState::left:
      return NodeState::left;
  }
  return NodeState::gone;
}

std::string reason_of(const core::Node& node, const core::Peer& peer) {
  std::string reason;
  const bool silent =
      peer.life.state == core::PeerState::late || peer.life.state == core::PeerState::gone;
  if (silent) reason = peer.session.ended ? "did not come back" : "silent";
  if (!peer.session.confirmed) reason = "known from others only";
  const std::string conflict = conflict_reason(node, peer);
  if (!reason.empty() && !conflict.empty()) reason += "; ";
  return reason + conflict;
}

Origin own_origin(const core::Node& node) {
  const core::LocalNode& self = node.self();
  Origin origin;
  origin.id = self.id();
  origin.name = origin.label = self.name();
  origin.store = &self.state().store();
  origin.version = self.version();
  origin.clock_zero = self.state().session_start();
  return origin;
}

Origin origin_of(const core::Node& node, const core::Peer& peer, Instant now) {
  Origin origin;
  origin.id = peer.id;
  origin.name = peer.name;
  origin.conflict = in_conflict(node, peer);
  origin.label = origin.conflict ? disputed_label(peer.name, peer.id) : peer.name;
  origin.state = state_of(peer.life.state);
  origin.reason = reason_of(node, peer);
  origin.since = now - peer.life.since;
  origin.store = &peer.copy.replica.store();
  origin.version = peer.copy.replica.version();
  origin.via = via_text(peer);
  origin.heard = now - peer.life.heard;
  origin.clock_zero = peer.copy.replica.local_time(0);
  return origin;
}

std::vector<Origin> origins(const core::Node& node, Instant now) {
  std::vector<Origin> all{own_origin(node)};
  for (const auto& peer : node.peers().all()) {
    if (peer->life.state != core::PeerState::met) all.push_back(origin_of(node, *peer, now));
  }
  std::ranges::sort(all, {}, [](const Origin& o) { return std::tie(o.name, o.id); });
  return all;
}

Freshness freshness_of(const Origin& origin, const Reading& reading) {
  if (origin.conflict) return Freshness::conflict;
  switch (origin.state) {
    case NodeState::gone:
    case NodeState::left:
      return Freshness::node_gone;
    case NodeState::late:
    case NodeState::restarting:
      return Freshness::node_late;
    case NodeState::self:
    case NodeState::live:
      break;
  }
  if (!reading.error.empty()) return Freshness::error;
  if (reading.max_age && reading.age > *reading.max_age) return Freshness::late;
  return Freshness::ok;
}

std::chrono::milliseconds milliseconds(Duration span) {
  return std::chrono::milliseconds(std::max<std::int64_t>(to_ms(span), 0));
}

Reading reading_of(const Origin& origin, const std::string& key, ByteView encoded, Instant now) {
  wire::CborReader in(encoded);
  const wire::Entry entry = wire::decode_entry(in);
  Reading reading;
  reading.node = origin.label;
  reading.node_id = origin.id.hex();
  reading.key = key;
  reading.value = Value::from_cbor(entry.value).value_or(Value());
  reading.unit = entry.unit;
  const Instant sampled = origin.clock_zero + std::chrono::milliseconds(entry.sampled_ms);
  reading.age = milliseconds(now - sampled);
  if (entry.max_age_ms > 0) reading.max_age = std::chrono::milliseconds(entry.max_age_ms);
  reading.error = entry.error;
  reading.incarnation = origin.version.incarnation;
  reading.version = entry.version;
  reading.node_heard = milliseconds(origin.heard);
  reading.via = origin.via;
  reading.freshness = freshness_of(origin, reading);
  return reading;
}

/// The nodes that a query means. A name means the node that it belongs to; if there is none, all
/// that go by it.
std::vector<Origin> selected(const core::Node& node, const std::optional<std::string>& wanted,
                             Instant now) {
  std::vector<Origin> all = origins(node, now);
  if (!wanted) return all;
  const bool held = std::ranges::find(all, *wanted, &Origin::label) != all.end();
  std::erase_if(all, [&](const Origin& origin) {
    return *wanted != origin.label && *wanted != origin.id.hex() &&
           *wanted != disputed_label(origin.name, origin.id) && (held || *wanted != origin.name);
  });
  return all;
}

NodeInfo info_of(const Origin& origin, const core::Peer* peer) {
  NodeInfo info;
  info.name = origin.label;
  info.id = origin.id.hex();
  info.state = origin.state;
  info.since = milliseconds(origin.since);
  info.reason = origin.reason;
  info.heard = milliseconds(origin.heard);
  info.via = origin.via;
  info.incarnation = origin.version.incarnation;
  info.version = origin.version.version;
  info.keys = static_cast<std::uint32_t>(origin.store->count());
  info.conflict = origin.conflict;
  if (peer == nullptr) return info;
  info.address = peer->path.endpoint.to_string();
  if (peer->syn.round_trip > Duration(0)) info.round_trip = peer->syn.round_trip;
  const std::uint64_t expected = peer->session.expected_count();
  if (expected > 0) {
    const std::uint64_t received = std::min(peer->session.received_count, expected);
    info.loss = 1.0 - static_cast<double>(received) / static_cast<double>(expected);
  }
  return info;
}

}  // namespace

std::string via_text(const core::Peer& peer) {
  const auto with = [&peer](const std::string& rung, char open, const std::string& close) {
    return peer.path.via.empty() ? rung : rung + open + peer.path.via + close;
  };
  switch (peer.path.rung) {
    case core::Rung::multicast_ipv4:
      return with("mcast4", '@', "");
    case core::Rung::multicast_ipv6:
      return with("mcast6", '@', "");
    case core::Rung::remembered:
      return "remembered";
    case core::Rung::bootstrap:
      return with("bootstrap", '(', ")");
    case core::Rung::gossip:
      return with("gossip", '(', ")");
    case core::Rung::hello:
      return with("hello", '@', "");
  }
  return "";
}

std::vector<Reading> readings(const core::Node& node, const ReadQuery& query, Instant now) {
  std::vector<Reading> result;
  for (const Origin& origin : selected(node, query.node, now)) {
    const std::size_t first = result.size();
    for (const auto& [key, encoded] : origin.store->entries()) {
      if (query.key && *query.key != key) continue;
      result.push_back(reading_of(origin, key, encoded, now));
    }
    const auto begin = result.begin() + static_cast<std::ptrdiff_t>(first);
    std::ranges::sort(begin, result.end(), {}, &Reading::key);
  }
  return result;
}

std::vector<NodeInfo> nodes(const core::Node& node, Instant now) {
  std::vector<NodeInfo> result;
  for (const Origin& origin : origins(node, now)) {
    result.push_back(info_of(origin, node.peers().find(origin.id)));
  }
  return result;
}

std::optional<NodeEvent> event(const core::Node& node, const core::CoreEvent& core_event,
                               Instant now) {
  static constexpr NodeEvent::Kind kKinds[] = {
      NodeEvent::Kind::updated,    NodeEvent::Kind::removed, NodeEvent::Kind::joined,
      NodeEvent::Kind::live,       NodeEvent::Kind::late,    NodeEvent::Kind::gone,
      NodeEvent::Kind::restarting, NodeEvent::Kind::left,    NodeEvent::Kind::conflict,
      NodeEvent::Kind::clone};
  NodeEvent result;
  result.kind = kKinds[static_cast<std::size_t>(core_event.kind)];
  result.node_id = core_event.origin.hex();
  result.key = core_event.key;
  const core::Peer* peer = node.peers().find(core_event.origin);
  const Origin origin = peer != nullptr ? origin_of(node, *peer, now) : own_origin(node);
  result.node = origin.label;
  if (core_event.kind != core::CoreEvent::Kind::updated) return result;
  const Bytes* encoded = origin.store->find(core_event.key);
  if (encoded == nullptr) return std::nullopt;  // removed again in the meantime
  result.reading = reading_of(origin, core_event.key, *encoded, now);
  return result;
}

std::optional<Reading> reading(const core::Node& node, const std::string& node_id,
                               const std::string& key, Instant now) {
  const std::optional<Bytes> bytes = from_hex(node_id);
  if (!bytes || bytes->size() != sizeof(NodeId)) return std::nullopt;
  NodeId id;
  std::ranges::copy(*bytes, id.bytes.begin());
  if (id != node.self().id() && node.peers().find(id) == nullptr) return std::nullopt;
  const auto shown = event(node, {core::CoreEvent::Kind::updated, id, key}, now);
  return shown ? shown->reading : std::nullopt;
}

std::vector<NodeEvent> present(const core::Node& node, Instant now) {
  std::vector<NodeEvent> events;
  for (Reading& reading : readings(node, {}, now)) {
    events.push_back({NodeEvent::Kind::updated, reading.node, reading.node_id, reading.key, {}});
    events.back().reading = std::move(reading);
  }
  for (const NodeInfo& info : nodes(node, now)) {
    const bool gone = info.state == NodeState::gone;
    if (!gone && info.state != NodeState::late) continue;
    const auto kind = gone ? NodeEvent::Kind::gone : NodeEvent::Kind::late;
    events.push_back({kind, info.name, info.id, "", std::nullopt});
  }
  return events;
}

}  // namespace dsn::node
