// SPDX-License-Identifier: Apache-2.0
// Decides whether a node, a reading or an event is what a query selects.
#pragma once

#include <string>
#include <vector>

#include "base/ids.hpp"
#include "dsn/client.hpp"
#include "local/server/backend.hpp"

namespace dsn::local {

/// The most bytes of a name, key or pattern of a query.
inline constexpr std::size_t kPatternBytesMax = 256;

/// What is wrong with a query; empty if nothing is.
[[nodiscard]] std::string problem_of(const ReadQuery& query);

/// The backend must outlive it.
class Selection {
 public:
  Selection(Backend& backend, ReadQuery query) : backend_(&backend), query_(std::move(query)) {}

  /// The nodes that are known now and that the name or id in the query means; of a pattern all
  /// nodes, each of which takes_node() decides. Sorted by name, then id.
  [[nodiscard]] std::vector<NodeId> candidates() const;
  [[nodiscard]] bool takes_node(const NodeId& id) const;
  /// The keys of a node that fit, sorted. They need not exist.
  [[nodiscard]] std::vector<std::string> keys_of(const NodeId& id) const;
  [[nodiscard]] bool takes(const Reading& reading) const;

  /// Of what happens to a reading, the state of its node counts too, and its own status, which of
  /// one that is back was late; of a removal, and of what happens to a node, the names only.
  [[nodiscard]] bool takes(const NodeEvent& event) const;

 private:
  [[nodiscard]] bool has_name(const NodeEvent& event) const;
  [[nodiscard]] bool has_key(const std::string& key) const;
  [[nodiscard]] bool has_state(const NodeId& id) const;

  Backend* backend_;
  ReadQuery query_;
};

}  // namespace dsn::local
