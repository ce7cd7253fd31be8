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
#include "core/peers/name_owners.hpp"
#include "core/peers/peer_table.hpp"
#include "core/session/keyring.hpp"

namespace dsn::core {

/// Every Peer is made here, so nobody gets past the whitelist.
class Admission {
 public:
  /// `whitelist` has names and ids (32 hexadecimal digits). If it is empty, every node is let in.
  Admission(CryptoPort& crypto, const Keyring& keys, PeerTable& peers, Liveness& liveness,
            Counters& counters, const std::vector<std::string>& whitelist);

  /// Whether there is a whitelist.
  [[nodiscard]] bool restricted() const { return restricted_; }
  /// Whether a node of this id may be let in, if this is its name.
  [[nodiscard]] bool admits(const NodeId& id, std::string_view name) const;

  /// Makes a peer of a node that proved itself from this address, and with which this secret is
  /// shared. Null if it is not on the whitelist or there is no room.
  Peer* add(const PublicKey& key, const NodeId& id, const SharedSecret& secret,
            std::string_view name, const Endpoint& from, Instant now);
  /// Makes a peer of a node that a relay shows by its signed head, or finds it. Null as above, or
  /// if its key is none.
  Peer* add_relayed(const PublicKey& key, const NodeId& id, std::string_view name, Instant now);

 private:
  [[nodiscard]] bool has_room_for_relayed() const;

  CryptoPort& crypto_;
  const Keyring& keys_;
  PeerTable& peers_;
  Liveness& liveness_;
  Counters& counters_;
  bool restricted_;
  std::set<std::string, std::less<>> listed_names_;
  std::set<NodeId> listed_ids_;
};

}  // namespace dsn::core
