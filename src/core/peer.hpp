// SPDX-License-Identifier: Apache-2.0
// Everything that this node knows about one other node.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/endpoint.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/crypto_port.hpp"
#include "core/limits.hpp"
#include "core/rate_limiter.hpp"
#include "core/replica.hpp"
#include "core/session.hpp"
#include "core/transfer.hpp"

namespace dsn {

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
  live,        ///< heard within its time
  late,        ///< overdue, being probed
  gone,        ///< did not answer the probes either
  restarting,  ///< said BYE and that it will be back
  left,        ///< said BYE for good
};

/// A head that a peer signed, as it came.
struct StoredHead {
  Bytes encoded;
  Signature signature{};
  StateVersion version;
  SessionId session{};
};

/// A request for the peer's state that is waiting or under way.
struct PullProgress {
  Instant due = kNever;
  std::size_t transmissions = 0;  ///< 0: not sent yet
  bool complete_state = false;    ///< ours differs at the same version: fetch all of it
};

struct Peer {
  Peer(const NodeId& id_, const PublicKey& key) : id(id_), public_key(key) {}

  const NodeId id;
  const PublicKey public_key;
  std::string name;
  SharedSecret secret;  ///< ECDH, computed once
  StoredHead head;

  Session session;
  std::optional<Session> candidate;  ///< of a new run, until it has proved itself

  Endpoint endpoint;            ///< where its authentic frames come from
  Endpoint candidate_endpoint;  ///< where the new run says it is
  std::string candidate_name;   ///< what the new run calls itself
  Rung rung = Rung::hello;
  std::string via;  ///< interface, bootstrap host or the peer that told us

  PeerState state = PeerState::met;
  Instant met{};
  Instant heard{};    ///< last authentic frame
  Instant sent{};     ///< last frame to it
  Instant changed{};  ///< when its replica last changed
  Instant state_since{};

  std::uint64_t syn_token = 0;  ///< of the last SYN to it; 0 once answered
  Instant syn_sent{};
  Duration round_trip{};       ///< smoothed; zero if never measured
  Instant probe_due = kNever;  ///< while it is late, or not confirmed: when to knock again
  std::size_t knocks = 0;

  Replica replica;
  std::uint64_t fingerprint = 0;  ///< of replica, if fingerprint_version is its version
  StateVersion fingerprint_version;
  StateVersion wanted;  ///< the newest version that anybody told us of
  PullProgress pull;
  std::unique_ptr<Transfer> transfer;
  TokenBucket answers{kAnswersPerPeerPerSecond};

  [[nodiscard]] bool reachable() const {
    return session.confirmed && (state == PeerState::live || state == PeerState::late);
  }
};

}  // namespace dsn
