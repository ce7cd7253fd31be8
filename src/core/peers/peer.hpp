// SPDX-License-Identifier: Apache-2.0
// Everything that this node knows about one other node.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/endpoint.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/common/limits.hpp"
#include "core/common/rate_limiter.hpp"
#include "core/session/crypto_port.hpp"
#include "core/session/session.hpp"
#include "core/state/checkpoint.hpp"
#include "core/state/replica.hpp"
#include "core/state/transfer.hpp"
#include "wire/messages.hpp"

namespace dsn::core {

/// How a node was found; every rung of the ladder is additive (docs/protocol.md, section 8).
enum class Rung : std::uint8_t {
  multicast_ipv4,
  multicast_ipv6,
  remembered,
  bootstrap,
  gossip,
  hello
};

enum class PeerState : std::uint8_t {
  met,         ///< its HELLO or WELCOME was read, no frame of it opened yet
  live,        ///< it showed a sign of life, or others passed on one
  late,        ///< suspected for long
  gone,        ///< did not answer the probes either
  restarting,  ///< said BYE and that it will be back
  left,        ///< said BYE for good
};

/// Set by PeerTable alone, which counts the members.
class TrackedState {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): it is read as what it holds.
  operator PeerState() const { return state_; }

 private:
  friend class PeerTable;
  PeerState state_ = PeerState::met;
};

/// Of a node that was forgotten: what it had reached is not taken again from others.
struct HighWater {
  StateVersion version;
  SessionId session{};
  std::uint64_t clock_ms = 0;  ///< its session clock when it was last heard
};

/// What the peer was told of our newest head.
struct HeadTold {
  std::uint64_t number = 0;  ///< of that head
  unsigned copies = 0;       ///< of which nobody says that they came
  bool in_syn = false;       ///< one is in the latest SYN
  bool arrived = false;
};

/// Two state sums that differed when the peer was last sent bucket sums.
struct StandingDifference {
  std::uint64_t ours = 0;
  std::uint64_t theirs = 0;
  Instant until{};   ///< no bucket sums before, unless a sum is another
  Duration pause{};  ///< grows while nothing comes of them
};

/// A request for the peer's state that is waiting or under way.
struct PullProgress {
  Instant due = kNever;
  std::size_t transmissions = 0;  ///< 0: not sent yet
  bool complete_state = false;    ///< ours differs at the same version: fetch all of it
  bool hearsay = false;           ///< somebody else than the owner made us ask
};

struct Peer {
  Peer(const NodeId& id_, const PublicKey& key) : id(id_), public_key(key) {}

  const NodeId id;
  const PublicKey public_key;
  std::string name;
  SessionId named_in{};           ///< the run in which a verified head gave it its name
  SharedSecret secret;            ///< ECDH, computed once
  std::uint64_t member_hash = 0;  ///< its part of the membership sum, computed once
  StoredHead head;
  StateVersion told;                    ///< in its latest HELLO or WELCOME
  std::uint32_t incarnation_heard = 0;  ///< the highest in authentic frames of its own
  SessionId relayed_run{};              ///< in which it reached this, if only its head tells
  Instant head_asked{};

  Session session;
  std::optional<Session> candidate;  ///< of a new run, until it has proved itself

  Endpoint endpoint;            ///< where its authentic frames come from; set by PeerTable
  Endpoint candidate_endpoint;  ///< where its latest WELCOME came from: knocks go there
  std::string candidate_name;   ///< what the new run calls itself
  std::size_t knock_bytes = 0;  ///< that may still be sent there: no more than came from there
  Rung rung = Rung::hello;
  std::string via;  ///< interface, bootstrap host or the peer that told us

  TrackedState state;
  Instant met{};
  Instant heard{};           ///< last sign of life: a frame of it, or a beat that others heard
  wire::Beat beat;           ///< the latest of its chain that is proven
  SessionId beat_session{};  ///< the run that it is of
  Instant beat_shown{};      ///< when the peer showed it, at the latest
  Instant sent{};            ///< last frame to it
  Instant changed{};         ///< when its replica last changed
  Instant state_since{};

  std::uint64_t syn_token = 0;  ///< of the last SYN to it; 0 once answered
  Instant syn_sent{};
  StandingDifference standing;
  Duration round_trip{};              ///< smoothed; zero if never measured
  Instant suspected = kNever;         ///< since when
  Instant probed{};                   ///< while it is suspected
  Instant late_asked{};               ///< when others last made us suspect it
  std::vector<std::uint64_t> askers;  ///< prefixes of those who wait for a sign of life of it
  Instant knock_due = kNever;         ///< while a session is to be confirmed
  /// Of a run that was forgotten: what was heard in it is not to be heard again.
  SessionId buried_session{};
  std::uint64_t buried_sequence = 0;

  Replica replica;
  SessionId replica_session{};   ///< the run of the owner to whose clock its ages refer
  bool replica_relayed = false;  ///< somebody else than the owner gave it to us
  std::optional<Checkpoint> checkpoint;
  StoredHead coming_head;  ///< newer, but not verified yet, or of a state that is not here yet
  StateCopy set_aside;     ///< left by the replica, and perhaps what a head to come names
  HeadTold head_told;
  HighWater high_water;
  bool silent = false;            ///< it does not answer our pulls
  std::uint64_t fingerprint = 0;  ///< of replica, if fingerprint_version is its version
  StateVersion fingerprint_version;
  std::size_t member_index = 0;           ///< kept by Members, as are the next two
  std::uint64_t fingerprint_counted = 0;  ///< the one that is in its sums
  bool uncounted = false;                 ///< none is, and it is waiting for it
  StateVersion wanted;                    ///< the newest version that anybody told us of
  Instant hearsay_after{};                ///< when hearsay is believed again
  Duration hearsay_pause{};               ///< grows while it proves wrong
  PullProgress pull;
  std::unique_ptr<Transfer> transfer;
  TokenBucket answers{kAnswersPerPeerPerSecond};

  /// Whether the name stands in a verified head of the run that is heard.
  [[nodiscard]] bool name_proven() const {
    return named_in != SessionId{} && named_in == session.peer;
  }
  /// Known only through others, who hold its last state.
  [[nodiscard]] bool is_only_relayed() const {
    return !session.confirmed && (state == PeerState::gone || state == PeerState::left);
  }
  /// A member: it is live or late, and has confirmed its session.
  [[nodiscard]] bool reachable() const {
    return session.confirmed && (state == PeerState::live || state == PeerState::late);
  }
};

}  // namespace dsn::core
