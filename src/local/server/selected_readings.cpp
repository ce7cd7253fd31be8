// SPDX-License-Identifier: Apache-2.0
#include "local/server/selected_readings.hpp"

#include <algorithm>

namespace dsn::local {

void SelectedReadings::begin_node() {
  node_ = nodes_[next_node_++];
  next_key_ = 0;
  keys_.clear();
  if (selection_.takes_node(node_)) keys_ = selection_.keys_of(node_);
}

bool SelectedReadings::skip_to(const ReadingName& name) {
  const std::optional<NodeId> id = parse_node_id(name.node_id);
  const auto found = id ? std::ranges::find(nodes_, *id) : nodes_.end();
  if (found == nodes_.end()) return false;
  next_node_ = static_cast<std::size_t>(found - nodes_.begin());
  begin_node();
  next_key_ = static_cast<std::size_t>(std::ranges::upper_bound(keys_, name.key) - keys_.begin());
  return true;
}

bool SelectedReadings::next(std::optional<Reading>& found) {
  found.reset();
  if (next_key_ == keys_.size()) {
    if (next_node_ == nodes_.size()) return false;
    begin_node();
    if (keys_.empty()) return true;
  }
  found = backend_->reading(node_, keys_[next_key_++]);
  if (found && !selection_.takes(*found)) found.reset();
  return true;
}

}  // namespace dsn::local
