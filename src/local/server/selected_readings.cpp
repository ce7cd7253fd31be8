// SPDX-License-Identifier: Apache-2.0
#include "local/server/selected_readings.hpp"

#include <algorithm>

namespace dsn::local {

bool SelectedReadings::next(std::optional<Reading>& found) {
  found.reset();
  if (next_key_ == keys_.size()) {
    if (next_node_ == nodes_.size()) return false;
    node_ = nodes_[next_node_++];
    next_key_ = 0;
    keys_.clear();
    if (selection_.takes_node(node_)) keys_ = selection_.keys_of(node_);
    if (keys_.empty()) return true;
  }
  found = backend_->reading(node_, keys_[next_key_++]);
  if (found && !selection_.takes(*found)) found.reset();
  return true;
}

bool SelectedReadings::awaits(const NodeId& node, const std::string& key) const {
  const auto waits_in = [](const auto& all, std::size_t from, const auto& one) {
    return std::find(all.begin() + static_cast<std::ptrdiff_t>(from), all.end(), one) != all.end();
  };
  return waits_in(nodes_, next_node_, node) || (node == node_ && waits_in(keys_, next_key_, key));
}

}  // namespace dsn::local
