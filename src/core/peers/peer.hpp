// SPDX-License-Identifier: Apache-2.0
// Everything that this node knows of one other node.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/endpoint.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/common/backoff.hpp"
#include "core/common/limits.hpp"
#include "core/common/rate_limiter.hpp"
#include "core/session/crypto_port.hpp"
#include "core/session/session.hpp"
#include "core/state/checkpoint.hpp"
#include "core/state/replica.hpp"
#include "core/state/transfer.hpp"
#include "wire/messages.hpp"

namespace dsn::core {

/// How a node was found (docs/protocol.md, section 8).
enum class Rung : std::uint8_t {
  multicast_ipv4,
  multicast_ipv6,
  remembered,
  bootstrap,
  gossip,
  hello
};

enum class PeerState : std::uint8_t {
  live,        ///< it showed a sign of life, or others passed one on
  late,        ///< suspected for long
  gone,        ///< no sign of life of it came, also after probes and questions to others
  restarting,  ///< said BYE and that it will be back
  left,        ///< said BYE for good
  asleep,      ///< said BYE, and for how long
  overdue,     ///< slept, and did not come back in time: late, but not a member
  awaited,     ///< was there in an earlier run, and was not heard in this one yet
};

/// Set by PeerTable alone, which counts the members.
class TrackedState {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): it is read as what it holds.
  operator PeerState() const { return state_; }

 private:
  friend class PeerTable;
  PeerState state_ = PeerState::gone;
};

/// How far a node had got before it was forgotten: nothing older is taken from a relay.
struct HighWater {
  StateVersion version;
  SessionId session{};
  std::uint64_t clock_ms = 0;  ///< its session clock when it was last heard
};

/// The source address of the newest authentic frame of a peer, which has not shown yet that the
/// peer hears there. protocol.md [address-unproven]
struct UnprovenAddress {
  Endpoint endpoint;
  std::size_t bytes_left = 0;  ///< that may still be sent there
  std::uint64_t token = 0;     ///< of the SYNs that went there and nowhere else; 0: none did
  Instant asked{};             ///< when the latest one did
};

/// Where the peer is reached and how it was found.
struct PeerPath {
  /// The address that was proven last. Until one is: that of `unproven`.
  Endpoint endpoint;
  std::optional<UnprovenAddress> unproven;
  Rung rung = Rung::hello;
  std::string via;  ///< interface, bootstrap host, or name of the peer that passed the address on
  Instant multicast_heard{};  ///< when a HELLO of it last came by multicast; zero if none did
  Endpoint remembered;  ///< where it was in an earlier run; nothing is sent there in a session

  /// Whether the peer has shown that it hears at `endpoint`.
  [[nodiscard]] bool is_proven() const {
    return endpoint.port != 0 && (!unproven || unproven->endpoint != endpoint);
  }
  /// `endpoint` if it is proven; otherwise no address.
  [[nodiscard]] Endpoint proven() const { return is_proven() ? endpoint : Endpoint{}; }
  /// Where to look for it: the same, or where it was in an earlier run.
  [[nodiscard]] Endpoint last() const { return is_proven() ? endpoint : remembered; }
};

/// Which incarnation the peer has reached, and the head that proves it.
struct PeerRun {
  StoredHead head;                ///< the one with the highest incarnation; see Incarnations
  std::uint32_t incarnation = 0;  ///< the highest that it has spoken of itself, or signed
  /// The session that reached `incarnation`, if only a head that a relay passed on says so.
  SessionId relayed_session{};
};

/// A session before the current one. None of its frames is taken again.
struct PreviousSession {
  SessionId session{};
  std::uint64_t sequence = 0;  ///< the highest that was received
};

/// The latest sessions before the current one, the newest first.
class PreviousSessions {
 public:
  void add(const PreviousSession& ended) {
    std::erase_if(sessions_, [&](const auto& held) { return held.session == ended.session; });
    sessions_.insert(sessions_.begin(), ended);
    if (sessions_.size() > kPreviousSessionsMax) sessions_.pop_back();
  }
  /// Null if the session is not among them.
  [[nodiscard]] const PreviousSession* find(SessionId session) const {
    const auto found = std::ranges::find(sessions_, session, &PreviousSession::session);
    return found == sessions_.end() ? nullptr : &*found;
  }

 private:
  std::vector<PreviousSession> sessions_;
};

