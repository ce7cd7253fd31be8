// SPDX-License-Identifier: Apache-2.0
#include "node/subnodes.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/big_endian.hpp"
#include "base/node_name.hpp"
#include "base/siphash.hpp"
#include "wire/entry.hpp"

namespace dsn::node {
namespace {

constexpr std::size_t kOwnerBytes = 8;

/// Of the readings that grow late, the one that has the most time left: how late it is, in
/// milliseconds, and its maximum age. Nothing if none grows late.
struct Lateness {
  std::int64_t late_ms = 0;
  std::int64_t max_age_ms = 0;
};

std::optional<Lateness> lateness_of(const ShownNode& subnode, Instant now) {
  std::optional<Lateness> least;
  for (const auto& [key, encoded] : subnode.store->entries()) {
    if (!key.starts_with(subnode.prefix)) continue;
    wire::CborReader in(encoded);
    const wire::Entry entry = wire::decode_entry(in);
    if (entry.max_age_ms == 0) continue;
    const Instant sampled = subnode.clock_zero + std::chrono::milliseconds(entry.sampled_ms);
    const auto max_age_ms = static_cast<std::int64_t>(entry.max_age_ms);
    const std::int64_t late_ms = to_ms(now - sampled) - max_age_ms;
    if (!least || late_ms < least->late_ms) least = {late_ms, max_age_ms};
  }
  return least;
}

}  // namespace

std::string key_at_node(std::string_view subnode, std::string_view key) {
  return std::string(1, kSubnodeMark).append(subnode).append("/").append(key);
}

bool is_subnode(std::string_view name) {
  while (true) {
    const std::size_t dot = name.find('.');
    if (!is_node_name(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

std::optional<std::string_view> subnode_of(std::string_view key) {
  const std::size_t slash = key.find('/');
  if (!key.starts_with(kSubnodeMark) || slash == std::string_view::npos) return std::nullopt;
  return key.substr(1, slash - 1);
}

std::optional<std::string_view> key_of_subnode(std::string_view key) {
  const auto subnode = subnode_of(key);
  return subnode ? std::optional(key.substr(subnode->size() + 2)) : std::nullopt;
}

// The first half leads back to the node.
NodeId subnode_id(const NodeId& node, std::string_view subnode) {
  constexpr std::array<std::uint8_t, 16> kNoSecret{};
  NodeId id = node;
  put_big_endian(std::span(id.bytes).subspan(kOwnerBytes), siphash24(kNoSecret, as_bytes(subnode)));
  return id;
}

ShownNode shown_subnode(const ShownNode& node, std::string_view name, Instant now) {
  ShownNode shown = node;
  shown.id = subnode_id(node.id, name);
  shown.name = node.name + "." + std::string(name);
  shown.label = node.label + "." + std::string(name);
  shown.prefix = key_at_node(name, "");
  shown.via = node.label;
  if (node.state != NodeState::self && node.state != NodeState::live) return shown;
  shown.state = NodeState::live;
  const auto lateness = lateness_of(shown, now);
  shown.since = Duration(0);
  if (!lateness || lateness->late_ms <= 0) return shown;
  const bool is_gone = lateness->late_ms > (kSubnodeGoneAfter - 1) * lateness->max_age_ms;
  shown.state = is_gone ? NodeState::gone : NodeState::late;
  shown.since = std::chrono::milliseconds(lateness->late_ms);
  shown.reason = "its node has no news of it";
  return shown;
}

std::vector<ShownNode> subnodes_of(const ShownNode& node, Instant now) {
  std::set<std::string_view> names;
  for (const auto& [key, encoded] : node.store->entries()) {
    if (const auto name = subnode_of(key)) names.insert(*name);
  }
  std::vector<ShownNode> all;
  for (const std::string_view name : names) all.push_back(shown_subnode(node, name, now));
  return all;
}

std::optional<ShownNode> find_subnode(const ShownNode& node, const NodeId& id, Instant now) {
  for (const auto& [key, encoded] : node.store->entries()) {
    const auto name = subnode_of(key);
    if (name && subnode_id(node.id, *name) == id) return shown_subnode(node, *name, now);
  }
  return std::nullopt;
}

}  // namespace dsn::node
