// SPDX-License-Identifier: Apache-2.0
// The node as a state machine without I/O: time and inputs go in, effects come out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "core/common/arrival.hpp"
#include "core/common/counters.hpp"
#include "core/common/effects.hpp"
#include "core/fetch/anti_entropy.hpp"
#include "core/fetch/checkpoint_store.hpp"
#include "core/fetch/puller.hpp"
#include "core/fetch/relayed_puller.hpp"
#include "core/join/discovery.hpp"
#include "core/join/handshake.hpp"
#include "core/liveness/liveness.hpp"
#include "core/join/head_verifier.hpp"
#include "core/peers/names.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/peers/replica_budget.hpp"
#include "core/peers/state_digest.hpp"
#include "core/publish/mailer.hpp"
#include "core/publish/relay_server.hpp"
#include "core/publish/state_server.hpp"
#include "core/publish/state_signer.hpp"
#include "core/session/keys.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

/// What is to be remembered of another node from run to run.
struct KnownNode {
  PublicKey key{};
  std::string name;               ///< that belongs to it; empty if none does
  std::uint32_t incarnation = 0;  ///< the highest in frames of its own
  /// That proves the incarnation: without it the node, once it lost its memory, could not be told
  /// why it is refused. Empty if there is none.
  Bytes head;
  Signature signature{};
  /// Of a node that was forgotten: what is not to come back from others.
  HighWater reached;
};

/// What became of the wish to forget a node.
enum class Forgotten : std::uint8_t {
  done,
  name_moved,   ///< it lives, and has the name now that was another's
  is_unknown,   ///< nothing is known of it
  is_present,   ///< it lives, or will be back: refused
  is_self,      ///< it is this node: refused
  is_own_name,  ///< it goes by this node's own name, which stays where it is: refused
};

struct NodeOptions {
  std::string name;  ///< RFC 1123 label
  Secret<16> network_key;
  /// Nobody can be reached: no frame is sent, none is read.
  bool local_only = false;
  SessionId session{};  ///< random, from a cryptographic source, never zero
  /// Random, of this run only: what its beats are made of.
  Secret<32> beat_seed;
  std::uint32_t incarnation = 1;
  std::uint64_t seed = 0;  ///< of jitter and choices
  bool multicast = true;
  /// Bootstrap nodes are resolved by the shell; the core knows them by index and name.
  std::vector<std::string> bootstrap_hosts;
  /// Where peers were in an earlier run.
  std::vector<Endpoint> remembered;
  /// What an earlier run knew.
  std::vector<KnownNode> known;
  /// Names and ids of the nodes that are let in; empty: all are.
  std::vector<std::string> whitelist;
};

/// Owns all mechanisms and dispatches to them. Not thread-safe. `effects` must have been drained
/// and cleared before each call. `now` never goes back.
class Node {
 public:
  Node(CryptoPort& crypto, const NodeOptions& options, Instant now);
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Inputs.
  void start(Instant now, Effects& effects);
  void handle_datagram(Instant now, const Arrival& arrival, ByteView datagram, Effects& effects);
  /// Writes of the owner, as one batch. Returns the new version, or which limit it breaks.
  Result<std::uint64_t> commit(Instant now, std::span<const Write> writes, Effects& effects);
  void handle_timeout(Instant now, Effects& effects);
  void handle_resolved(Instant now, std::size_t bootstrap_index,
                       const std::vector<Endpoint>& endpoints, Effects& effects);
  void handle_network_changed(Instant now);
  /// Other bootstrap nodes from now on; what their predecessors led to stays. Indices count anew.
  void set_bootstraps(Instant now, std::vector<std::string> hosts);
  /// Says good-bye. False if not everybody could be told in one call: call again.
  bool stop(Instant now, wire::ByeReason reason, Effects& effects);
  /// Erases what is held of a node that is gone or left, and frees its name. Of a node that lives
  /// under a name that is another's, it makes the one to whom the name belongs.
  Forgotten forget(Instant now, const NodeId& id);

  // Outputs.
  /// When handle_timeout wants to be called; kNever if it does not.
  [[nodiscard]] Instant next_deadline() const;
  [[nodiscard]] const LocalNode& self() const { return self_; }
  [[nodiscard]] const PeerTable& peers() const { return peers_; }
  [[nodiscard]] const Names& names() const { return names_; }
  /// What the next run should know, in no order that means anything.
  [[nodiscard]] std::vector<KnownNode> known() const;
  [[nodiscard]] const NetworkId& network_id() const { return keys_.network_id(); }
  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] std::size_t replica_bytes() const { return memory_.in_use(); }
  [[nodiscard]] std::size_t contact_count() const { return discovery_.contact_count(); }
  [[nodiscard]] Instant clone_heard() const { return handshake_.clone_heard(); }
  /// The sum that two nodes compare to see whether they hold the same.
  [[nodiscard]] std::uint64_t state_sum() { return digest_.sum(); }
  /// Whether all sums that are kept are what they would be if computed now. For tests.
  [[nodiscard]] bool sums_hold();

 private:
  void handle_pair_frame(const FrameHeader& header, const Arrival& arrival, ByteView datagram,
                         Instant now, Effects& effects);
  Session* session_of(Peer& peer, SessionId session);
  void peer_proved_itself(Peer& peer, Instant now, Effects& effects);
  void dispatch(Peer& peer, ByteView plaintext, Instant now, Effects& effects);
  bool dispatch_state(Peer& peer, const wire::MessageStart& head, wire::CborReader& in, Instant now,
                      Effects& effects);
  bool dispatch_question(Peer& peer, const wire::MessageStart& head, wire::CborReader& in,
                         Instant now, Effects& effects);
  bool dispatch_signed(Peer& peer, const wire::MessageStart& head, wire::CborReader& in,
                       Instant now, Effects& effects);
  void handle_who(Peer& peer, const wire::Who& who, Effects& effects);
  void handle_peers(Peer& peer, const wire::PeerAddresses& peers, Instant now);
  void send_peer_sample(Peer& peer, Effects& effects);
  void send_addresses(Peer& to, std::span<const Peer* const> peers, Effects& effects);
  void members_changed(Instant now);
  void note_own_lag(Instant now);
  void run_due(Instant now, Effects& effects);
  void incarnation_raised(Instant now);
  void learn_name(Peer& peer, Instant now, Effects& effects);
  void remember(const KnownNode& known, Instant now);
  bool may_take(Peer& peer, std::uint32_t incarnation, Instant now, Effects& effects);

  CryptoPort& crypto_;
  NodeOptions options_;
  Random random_;
  Counters counters_;
  NetworkKeys keys_;
  LocalNode self_;
  PeerTable peers_;
  Names names_;
  Outbox outbox_;
  StateDigest digest_;
  HeadVerifier verifier_;
  ReplicaBudget memory_;
  CheckpointStore checkpoints_;
  Puller puller_;
  RelayedPuller relayed_puller_;
  StateServer server_;
  RelayServer relay_server_;
  Mailer mailer_;
  StateSigner signer_;
  RumourSpreader rumours_;
  AntiEntropy anti_entropy_;
  Liveness liveness_;
  Discovery discovery_;
  Handshake handshake_;
  std::array<std::uint8_t, wire::kPlaintextBytesMax> plaintext_{};
};

}  // namespace dsn::core
