// SPDX-License-Identifier: Apache-2.0
// Fetches states of owners that do not answer from other nodes that hold them
// (docs/protocol.md, section 7.6).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "core/common/backoff.hpp"
#include "core/common/counters.hpp"
#include "core/common/effects.hpp"
#include "core/fetch/puller.hpp"
#include "core/fetch/replica_store.hpp"
#include "core/join/admission.hpp"
#include "core/join/head_verifier.hpp"
#include "core/join/incarnations.hpp"
#include "core/liveness/liveness.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/peers/replica_budget.hpp"
#include "core/session/keyring.hpp"
#include "core/state/local_node.hpp"
#include "core/state/transfer.hpp"

namespace dsn::core {

/// Takes only states that their owner signed. PULL goes to the node that named the state in
/// anti-entropy. Its answer must be newer than what is held, and be what the head names. If it is
/// not, gossip about this origin is ignored during a pause that doubles each time.
class RelayedPuller {
 public:
  RelayedPuller(CryptoPort& crypto, const LocalNode& self, const Keyring& keys, PeerTable& peers,
                Liveness& liveness, Admission& admission, HeadVerifier& verifier,
                Incarnations& incarnations, ReplicaStore& replicas, const ReplicaBudget& memory,
                Puller& puller, Outbox& outbox, Random& random, Counters& counters)
      : crypto_(crypto),
        self_(self),
        keys_(keys),
        peers_(peers),
        liveness_(liveness),
        admission_(admission),
        verifier_(verifier),
        incarnations_(incarnations),
        replicas_(replicas),
        memory_(memory),
        puller_(puller),
        outbox_(outbox),
        random_(random),
        counters_(counters) {}

  /// A peer named a state of an origin that does not answer us, or that we do not know.
  void note_item(const wire::DigestItem& item, const Peer& teller, Instant now);

  void handle_origin(Peer& from, const wire::Origin& origin, Instant now, Effects& effects);
  void handle_manifest(Peer& from, const wire::Manifest& manifest, Instant now, Effects& effects);
  /// Returns whether a state was taken.
  bool handle_chunk(Peer& from, const wire::Chunk& chunk, Instant now, Effects& effects);

  void handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const { return due_; }

 private:
  /// The verified head of the state that is being fetched.
  struct Found {
    NodeId id;
    PublicKey key{};
    std::string name;
    StoredHead head;
    wire::Beat beat;
  };
  struct Fetch {
    std::uint64_t prefix = 0;
    NodeId from;
    StateVersion told;
    Instant due{};
    Instant asked{};  ///< when PULL was first sent; no clock in an answer is older
    std::size_t transmissions = 0;
    std::optional<Found> found;
    std::unique_ptr<Transfer> transfer;
  };
  Fetch* find(std::uint64_t prefix, const Peer& from);
  void end(std::uint64_t prefix);
  void fail(std::uint64_t prefix, Instant now);
  [[nodiscard]] bool is_paused(std::uint64_t prefix, Instant now) const;
  [[nodiscard]] bool is_news(const NodeId& id, const StoredHead& head,
                             const wire::Beat& beat) const;
  [[nodiscard]] bool fits(const Fetch& fetch, const wire::Manifest& manifest);
  [[nodiscard]] bool is_expired(const Found& found, std::uint64_t clock_ms, Instant asked,
                                Instant now) const;
  [[nodiscard]] bool is_needless(const Fetch& fetch);
  bool transmit(Fetch& fetch, Instant now, Effects& effects);
  void send_pull(Fetch& fetch, Peer& from, Instant now, Effects& effects);
  void send_want(Fetch& fetch, Peer& from, Instant now, Effects& effects);
  bool take(const Fetch& fetch, Instant now, Effects& effects);
  [[nodiscard]] std::size_t under_way() const;

  CryptoPort& crypto_;
  const LocalNode& self_;
  const Keyring& keys_;
  PeerTable& peers_;
  Liveness& liveness_;
  Admission& admission_;
  HeadVerifier& verifier_;
  Incarnations& incarnations_;
  ReplicaStore& replicas_;
  const ReplicaBudget& memory_;
  Puller& puller_;
  Outbox& outbox_;
  Random& random_;
  Counters& counters_;
  std::vector<Fetch> fetches_;
  std::map<std::uint64_t, Backoff> backoffs_;  // by prefix
  Instant due_ = kNever;
};

}  // namespace dsn::core
