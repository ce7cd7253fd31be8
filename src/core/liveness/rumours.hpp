// SPDX-License-Identifier: Apache-2.0
// Passes beats on (rumour mongering, Demers et al. 1987, section 1.4; docs/protocol.md, section
// 7.4).
#pragma once

#include <span>
#include <vector>

#include "core/common/effects.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

class RumourSpreader {
 public:
  RumourSpreader(LocalNode& self, PeerTable& peers, Outbox& outbox)
      : self_(self), peers_(peers), outbox_(outbox) {}

  /// There is a later beat of this peer, which the teller showed; it may be the peer itself. It is
  /// to be passed on, but not to those two.
  void note(const Peer& peer, const Peer& teller);
  /// Appends our own beat and some of others to a message to this peer, as many as fit. Nothing if
  /// there are none, and the peer was told our own one already.
  void append(Peer& to, wire::CborWriter& out, Instant now);
  /// Sends the beats of these peers at once, kRumoursPerMessageMax at most.
  void send(Peer& to, std::span<const Peer* const> about, Instant now, Effects& effects);

 private:
  /// A beat that is being passed on.
  struct NewsItem {
    std::uint64_t prefix = 0;
    std::uint64_t teller = 0;  ///< prefix of who knows it already
    unsigned sent = 0;
  };

  LocalNode& self_;
  PeerTable& peers_;
  Outbox& outbox_;
  std::vector<NewsItem> news_;  // latest last
};

}  // namespace dsn::core
