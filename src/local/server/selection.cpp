// SPDX-License-Identifier: Apache-2.0
#include "local/server/selection.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/key_name.hpp"
#include "base/pattern.hpp"

namespace dsn::local {
namespace {

bool fits_if_set(const std::optional<std::string>& pattern, std::string_view text) {
  return !pattern || fits(*pattern, std::string(text));
}

template <typename T>
bool is_one_of(const std::vector<T>& wanted, T value) {
  return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

}  // namespace

std::string problem_of(const ReadQuery& query) {
  const std::pair<const char*, const std::optional<std::string>&> texts[] = {
      {"node", query.node}, {"key", query.key}, {"database", query.database}};
  for (const auto& [name, text] : texts) {
    if (!text || (!text->empty() && text->size() <= kPatternBytesMax)) continue;
    return std::string(1, '\'').append(name).append("' must have 1 to ") +
           std::to_string(kPatternBytesMax) + " bytes";
  }
  return {};
}

std::vector<NodeId> Selection::candidates() const {
  const bool is_one = query_.node && !is_pattern(*query_.node);
  return backend_->find_nodes(is_one ? query_.node : std::nullopt);
}

bool Selection::has_state(const NodeId& id) const {
  if (query_.states.empty()) return true;
  const std::optional<NodeInfo> node = backend_->node(id);
  return node && is_one_of(query_.states, node->state);
}

bool Selection::takes_node(const NodeId& id) const {
  if (!has_state(id)) return false;
  if (!query_.node || !is_pattern(*query_.node)) return true;
  const std::optional<NodeInfo> node = backend_->node(id);
  return node && fits(*query_.node, node->name);
}

bool Selection::has_key(const std::string& key) const {
  return fits_if_set(query_.key, key) && fits_if_set(query_.database, database_of(key));
}

std::vector<std::string> Selection::keys_of(const NodeId& id) const {
  const bool is_one = query_.key && !is_pattern(*query_.key);
  std::vector<std::string> keys = is_one ? std::vector{*query_.key} : backend_->keys(id);
  std::erase_if(keys, [this](const std::string& key) { return !has_key(key); });
  return keys;
}

bool Selection::takes(const Reading& reading) const {
  return is_one_of(query_.statuses, reading.freshness);
}

// A name means the node to which it belongs, or all that go by it if it belongs to none: only the
// backend knows which.
bool Selection::has_name(const NodeEvent& event) const {
  if (!query_.node || event.node_id == *query_.node || fits(*query_.node, event.node)) return true;
  if (!event.node.starts_with(*query_.node + '~')) return false;
  const std::optional<NodeId> id = parse_node_id(event.node_id);
  return id && std::ranges::count(backend_->find_nodes(query_.node), *id) > 0;
}

bool Selection::takes(const NodeEvent& event) const {
  if (!has_name(event)) return false;
  if (event.key.empty()) return true;
  if (!has_key(event.key)) return false;
  if (!event.reading) return true;
  const bool was_late = event.kind == NodeEvent::Kind::back;
  if (!takes(*event.reading) && !(was_late && is_one_of(query_.statuses, Freshness::late))) {
    return false;
  }
  const std::optional<NodeId> id = parse_node_id(event.node_id);
  return query_.states.empty() || (id && has_state(*id));
}

}  // namespace dsn::local
