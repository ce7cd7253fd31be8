// SPDX-License-Identifier: Apache-2.0
// Readings and nodes as an agent tells them.
#pragma once

#include <string>

#include "dsn/reading.hpp"
#include "web/picture.hpp"
#include "web/text_stream.hpp"

namespace dsn::web {

inline const Picture::Clock::time_point kNow{std::chrono::hours(100)};

inline Reading reading(const std::string& node, const std::string& key, Value value,
                       Freshness freshness = Freshness::ok) {
  Reading made;
  made.node = node;
  made.node_id = "id-" + node;
  made.key = key;
  made.value = std::move(value);
  made.freshness = freshness;
  return made;
}

inline NodeInfo node(const std::string& name, NodeState state = NodeState::live) {
  NodeInfo made;
  made.name = name;
  made.id = "id-" + name;
  made.state = state;
  return made;
}

inline std::string all_of(TextStream& stream) {
  std::string text;
  for (std::string piece; stream.next(piece); piece.clear()) text += piece;
  return text;
}

}  // namespace dsn::web
