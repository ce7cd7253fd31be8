// SPDX-License-Identifier: Apache-2.0
// The nodes that this one knows, found by identity and by session.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/peers/members.hpp"
#include "core/peers/peer.hpp"

namespace dsn::core {

/// Owns every Peer. A pointer stays valid until the peer is erased. Bounded by kNodesMax. Writes
/// the sessions of Peer, Peer::path, and `state`, `met` and `met_before` of Peer::life; what the
/// node had reached before it was forgotten is restored when it is added again.
class PeerTable {
 public:
  /// How far a node had got when it was forgotten. A recording of its frames is refused by this.
  struct ForgottenNode {
    PublicKey key{};
    std::uint32_t incarnation = 0;
    SessionId relayed_session{};
    PreviousSessions previous;
    StoredHead head;
    HighWater high_water;
    Instant forgotten{};
    bool met_before = false;  ///< in an earlier run of this node
  };

  /// Adds a node that proved itself from this address. In a full table another gives way: one that
  /// is known only through others, else one that is gone or left, else the last one met of the
  /// address that most nodes have. Null if there is none of them. The id must not be in the table.
  Peer* add(const NodeId& id, const PublicKey& key, const Endpoint& from, Instant now);
  /// Forgets the node, but not how far it had got.
  void erase(const NodeId& id, Instant now);
  /// Takes what an earlier run knew of a node that is not in the table.
  void remember(const NodeId& id, ForgottenNode node);

  [[nodiscard]] Peer* find(const NodeId& id);
  [[nodiscard]] const Peer* find(const NodeId& id) const;
  /// Finds a peer by the first 8 bytes of its id.
  [[nodiscard]] Peer* find_prefix(std::uint64_t prefix);
  [[nodiscard]] const Peer* find_prefix(std::uint64_t prefix) const;
  /// Calls `visit` with each peer whose id begins with these 3 bytes.
  template <typename Visit>
  void for_each_with(std::uint32_t first_bytes, Visit visit) {
    const std::uint64_t low = std::uint64_t{first_bytes} << 40;
    for (auto at = by_prefix_.lower_bound(low); at != by_prefix_.end(); ++at) {
      if (at->first >> 40 != first_bytes) return;
      visit(*at->second);
    }
  }
  /// The peer whose frames have this label; null if there is none.
  [[nodiscard]] Peer* find_label(std::uint64_t label);
  /// The head that proves which incarnation the node has reached, known or forgotten; empty if none
  /// is held.
  [[nodiscard]] const StoredHead& head_of(const NodeId& id) const;

  /// Installs the keys for a run of the peer, in place of those of an earlier one.
  void set_session(Peer& peer, const Session& session);
  /// Ends the session of a peer that is no member: the peer has to prove itself anew.
  void end_session(Peer& peer);

  void set_state(Peer& peer, PeerState state);
  /// The newest frame of the peer came from this address, in a datagram of so many bytes.
  void heard_from(Peer& peer, const Endpoint& from, std::size_t bytes);
  /// The unproven address of the peer returned its token: the peer is there.
  void address_proven(Peer& peer);
  /// A HELLO of the node, if it is a peer, came by multicast.
  void note_multicast(const NodeId& id, Instant now);
  /// Sets how the peer was found.
  static void set_origin(Peer& peer, Rung rung, std::string_view via);
  /// The peer's replica or checkpoint is another one now: the digests are computed anew.
  void replica_changed(Peer& peer);
  void checkpoint_changed(Peer& peer);

  [[nodiscard]] const std::vector<std::unique_ptr<Peer>>& all() const { return peers_; }
  [[nodiscard]] std::size_t count() const { return peers_.size(); }
  /// How far a node had got before it was forgotten. Nothing older is taken of it from relays.
  [[nodiscard]] HighWater high_water(const NodeId& id) const;
  [[nodiscard]] const std::unordered_map<NodeId, ForgottenNode, NodeIdHash>& forgotten() const {
    return forgotten_;
  }
  /// The peers that are live or late.
  [[nodiscard]] Members& members() { return members_; }
  [[nodiscard]] const Members& members() const { return members_; }
  [[nodiscard]] std::size_t reachable_count() const { return members_.all().size(); }

 private:
  void move(Peer& peer, const Endpoint& to, std::optional<UnprovenAddress> unproven);
  bool make_room(const Endpoint& from, Instant now);
  [[nodiscard]] const Peer* least_needed() const;
  [[nodiscard]] const Peer* last_of_crowded_address(const Endpoint& from) const;
  void bury_session(Peer& peer);
  void keep_forgotten(const Peer& peer, Instant now);
  void restore(Peer& peer);

  std::vector<std::unique_ptr<Peer>> peers_;
  Members members_;
  std::map<std::uint64_t, Peer*> by_prefix_;
  std::unordered_map<std::uint64_t, Peer*> by_label_;
  std::unordered_map<NodeId, ForgottenNode, NodeIdHash> forgotten_;
};

}  // namespace dsn::core
