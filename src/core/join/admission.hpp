// SPDX-License-Identifier: Apache-2.0
// Decides which nodes become peers: the whitelist and the room in the table
// (docs/protocol.md, sections 2.1 and 6.1).
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/common/counters.hpp"
#include "core/liveness/liveness.hpp"
#include "core/peers/names.hpp"
#include "core/peers/peer_table.hpp"
#include "core/session/keys.hpp"

namespace dsn::core {

/// Every Peer is made here, so nobody gets past the whitelist.
class Admission {
 public:
  /// `whitelist` has names and ids (32 hexadecimal digits). If it is empty, every node is let in.
  Admission(CryptoPort& crypto, const NetworkKeys& keys, PeerTable& peers, Liveness& liveness,
            Counters& counters, const std::vector<std::string>& whitelist);

  /// Whether there is a whitelist.
  [[nodiscard]] bool restricted() const { return restricted_; }
  /// Whether a node may be let in that has this id and, if `proven`, this name.
  [[nodiscard]] bool admits(const NodeId& id, std::string_view name, bool proven) const;

  /// Makes a peer of a node that says HELLO or WELCOME. Null if it is not on the whitelist, its key
  /// is none, or there is no room.
  Peer* add(const PublicKey& key, const NodeId& id, std::string_view name, Instant now);
  /// The same for a node that a relay shows by its signed head. The node may be met already, but
  /// not have proved itself.
  Peer* add_relayed(const PublicKey& key, const NodeId& id, std::string_view name, Instant now);

 private:
  [[nodiscard]] bool has_room_for_relayed() const;

  CryptoPort& crypto_;
  const NetworkKeys& keys_;
  PeerTable& peers_;
  Liveness& liveness_;
  Counters& counters_;
  bool restricted_;
  std::set<std::string, std::less<>> listed_names_;
  std::set<NodeId> listed_ids_;
};

}  // namespace dsn::core
