// SPDX-License-Identifier: Apache-2.0
// Turns strangers of the network into peers: HELLO, WELCOME, OWNHEAD, and the sessions that follow
// from them (docs/protocol.md, section 6.1).
#pragma once

#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "core/common/arrival.hpp"
#include "core/common/counters.hpp"
#include "core/common/effects.hpp"
#include "core/common/rate_limiter.hpp"
#include "core/fetch/puller.hpp"
#include "core/join/discovery.hpp"
#include "core/join/stranger_gate.hpp"
#include "core/liveness/liveness.hpp"
#include "core/join/head_verifier.hpp"
#include "core/peers/names.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/session/frame.hpp"
#include "core/state/head.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

class Handshake {
 public:
  Handshake(CryptoPort& crypto, const NetworkKeys& keys, LocalNode& self, PeerTable& peers,
            HeadVerifier& verifier, Outbox& outbox, Discovery& discovery, Liveness& liveness,
            const Names& names, Random& random, Counters& counters);

  void handle_group_frame(const FrameHeader& header, const Arrival& arrival, ByteView datagram,
                          Instant now, Effects& effects);

  /// Verifies the head that is kept of the peer, if that has not been done and may be done now.
  void verify_kept_head(Peer& peer, Instant now);
  /// Whether we hold a head of the peer that reaches this incarnation. Verifies it, if that has not
  /// been done and may be done now.
  [[nodiscard]] bool has_evidence(Peer& peer, std::uint32_t incarnation, Instant now);

  /// Makes a peer, if its key is one and there is room.
  Peer* add_peer(const PublicKey& key, const NodeId& id, Instant now);

  void handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const { return welcome_due_; }
  /// When somebody with our own identity was last heard; zero if never.
  [[nodiscard]] Instant clone_heard() const { return clone_heard_; }

 private:
  struct WaitingWelcome {
    Endpoint to;
    SessionId echo{};
    Instant due{};
    std::size_t bytes_max = 0;
  };
  /// Who sent a GROUP frame, from where, and how many bytes.
  struct Sender {
    FrameHeader header;
    Arrival arrival;
    std::size_t bytes = 0;
  };

  void handle_hello(const Sender& sender, const wire::Hello& hello, Instant now, Effects& effects);
  void handle_welcome(const Sender& sender, const wire::Hello& hello, Instant now,
                      Effects& effects);
  void handle_own_head(const wire::SignedHead& signed_head, Instant now, Effects& effects);

  /// Checks who it says it is and returns the peer, made if need be, with a session for this run.
  Peer* admit(const Sender& sender, const wire::Hello& hello, Instant now, Effects& effects);
  [[nodiscard]] bool is_self_consistent(const Sender& sender, const wire::Hello& hello,
                                        const Head& head);
  [[nodiscard]] static bool is_stale(const Peer& peer, const Head& head);
  [[nodiscard]] bool is_listed(const Peer& peer, const Head& head) const;
  void note_clone(const wire::Hello& hello, const Head& head, Instant now, Effects& effects);
  void report_clone(Instant now, Effects& effects);
  void note_origin(Peer& peer, const Arrival& arrival);
  void open_session(Peer& peer, const Sender& sender, std::string_view name);
  /// Keeps the head if it is worth more than the one that is kept. False if it is forged.
  bool remember_head(Peer& peer, const wire::Hello& hello, const Head& head, Instant now);

  void answer_hello(const Peer& peer, const Sender& sender, Instant now, Effects& effects);
  void send_welcome(const WaitingWelcome& welcome, Instant now, Effects& effects);
  void send_own_head(Peer& peer, const Sender& sender, Instant now, Effects& effects);

  CryptoPort& crypto_;
  const NetworkKeys& keys_;
  LocalNode& self_;
  PeerTable& peers_;
  HeadVerifier& verifier_;
  Outbox& outbox_;
  Discovery& discovery_;
  Liveness& liveness_;
  const Names& names_;
  Random& random_;
  Counters& counters_;

  StrangerGate gate_;
  TokenBucket multicast_welcomes_{kMulticastWelcomesPerSecond};
  TokenBucket unicast_welcomes_{kUnicastWelcomesPerSecond};
  std::vector<WaitingWelcome> waiting_;
  Instant welcome_due_ = kNever;

  TokenBucket raises_{kIncarnationRaisesPerSecond, kIncarnationRaises};
  Instant clone_heard_{};
  std::array<std::uint8_t, wire::kPlaintextBytesMax> plaintext_{};
};

}  // namespace dsn::core
