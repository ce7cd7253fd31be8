// SPDX-License-Identifier: Apache-2.0
// Signs the own state from time to time, not while a write waits, so that others can prove it when
// this node is gone (docs/protocol.md, section 7.6).
#pragma once

#include <algorithm>

#include "base/random.hpp"
#include "core/common/effects.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/publish/mailer.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

/// A new head goes at once to a few members, and to the others behind messages that are sent to
/// them anyway. Writes Peer::head_told.
class StateSigner {
 public:
  StateSigner(LocalNode& self, const Mailer& mailer, PeerTable& peers, Outbox& outbox,
              Random& random)
      : self_(self), mailer_(mailer), peers_(peers), outbox_(outbox), random_(random) {}

  void own_state_changed(Instant now);
  /// What a head says has changed without the state: a new one is signed at once.
  void sign_soon(Instant now) { due_ = now; }
  void handle_timeout(Instant now, Effects& effects);
  /// Signing waits until the next MAIL starts at the current version, so that receivers keep a copy
  /// of the signed state before they apply that MAIL (flag 0 of MAIL).
  [[nodiscard]] Instant next_deadline() const {
    return std::min(self_.segment_end(), mailer_.covers_own_state() ? due_ : kNever);
  }

  /// Sends the newest head to the peer, if it may not have it yet.
  bool tell(Peer& peer, Effects& effects);
  /// Appends the newest head to a message to the peer, if the peer may not have it yet and it fits.
  /// True if it did.
  bool append_to(Peer& peer, wire::CborWriter& out);
  /// A new session with the peer was confirmed: it may have been told nothing yet.
  static void session_confirmed(Peer& peer) { peer.head_told = {}; }
  /// What is appended next goes with a SYN, whose answer will tell whether it arrived.
  void begin_syn(Peer& peer);
  /// The peer answered the SYN.
  void syn_answered(Peer& peer);

  /// Signs that this node left. The head goes out with BYE.
  void leave(Instant now);

 private:
  void tell_some(Effects& effects);
  bool append(wire::CborWriter& out) const;
  [[nodiscard]] HeadTold& told_of(Peer& peer) const;

  LocalNode& self_;
  const Mailer& mailer_;
  PeerTable& peers_;
  Outbox& outbox_;
  Random& random_;
  Instant due_ = kNever;
  std::uint64_t told_ = 0;  // the number of the head that was told last
  bool leaving_ = false;
};

}  // namespace dsn::core
