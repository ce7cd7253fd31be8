// SPDX-License-Identifier: Apache-2.0
// A state that is handed out in chunks (docs/protocol.md, section 6.3).
#pragma once

#include "core/common/effects.hpp"
#include "core/peers/answer_budget.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer.hpp"
#include "core/state/state_root.hpp"

namespace dsn::core {

/// The encoding of one state, made once for all nodes that ask. The server that holds this object
/// knows whose state it is, and which version.
class ChunkedState {
 public:
  ChunkedState(CryptoPort& crypto, AnswerBudget& answers, Outbox& outbox)
      : crypto_(crypto), answers_(answers), outbox_(outbox) {}

  [[nodiscard]] bool empty() const { return canonical_.empty(); }
  void publish(const EntryStore& store);
  void publish(const Bytes& canonical);

  /// Fills in size and hashes, and sends the manifest.
  void send_manifest(Peer& to, wire::Manifest manifest, Effects& effects);
  /// Sends the chunks that are wanted, as many as the limit on answers allows. Each names `origin`.
  void send_chunks(Peer& to, const wire::Want& want, const wire::RelayedOrigin& origin, Instant now,
                   Effects& effects);

 private:
  CryptoPort& crypto_;
  AnswerBudget& answers_;
  Outbox& outbox_;
  Bytes canonical_;
  Bytes hashes_;
};

}  // namespace dsn::core
