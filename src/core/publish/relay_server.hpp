// SPDX-License-Identifier: Apache-2.0
// Hands out states that other nodes signed, to peers that cannot fetch them from their owners
// (docs/protocol.md, section 7.6).
#pragma once

#include <list>

#include "core/common/rate_limiter.hpp"
#include "core/peers/answer_budget.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/publish/chunked_state.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

/// The receiver need not trust this node: the signed head proves the state. The server remembers no
/// asker, only the encodings of a few states that it handed out lately.
class RelayServer {
 public:
  RelayServer(CryptoPort& crypto, const LocalNode& self, PeerTable& peers, AnswerBudget& answers,
              Outbox& outbox)
      : crypto_(crypto), self_(self), peers_(peers), answers_(answers), outbox_(outbox) {}

  void handle_pull(Peer& asker, const wire::Pull& pull, Instant now, Effects& effects);
  void handle_want(Peer& asker, const wire::Want& want, Instant now, Effects& effects);

 private:
  [[nodiscard]] Peer* origin_of(const Peer& asker, const NodeId& named);
  void send_origin(Peer& asker, const Peer& origin, Effects& effects);
  void send_manifest(Peer& asker, const Peer& origin, Instant now, Effects& effects);
  /// The encoded checkpoint of the origin. Null if too many others had to be encoded lately.
  ChunkedState* publish(const Peer& origin, Instant now);

  CryptoPort& crypto_;
  const LocalNode& self_;
  PeerTable& peers_;
  AnswerBudget& answers_;
  Outbox& outbox_;

  struct Published {
    NodeId of;
    Bytes head;
    ChunkedState state;
  };
  std::list<Published> published_;  // the one that was asked for last comes first
  TokenBucket encodings_{kPublishedPerSecond};
};

}  // namespace dsn::core
