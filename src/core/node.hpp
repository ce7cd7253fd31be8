// SPDX-License-Identifier: Apache-2.0
// The node as a state machine without I/O: time and inputs go in, effects come out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "core/anti_entropy.hpp"
#include "core/arrival.hpp"
#include "core/counters.hpp"
#include "core/discovery.hpp"
#include "core/effects.hpp"
#include "core/handshake.hpp"
#include "core/keys.hpp"
#include "core/liveness.hpp"
#include "core/local_node.hpp"
#include "core/mailer.hpp"
#include "core/outbox.hpp"
#include "core/peer_table.hpp"
#include "core/puller.hpp"
#include "core/state_digest.hpp"
#include "core/state_server.hpp"

namespace dsn {

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
  /// Says good-bye. False if not everybody could be told in one call: call again.
  bool stop(Instant now, ByeReason reason, Effects& effects);

  // Outputs.
  /// When handle_timeout wants to be called; kNever if it does not.
  [[nodiscard]] Instant next_deadline() const;
  [[nodiscard]] const LocalNode& self() const { return self_; }
  [[nodiscard]] const PeerTable& peers() const { return peers_; }
  [[nodiscard]] const NetworkId& network_id() const { return keys_.network_id(); }
  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] std::size_t replica_bytes() const { return puller_.replica_bytes(); }
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
  bool dispatch_state(Peer& peer, const MessageHead& head, CborReader& in, Instant now,
                      Effects& effects);
  bool dispatch_question(Peer& peer, const MessageHead& head, CborReader& in, Instant now,
                         Effects& effects);
  void handle_who(Peer& peer, const Who& who, Instant now, Effects& effects);
  void handle_peers(Peer& peer, const PeerAddresses& peers, Instant now);
  void send_peer_sample(Peer& peer, Instant now, Effects& effects);
  void send_addresses(Peer& to, std::span<const Peer* const> peers, Instant now, Effects& effects);
  void members_changed(Instant now);
  void note_own_lag(Instant now);
  void run_due(Instant now, Effects& effects);
  void incarnation_raised(Instant now);
  bool may_take(Peer& peer, std::uint32_t incarnation, Instant now, Effects& effects);

  CryptoPort& crypto_;
  const NodeOptions options_;
  Random random_;
  Counters counters_;
  NetworkKeys keys_;
  LocalNode self_;
  PeerTable peers_;
  Outbox outbox_;
  StateDigest digest_;
  Puller puller_;
  StateServer server_;
  Mailer mailer_;
  RumourSpreader rumours_;
  AntiEntropy anti_entropy_;
  Liveness liveness_;
  Discovery discovery_;
  Handshake handshake_;
  std::array<std::uint8_t, kPlaintextBytesMax> plaintext_{};
};

}  // namespace dsn
