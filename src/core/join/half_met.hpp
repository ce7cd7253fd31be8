// SPDX-License-Identifier: Apache-2.0
// The nodes that are heard, and with which no session comes about.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/common/arrival.hpp"
#include "core/peers/peer_table.hpp"

namespace dsn::core {

/// A node that said HELLO, WELCOME or KNOCK. Its name and id are not proven.
struct HeardNode {
  NodeId id;
  std::string name;  ///< base/node_name.hpp
  Endpoint at;
  std::string interface_name;  ///< may be empty
  bool multicast = false;      ///< it was heard by multicast last
  bool left_out = false;       ///< the whitelist of this node leaves it out
  std::uint64_t count = 0;
  Instant first{};
  Instant last{};
};

/// Remembers a few of them for two minutes. Any member can make them up, so this is evidence for an
/// operator, and no more.
class HalfMet {
 public:
  static constexpr std::size_t kNodes = 16;
  static constexpr Duration kLife = 2min;

  explicit HalfMet(const PeerTable& peers) : peers_(peers) {}

  /// The node said something by which a session could begin. If there is no room, the one that was
  /// heard least recently gives way. Nothing happens if the node is in contact.
  void note(const NodeId& id, std::string_view name, const Arrival& arrival, bool left_out,
            Instant now);
  /// The node has a session.
  void forget(const NodeId& id);
  /// Those that were heard lately and are not in contact, in no particular order.
  [[nodiscard]] std::vector<HeardNode> all(Instant now) const;

 private:
  [[nodiscard]] bool is_in_contact(const NodeId& id) const;

  const PeerTable& peers_;
  std::vector<HeardNode> nodes_;
};

}  // namespace dsn::core
