// SPDX-License-Identifier: Apache-2.0
// The nodes that this one knows, by identity and by session.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "core/peer.hpp"

namespace dsn {

/// Owns every Peer; a pointer stays valid until the peer is erased. Bounded by kNodesMax.
class PeerTable {
 public:
  /// Nothing if the table is full. The id must not be in it.
  Peer* add(const NodeId& id, const PublicKey& key);
  void erase(const NodeId& id);

  [[nodiscard]] Peer* find(const NodeId& id);
  [[nodiscard]] const Peer* find(const NodeId& id) const;
  /// By the first 8 bytes of the id.
  [[nodiscard]] Peer* find_prefix(std::uint64_t prefix);
  /// The peer whose current or candidate session has this id.
  [[nodiscard]] Peer* find_session(SessionId session);

  /// Installs keys for a run of the peer as its current or candidate session.
  void set_session(Peer& peer, const Session& session);
  void set_candidate(Peer& peer, const Session& session);
  void promote_candidate(Peer& peer);
  void drop_candidate(Peer& peer);

  [[nodiscard]] const std::vector<std::unique_ptr<Peer>>& all() const { return peers_; }
  [[nodiscard]] std::size_t count() const { return peers_.size(); }

 private:
  void unmap(SessionId session, const Peer& peer);

  std::vector<std::unique_ptr<Peer>> peers_;
  std::unordered_map<std::uint64_t, Peer*> by_prefix_;
  std::unordered_map<std::uint64_t, Peer*> by_session_;
};

}  // namespace dsn
