// SPDX-License-Identifier: Apache-2.0
#include "local/server/api_lists.hpp"

#include "local/json/json_messages.hpp"

namespace dsn::local {

std::optional<NodeId> NodeList::next() {
  if (next_ == ids_.size()) return std::nullopt;
  return ids_[next_++];
}

bool PeerElements::operator()(std::string& out) {
  const std::optional<NodeId> id = nodes_.next();
  if (!id) return false;
  if (const auto node = nodes_.backend().node(*id)) append_json(out, *node);
  return true;
}

bool KeyElements::operator()(std::string& out) {
  const std::optional<NodeId> id = nodes_.next();
  if (!id) return false;
  if (const auto node = nodes_.backend().node(*id)) {
    append_json(out, NodeKeys{node->name, node->id, nodes_.backend().keys(*id)});
  }
  return true;
}

bool ReadingElements::operator()(std::string& out) {
  std::optional<Reading> reading;
  if (left_ == 0U || !readings_.next(reading)) return false;
  if (reading) {
    if (left_) --*left_;
    const WallClock clock = WallClock::read();
    append_json(out, *reading, &clock);
  }
  return true;
}

}  // namespace dsn::local
