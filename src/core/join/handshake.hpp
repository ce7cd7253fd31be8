// SPDX-License-Identifier: Apache-2.0
// Makes peers of the network's strangers: HELLO, WELCOME and OWNHEAD, and the sessions that follow
// from them (docs/protocol.md, section 6.1).
#pragma once

#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "core/common/arrival.hpp"
#include "core/common/counters.hpp"
#include "core/common/effects.hpp"
#include "core/common/rate_limiter.hpp"
#include "core/join/admission.hpp"
#include "core/join/discovery.hpp"
#include "core/join/head_verifier.hpp"
#include "core/join/incarnations.hpp"
#include "core/join/stranger_gate.hpp"
#include "core/liveness/session_confirmer.hpp"
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
            Outbox& outbox, SessionConfirmer& confirmer, Discovery& discovery, Admission& admission,
            HeadVerifier& verifier, Incarnations& incarnations, Random& random, Counters& counters);

  void handle_group_frame(const FrameHeader& header, const Arrival& arrival, ByteView datagram,
                          Instant now, Effects& effects);

  void handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const { return welcome_due_; }
  /// When another node with our own identity was last heard; zero if never.
  [[nodiscard]] Instant clone_heard() const { return clone_heard_; }

 private:
  struct WaitingWelcome {
    Endpoint to;
    SessionId echo{};
    Instant due{};
    std::size_t bytes_max = 0;
  };
  /// The sender of a GROUP frame, and the size of its datagram.
  struct Sender {
    FrameHeader header;
    Arrival arrival;
    std::size_t bytes = 0;
  };

  void handle_hello(const Sender& sender, const wire::Hello& hello, Instant now, Effects& effects);
  void handle_welcome(const Sender& sender, const wire::Hello& hello, Instant now,
                      Effects& effects);
  void handle_own_head(const wire::SignedHead& signed_head, Instant now, Effects& effects);

  /// Checks the identity that the sender claims. Returns its peer, made if need be, with a session
  /// for this run of it; null if it is refused.
  Peer* admit(const Sender& sender, const wire::Hello& hello, Instant now, Effects& effects);
  [[nodiscard]] bool is_self_consistent(const Sender& sender, const wire::Hello& hello,
                                        const Head& head);
  [[nodiscard]] bool is_listed(const Peer& peer, const Head& head) const;
  void note_clone(const wire::Hello& hello, const Head& head, Instant now, Effects& effects);
  void report_clone(Instant now, Effects& effects);
  void note_origin(Peer& peer, const Arrival& arrival);
  void open_session(Peer& peer, const Sender& sender, std::string_view name);

  void answer_hello(const Peer& peer, const Sender& sender, Instant now, Effects& effects);
  void send_welcome(const WaitingWelcome& welcome, Instant now, Effects& effects);
  void send_own_head(Peer& peer, const Sender& sender, Instant now, Effects& effects);

  CryptoPort& crypto_;
  const NetworkKeys& keys_;
  LocalNode& self_;
  PeerTable& peers_;
  Outbox& outbox_;
  SessionConfirmer& confirmer_;
  Discovery& discovery_;
  Admission& admission_;
  HeadVerifier& verifier_;
  Incarnations& incarnations_;
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
