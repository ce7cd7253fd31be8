// SPDX-License-Identifier: Apache-2.0
// A state that is handed out in chunks (docs/protocol.md, section 6.3).
#pragma once

#include "core/common/effects.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer.hpp"
#include "core/state/state_root.hpp"

namespace dsn::core {

/// Encoded once, for everybody who asks. Whose state it is, and which version, its owner knows.
class ChunkedState {
 public:
  ChunkedState(CryptoPort& crypto, Outbox& outbox) : crypto_(crypto), outbox_(outbox) {}

  [[nodiscard]] bool empty() const { return canonical_.empty(); }
  void publish(const EntryStore& store);
  void publish(const Bytes& canonical);

  /// Size and hashes are filled in here.
  void send_manifest(Peer& to, wire::Manifest manifest, Effects& effects);
  /// The chunks that are wanted, as many as the limit on answers allows. `origin` as in the chunks.
  void send_chunks(Peer& to, const wire::Want& want, const wire::RelayedOrigin& origin, Instant now,
                   Effects& effects);

 private:
  CryptoPort& crypto_;
  Outbox& outbox_;
  Bytes canonical_;
  Bytes hashes_;
};

}  // namespace dsn::core
