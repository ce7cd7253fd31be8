// SPDX-License-Identifier: Apache-2.0
// Hands out states that other nodes signed, to peers that cannot fetch them from their owners
// (docs/protocol.md, section 7.6).
#pragma once

#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/publish/chunked_state.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

/// The receiver need not trust this node: the signed head proves the state. The server remembers no
/// asker, only the encoding of the state that it handed out last.
class RelayServer {
 public:
  RelayServer(CryptoPort& crypto, PeerTable& peers, Outbox& outbox)
      : peers_(peers), outbox_(outbox), published_(crypto, outbox) {}

  void handle_pull(Peer& asker, const wire::Pull& pull, Instant now, Effects& effects);
  void handle_want(Peer& asker, const wire::Want& want, Instant now, Effects& effects);

 private:
  [[nodiscard]] Peer* origin_of(const Peer& asker, const NodeId& named);
  void send_origin(Peer& asker, const Peer& origin, Effects& effects);
  void send_manifest(Peer& asker, const Peer& origin, Instant now, Effects& effects);
  void publish(const Peer& origin);

  PeerTable& peers_;
  Outbox& outbox_;

  ChunkedState published_;
  NodeId published_of_;
  Bytes published_head_;
};

}  // namespace dsn::core
