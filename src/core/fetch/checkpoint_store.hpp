// SPDX-License-Identifier: Apache-2.0
// Keeps the newest state that each owner signed (docs/protocol.md, section 7.6).
#pragma once

#include <vector>

#include "core/common/counters.hpp"
#include "core/join/head_verifier.hpp"
#include "core/join/incarnations.hpp"
#include "core/peers/peer_table.hpp"
#include "core/peers/replica_budget.hpp"
#include "core/session/keyring.hpp"

namespace dsn::core {

/// A head and the state that it names come one after the other, in any order: the head may be
/// waiting for its state, or for its turn to be verified, and a state for its head. Writes
/// `checkpoint`, `coming_head`, `coming_head_verified` and `set_aside` of Peer::copy.
class CheckpointStore {
 public:
  CheckpointStore(CryptoPort& crypto, const Keyring& keys, PeerTable& peers, HeadVerifier& verifier,
                  ReplicaBudget& memory, Counters& counters)
      : crypto_(crypto),
        keys_(keys),
        peers_(peers),
        verifier_(verifier),
        memory_(memory),
        counters_(counters) {}

  struct HeadResult {
    bool is_news = false;  ///< the head names a newer state
    bool differs = false;  ///< the owner signed another state than the one held at its version
    KeyMark key_mark = KeyMark::none;  ///< the network key that the peer has, as it says itself
  };
  /// The peer sent its own new head.
  HeadResult handle_head(Peer& peer, const wire::SignedHead& signed_head, Instant now);

  /// The replica of the peer may be at `target` soon. What it is now is set aside if it is, or may
  /// turn out to be, a checkpoint. `signed_by_word`: the owner says that it signed this state.
  void about_to_change(Peer& peer, const StateVersion& target, bool signed_by_word);
  /// The replica has changed, after about_to_change. True if the owner signed another state than
  /// the one that is held now at its version.
  [[nodiscard]] bool replica_changed(Peer& peer, Instant now);
  /// Takes a state that a relay handed out and that was checked against its head. False if there is
  /// no room for it beside the replica.
  [[nodiscard]] bool adopt(Peer& peer, StoredHead head, StateCopy state, bool in_replica);
  /// The owner signed the state of its checkpoint once more.
  void take_head_of_same_state(Peer& peer, StoredHead head);

  /// Returns those whose owners signed another state than the one that is held at its version.
  [[nodiscard]] std::vector<Peer*> handle_timeout(Instant now);
  [[nodiscard]] Instant next_deadline() const { return due_; }

 private:
  bool settle(Peer& peer, Instant now);
  [[nodiscard]] bool is_verified(Peer& peer, Instant now);
  [[nodiscard]] bool has_root(const ShortHash& root, ByteView canonical);
  [[nodiscard]] bool has_room(const Peer& peer, const StateCopy& copy, const StateCopy& before);
  bool settle_in_replica(Peer& peer);
  void settle_aside(Peer& peer);
  void install(Peer& peer, StoredHead head, StateCopy copy, bool in_replica);

  CryptoPort& crypto_;
  const Keyring& keys_;
  PeerTable& peers_;
  HeadVerifier& verifier_;
  ReplicaBudget& memory_;
  Counters& counters_;
  StateCopy leaving_;  // the replica before the change that is under way
  Instant due_ = kNever;
};

}  // namespace dsn::core
