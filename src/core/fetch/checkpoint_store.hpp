// SPDX-License-Identifier: Apache-2.0
// Keeps of each origin the newest state that its owner signed (docs/protocol.md, section 7.6).
#pragma once

#include <deque>
#include <functional>

#include "core/common/counters.hpp"
#include "core/join/head_verifier.hpp"
#include "core/peers/peer_table.hpp"
#include "core/peers/replica_budget.hpp"
#include "core/session/keys.hpp"

namespace dsn::core {

/// A head and the state that it names come one after the other, in any order: the head may be
/// waiting for its state, or for its turn to be verified, and a state for its head.
class CheckpointStore {
 public:
  CheckpointStore(CryptoPort& crypto, const NetworkKeys& keys, PeerTable& peers,
                  HeadVerifier& verifier, ReplicaBudget& memory, Counters& counters)
      : crypto_(crypto),
        keys_(keys),
        peers_(peers),
        verifier_(verifier),
        memory_(memory),
        counters_(counters) {}

  /// The peer's own new head. True if it is to be followed.
  bool handle_head(Peer& peer, const wire::SignedHead& signed_head, Instant now);

  /// The replica of the peer may be at `target` soon. What it is now is set aside if it is, or may
  /// turn out to be, a checkpoint. `signed_by_word`: the owner says that it signed this state.
  void about_to_change(Peer& peer, const StateVersion& target, bool signed_by_word);
  /// It has changed, after about_to_change.
  void replica_changed(Peer& peer, Instant now);
  /// A state that somebody else handed out, already checked against its head.
  void adopt(Peer& peer, StoredHead head, StateCopy state, bool in_replica);

  /// Called when the owner signed another state than the one that we have under its version.
  std::function<void(Peer& peer, Instant now)> on_difference;

  void handle_timeout(Instant now);
  [[nodiscard]] Instant next_deadline() const { return due_; }

 private:
  void settle(Peer& peer, Instant now);
  [[nodiscard]] bool is_verified(Peer& peer, Instant now);
  [[nodiscard]] bool has_root(const ShortHash& root, ByteView canonical);
  void settle_in_replica(Peer& peer, Instant now);
  void settle_aside(Peer& peer);
  void install(Peer& peer, StoredHead head, StateCopy copy, bool in_replica);

  CryptoPort& crypto_;
  const NetworkKeys& keys_;
  PeerTable& peers_;
  HeadVerifier& verifier_;
  ReplicaBudget& memory_;
  Counters& counters_;
  StateCopy leaving_;              // what the replica was before the change that is under way
  std::deque<NodeId> unverified_;  // whose heads wait for their turn
  Instant due_ = kNever;
};

}  // namespace dsn::core
