// SPDX-License-Identifier: Apache-2.0
// One node of the network, as a state machine without I/O: time and inputs go in, effects come out.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "core/address_exchange.hpp"
#include "core/common/arrival.hpp"
#include "core/common/counters.hpp"
#include "core/common/drop_senders.hpp"
#include "core/common/effects.hpp"
#include "core/data/data_receiver.hpp"
#include "core/data/data_sender.hpp"
#include "core/expected_nodes.hpp"
#include "core/fetch/anti_entropy.hpp"
#include "core/fetch/checkpoint_store.hpp"
#include "core/fetch/mail_assembler.hpp"
#include "core/fetch/puller.hpp"
#include "core/fetch/relayed_puller.hpp"
#include "core/fetch/replica_store.hpp"
#include "core/forget.hpp"
#include "core/join/admission.hpp"
#include "core/join/call_answerer.hpp"
#include "core/join/discovery.hpp"
#include "core/join/group_opener.hpp"
#include "core/join/handshake.hpp"
#include "core/join/head_verifier.hpp"
#include "core/join/incarnations.hpp"
#include "core/join/stranger_budget.hpp"
#include "core/key_changes.hpp"
#include "core/known_nodes.hpp"
#include "core/liveness/liveness.hpp"
#include "core/liveness/rumours.hpp"
#include "core/liveness/syn_sender.hpp"
#include "core/message_router.hpp"
#include "core/peers/answer_budget.hpp"
#include "core/peers/name_owners.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/peers/replica_budget.hpp"
#include "core/peers/state_digest.hpp"
#include "core/publish/key_spreader.hpp"
#include "core/publish/mailer.hpp"
#include "core/publish/relay_server.hpp"
#include "core/publish/state_server.hpp"
#include "core/publish/state_signer.hpp"
#include "core/session/keyring.hpp"
#include "core/session/pair_opener.hpp"
#include "core/state/held_values.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

struct NodeOptions {
  std::string name;      ///< base/node_name.hpp
  KeyringContents keys;  ///< of the network, and who is out of it
  /// No frame is sent, and none is read.
  bool local_only = false;
  SessionId session{};  ///< random, from a cryptographic source, never zero
  /// The secret from which the beats and tokens of this run are derived; random, and used in no
  /// other run.
  Secret<32> beat_seed;
  std::uint32_t incarnation = 1;
  std::uint64_t seed = 0;  ///< of the random numbers for jitter and choices
  /// How many ECDHs for strangers, and how many verifications of heads, may be made in a second: a
  /// tenth of what this machine can do.
  double public_key_operations_per_second = 5;
  /// Direct mail, to all peers together.
  double mail_frames_per_second = kMailFramesPerSecond;
  /// Memory for what the states of other nodes take above their shares (ReplicaBudget).
  std::size_t common_replica_bytes = kReplicaCommonBytes;
  bool multicast = true;
  /// Answers no strangers, is not handed on to others, and is no relay.
  bool observer = false;
  std::string program;  ///< what others are told of the program: wire::is_program_version
  /// The bootstrap nodes. The shell resolves them; the core knows them by index and name.
  std::vector<std::string> bootstrap_hosts;
  /// Where peers were in an earlier run.
  std::vector<Endpoint> remembered;
  /// What an earlier run knew of other nodes.
  std::vector<KnownNode> known;
  /// Names and ids of the nodes that are let in. If it is empty, every node is let in.
  std::vector<std::string> whitelist;
  /// Names of nodes that should be there, also if they were never heard.
  std::vector<std::string> expected;
  Duration retain = kRetain;  ///< how long a gone node is kept
};

/// Owns all mechanisms, in the order in which they build on each other. Not thread-safe. `effects`
/// must have been drained and cleared before each call. `now` never goes back.
class Node {
 public:
  Node(CryptoPort& crypto, const NodeOptions& options, Instant now);
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Inputs.
  void start(Instant now, Effects& effects);
  void handle_datagram(Instant now, const Arrival& arrival, ByteView datagram, Effects& effects);
  /// Writes to the own state, as one batch. Returns the new version, or the limit that it breaks.
  Result<std::uint64_t> commit(Instant now, std::span<const Write> writes, Effects& effects);
  /// Sends an application message to members, and returns its number for each of them. It is tried
  /// for as long as `patience`, and ends as one SettledMessage for each. The Error says why nothing
  /// was sent.
  Result<std::vector<std::uint64_t>> send(Instant now, std::span<const NodeId> to,
                                          const wire::AppMessage& message, Duration patience,
                                          Effects& effects);
  /// Says what became of a ReceivedMessage, as DataReceiver::settle.
  void settle(const NodeId& from, std::uint64_t number, wire::DataOutcome outcome,
              std::uint64_t listeners, Effects& effects) {
    data_receiver_.settle(from, number, outcome, listeners, effects);
  }
  /// Keeps a value that an entry only names, of this node or of another.
  void hold(const NodeId& origin, std::string_view key, ByteView value) {
    held_.hold(origin, key, value);
  }
  void drop_held(const NodeId& origin, std::string_view key) { held_.drop(origin, key); }
  void handle_timeout(Instant now, Effects& effects);
  void handle_resolved(Instant now, std::size_t bootstrap_index,
                       const std::vector<Endpoint>& endpoints, Effects& effects);
  void handle_network_changed(Instant now);
  /// See LocalNode::set_warnings().
  void set_warnings(std::uint32_t count) { self_.set_warnings(count); }
  /// Multicasts a HELLO in the next handle_timeout.
  void say_hello(Instant now) { discovery_.say_hello(now); }
  /// The prefixes that are on link at this machine's interfaces. None are known before.
  void set_links(std::vector<Prefix> links, Instant now);
  /// Replaces the bootstrap nodes. The indices count anew; who was found by them stays known.
  void set_bootstraps(Instant now, std::vector<std::string> hosts);
  /// Replaces the names of the nodes that should be there.
  void set_expected(Instant now, std::vector<std::string> names) {
    expected_.set(std::move(names), now);
  }
  /// How long a gone node is kept.
  void set_retain(Instant now, Duration retain) { liveness_.set_retain(retain, now); }
  /// Says good-bye. False if not all peers could be told in one call: call again.
  bool stop(Instant now, const wire::Bye& bye, Effects& effects);
  /// Takes a new key of the network from its operator, and hands it on.
  Keyring::Verdict rotate(Instant now, const wire::KeyMessage& message, Effects& effects);
  /// As forget_node (core/forget.hpp).
  Forgotten forget(Instant now, const NodeId& id) {
    return forget_node(id, self_, peers_, names_, discovery_, now);
  }

