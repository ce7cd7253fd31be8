// SPDX-License-Identifier: Apache-2.0
// Answers peers that are behind with a delta, a snapshot, or this node's state in chunks.
#pragma once

#include "core/common/counters.hpp"
#include "core/peers/outbox.hpp"
#include "core/publish/chunked_state.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

/// Serves this node's own state to peers whose session is confirmed. It remembers no asker, only
/// one encoded state, of which all are handed chunks.
class StateServer {
 public:
  StateServer(CryptoPort& crypto, LocalNode& self, AnswerBudget& answers, Outbox& outbox)
      : self_(self), outbox_(outbox), published_(crypto, answers, outbox) {}

  void handle_pull(Peer& peer, const wire::Pull& pull, Instant now, Effects& effects);
  void handle_want(Peer& peer, const wire::Want& want, Instant now, Effects& effects);

 private:
  bool send_delta(Peer& peer, std::uint64_t from, Instant now, Effects& effects);
  bool send_snapshot(Peer& peer, Effects& effects);
  void send_manifest(Peer& peer, Instant now, Effects& effects);
  void publish(Instant now);
  [[nodiscard]] bool published_is_usable(Instant now) const;

  LocalNode& self_;
  Outbox& outbox_;

  ChunkedState published_;
  StateVersion published_version_;
  Instant published_at_{};
};

}  // namespace dsn::core