/// What proves that the peer lives.
struct PeerLife {
  TrackedState state;
  Instant since{};          ///< when it entered the state
  Duration silence{};       ///< how long it said that it sleeps; zero once it is back
  Instant met{};            ///< when it was added to the table
  bool met_before = false;  ///< in an earlier run of this node
  bool was_there = false;  ///< it was a member, in this run or in an earlier one that is remembered
  Instant heard{};  ///< its last sign of life: a frame of it, or a beat that others passed on
  /// It did not answer probes, and a beat that others passed on ended the suspicion.
  bool is_relayed = false;
  unsigned told_in_doubt = 0;   ///< suspicions that only beats of others ended, since a frame came
  bool is_unanswered = false;   ///< it did not answer a round, and no frame of it came since
  NodeId told_by;               ///< who passed on its latest beat; zero if a frame of it came since
  std::uint32_t warnings = 0;   ///< how many its agent shows, as it said last
  std::uint64_t told_beat = 0;  ///< index of our own beat that it was told last
  wire::Beat beat;              ///< the latest proven one of its chain
  SessionId beat_session{};     ///< the session that `beat` belongs to
  Instant beat_shown{};         ///< the latest moment at which the peer can have shown it
  Instant suspected = kNever;   ///< when the suspicion began
  Instant probed{};             ///< when it was last probed, while it is suspected
  Instant late_asked{};         ///< when others last caused a suspicion
  std::vector<std::uint64_t> askers;  ///< prefixes of the peers that wait for a sign of life of it
};

/// A state for which there was no room: it was refused, or given up for another node's.
struct UnheldState {
  std::size_t bytes = 0;
  Instant since{};
  Instant again{};              ///< it is not asked for before
  bool given_up = false;        ///< nothing is held; otherwise an older state is
  StateVersion signed_version;  ///< of the checkpoint that was given up: nothing older is taken
};

/// What is held of the peer's state.
struct PeerCopy {
  Replica replica;
  SessionId session{};   ///< of the owner, whose clock the replica's ages refer to; zero if unknown
  bool relayed = false;  ///< the replica came from another node than its owner
  Instant changed{};     ///< when the replica last changed
  std::optional<Checkpoint> checkpoint;
  StoredHead coming_head;  ///< a newer head that waits for its verification or for its state
  bool coming_head_verified = false;
  StateCopy set_aside;  ///< an earlier replica that a head to come may name
  std::optional<UnheldState> unheld;
  HighWater high_water;
};

/// What the peer's state adds to the digests.
struct PeerDigest {
  std::uint64_t fingerprint = 0;  ///< of the replica, if `version` is the replica's version
  StateVersion version;
  std::uint64_t counted = 0;     ///< the fingerprint that is part of the sums now
  bool queued = false;           ///< it waits in Members::take_uncounted to be counted
  std::size_t member_index = 0;  ///< its place in Members::all, if it is a member
};

/// The latest SYN to the peer.
struct PeerSyn {
  std::uint64_t token = 0;  ///< 0 once it was answered
  Instant sent{};
  Duration round_trip{};  ///< smoothed; zero if never measured
};

/// Two state sums that differed when the peer was last sent bucket sums. They are not sent again
/// for these two sums until the pause is over.
struct StandingDifference {
  std::uint64_t ours = 0;
  std::uint64_t theirs = 0;
  Backoff backoff;
};

/// What the peer was told of our newest head.
struct HeadTold {
  std::uint64_t number = 0;  ///< of that head
  unsigned copies = 0;       ///< copies sent and not yet acknowledged
  bool in_syn = false;       ///< one of them is in the latest SYN
  bool arrived = false;
};

/// A PULL that is waiting or under way.
struct PullRequest {
  Instant due = kNever;
  std::size_t transmissions = 0;  ///< 0: not sent yet
  bool waited = false;            ///< for a proven address; it does so once
  bool complete_state = false;    ///< another state is held at the same version: fetch all of it
  bool from_gossip = false;       ///< another node than the owner caused it
};

/// What is fetched from the peer.
struct PeerPull {
  PullRequest request;
  StateVersion wanted;                 ///< the newest version that anybody named
  std::unique_ptr<Transfer> transfer;  ///< a state that arrives in chunks
  Backoff gossip;                      ///< after gossip about it that proved wrong
  bool unanswered = false;             ///< the last pull was given up
};

/// A run of the peer that has passed, and asks to be let in while a later run lives: a second
/// machine with its identity, if that goes on.
struct PeerTwin {
  SessionId session{};
  std::uint32_t incarnation = 0;
  Instant since{};
  Instant heard{};
  unsigned count = 0;
  Endpoint at{};
  bool is_proven = false;         ///< the signature of its head was verified
  Instant told = Instant{} - 1h;  ///< when the later run was last told