  // Outputs.
  /// When handle_timeout is to be called; kNever if it need not be.
  [[nodiscard]] Instant next_deadline() const;
  [[nodiscard]] const LocalNode& self() const { return self_; }
  [[nodiscard]] const PeerTable& peers() const { return peers_; }
  [[nodiscard]] const NameOwners& names() const { return names_; }
  [[nodiscard]] const HeldValues& held() const { return held_; }
  /// What the next run should know, in no particular order.
  [[nodiscard]] std::vector<KnownNode> known(Instant now) const { return known_nodes_.all(now); }
  /// The nodes that should be there, of which nothing is known.
  [[nodiscard]] const ExpectedNodes& expected() const { return expected_; }
  [[nodiscard]] const NetworkId& network_id() const { return keys_.network_id(); }
  [[nodiscard]] const Keyring& keyring() const { return keys_; }
  [[nodiscard]] const Counters& counters() const { return counters_; }
  /// Whose datagrams were dropped because of a fault of their sender.
  [[nodiscard]] const DropSenders& drop_senders() const { return drop_senders_; }
  [[nodiscard]] std::size_t replica_bytes() const { return memory_.in_use(); }
  /// What application messages take of which parts are missing.
  [[nodiscard]] std::size_t half_message_bytes() const { return data_receiver_.half_bytes(); }
  /// Who answered at an address of a bootstrap node; nothing if nobody did.
  [[nodiscard]] std::optional<Discovery::BootstrapAnswer> bootstrap_answer(
      const Endpoint& endpoint) const {
    return discovery_.bootstrap_answer(endpoint);
  }
  [[nodiscard]] std::size_t contact_count() const { return discovery_.contact_count(); }
  /// Another machine with this node's own identity; nothing if there is none.
  [[nodiscard]] std::optional<OwnClone> own_clone(Instant now) const {
    return handshake_.own_clone(now);
  }
  /// The nodes that are heard, and with which no session comes about, in no particular order.
  [[nodiscard]] std::vector<HeardNode> half_met(Instant now) const {
    return handshake_.half_met().all(now);
  }
  /// The sum that two nodes compare to see whether they hold the same states.
  [[nodiscard]] std::uint64_t state_sum() { return digest_.sum(); }
  /// For tests: whether all kept sums equal those that would be computed now.
  [[nodiscard]] bool sums_hold();

 private:
  void handle_frame(const Arrival& arrival, ByteView datagram, Instant now, Effects& effects);
  void handle_group_frame(const FrameHeader& header, const Arrival& arrival, ByteView datagram,
                          Instant now, Effects& effects);
  void handle_pair_frame(const FrameHeader& header, const Arrival& arrival, ByteView datagram,
                         Instant now, Effects& effects);
  std::optional<Handshake::Opened> open_pair_frame(const FrameHeader& header,
                                                   const Arrival& arrival, ByteView datagram,
                                                   Instant now, Effects& effects);
  void take_frame(const Handshake::Opened& frame, const Arrival& arrival, std::size_t bytes,
                  Instant now, Effects& effects);
  void meet(Peer& peer, Instant now, Effects& effects);
  void introduce(Peer& peer, Instant now, Effects& effects);
  void members_changed(Instant now);
  void set_clock(Instant now) { outbox_.set_clock(self_.state().clock_ms(now)); }
  void note_own_lag(Instant now);
  void run_due(Instant now, Effects& effects);
  void incarnation_raised(Instant now);

  CryptoPort& crypto_;
  NodeOptions options_;
  Random random_;
  Counters counters_;
  DropSenders drop_senders_;

  Keyring keys_;
  PairOpener pair_opener_;
  LocalNode self_;
  HeldValues held_;

  PeerTable peers_;
  NameOwners names_;
  ReplicaBudget memory_;
  AnswerBudget answers_;
  Outbox outbox_;
  StateDigest digest_;

  StateServer server_;
  RelayServer relay_server_;
  Mailer mailer_;
  StateSigner signer_;
  KeySpreader key_spreader_;

  RumourSpreader rumours_;
  SynSender syns_;
  Liveness liveness_;

  Discovery discovery_;
  KeyChanges key_changes_;
  CallAnswerer calls_;
  Admission admission_;
  HeadVerifier verifier_;
  Incarnations incarnations_;
  StrangerBudget strangers_;
  GroupOpener group_opener_;
  Handshake handshake_;

  CheckpointStore checkpoints_;
  ReplicaStore replicas_;
  MailAssembler mails_;
  Puller puller_;
  RelayedPuller relayed_puller_;
  AntiEntropy anti_entropy_;

  DataReceiver data_receiver_;
  DataSender data_sender_;

  KnownNodes known_nodes_;
  ExpectedNodes expected_;
  AddressExchange addresses_;
  MessageRouter router_;
};

}  // namespace dsn::core