  /// More than a machine that started anew, or a recording.
  [[nodiscard]] bool is_lasting() const { return count >= 3 && heard - since >= 5s; }
  [[nodiscard]] bool is_there(Instant now) const { return is_proven && now - heard < kTwinKept; }
};

/// What is known of the network key that the peer has, and what was done about it.
struct PeerNetworkKey {
  SessionId shown_in{};  ///< the session of the peer in which a head of it last said so
  KeyMark mark = KeyMark::none;
  Backoff handed_on{};  ///< the newest key was sent to it
  /// So often, in its session `overtaken_in`, it was sent what was overtaken.
  std::size_t overtaken_sent = 0;
  SessionId overtaken_in{};
  Backoff doubt{};  ///< after it sent a key that was forged
};

/// One struct for each mechanism that writes it; all others only read it.
struct Peer {
  Peer(const NodeId& id_, const PublicKey& key_) : id(id_), public_key(key_) {}

  const NodeId id;
  const PublicKey public_key;
  SharedSecret secret;            ///< ECDH with its key, computed once by Admission
  std::uint64_t member_hash = 0;  ///< its part of the membership sum, computed once by Admission

  std::string name;      ///< Names
  SessionId named_in{};  ///< NameOwners: the session in which it said that this is its name

  /// PeerTable installs and ends sessions; Outbox counts the frames sent, Node those received,
  /// AntiEntropy notes what the peer says it sent, and Liveness marks a session that said BYE.
  Session session;
  PreviousSessions previous;  ///< PeerTable

  PeerPath path;                  ///< PeerTable
  PeerRun run;                    ///< Incarnations
  PeerLife life;                  ///< Liveness with its parts; PeerTable writes state and met
  PeerCopy copy;                  ///< ReplicaStore, with CheckpointStore
  PeerDigest digest;              ///< StateDigest and Members
  PeerSyn syn;                    ///< SynSender
  StandingDifference difference;  ///< AntiEntropy
  HeadTold head_told;             ///< StateSigner
  PeerPull pull;                  ///< Puller
  PeerTwin twin;                  ///< Clones
  PeerNetworkKey key;             ///< KeySpreader
  /// Its own share of the answers: AnswerBudget.
  TokenBucket answers{kAnswersPerPeerPerSecond};
  /// Parts of application messages that are taken of the peer, whatever others send.
  TokenBucket parts{kDataPartsPerPeerPerSecond};

  /// Bytes that came from the peer and have not paid for HELLOs yet: Node adds, Hearsay takes.
  std::size_t hearsay_credit = 0;

  /// Whether frames of it come from there. Beats that others pass on may be of a session that it
  /// has with another machine of this node's identity.
  [[nodiscard]] bool answers_at(const Endpoint& endpoint, Instant now) const {
    return reachable() && path.proven() == endpoint && life.told_by == NodeId{} &&
           now - life.heard < kSilenceMin;
  }
  /// Whether the peer said in the current session that this is its name.
  [[nodiscard]] bool name_proven() const {
    return named_in != SessionId{} && named_in == session.peer;
  }
  /// Known only through others, who hold its last state.
  [[nodiscard]] bool is_only_relayed() const {
    return !session.confirmed && is_lost() && !life.was_there;
  }
  /// It was there in an earlier run, and was not heard in this one.
  [[nodiscard]] bool is_only_remembered() const { return !session.confirmed && life.was_there; }
  /// It may come back at any time; but others know as much of it as this node.
  [[nodiscard]] bool is_lost() const {
    return life.state == PeerState::gone || life.state == PeerState::left;
  }
  /// When it was met: the larger, the later. In an earlier run was before all others.
  using Met = std::pair<bool, Instant>;
  [[nodiscard]] Met met() const { return {!life.met_before, life.met}; }
  /// Whether the other one has been known for longer.
  [[nodiscard]] bool was_met_after(const Peer& other) const { return met() > other.met(); }
  /// Heads of such a peer are verified before those of others.
  [[nodiscard]] bool is_known_for_long(Instant now) const {
    return life.met_before || now - life.met >= kKnownForLong;
  }
  /// Of its state, earlier ones that are set aside included.
  [[nodiscard]] std::size_t bytes_held() const {
    const std::size_t copied = copy.checkpoint ? copy.checkpoint->copy.canonical.size() : 0;
    return copy.replica.store().encoded_bytes() + copy.set_aside.canonical.size() + copied;
  }
  /// A member: it is live or late, and has confirmed its session.
  [[nodiscard]] bool reachable() const {
    return session.confirmed && (life.state == PeerState::live || life.state == PeerState::late);
  }
};

}  // namespace dsn::core
