// SPDX-License-Identifier: Apache-2.0
// The sessions that this node has asked for and that the other node has not accepted yet
// (docs/protocol.md, section 6.1).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "core/common/effects.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/session/keys.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

/// A session with a node that has not proven in it that it has its private key.
struct ProposedSession {
  PublicKey key{};
  NodeId id;
  SharedSecret secret;
  KeyHandle network_key;  ///< of the WELCOME, or of the KNOCK
  Session session;
};

/// Sends KNOCK until the other node answers in the session. Its table is small and nobody's session
/// depends on it: a WELCOME proves nothing, and any member can say it in another's name.
class Knocks {
 public:
  Knocks(const LocalNode& self, PeerTable& peers, Outbox& outbox, Random& random)
      : self_(self), peers_(peers), outbox_(outbox), random_(random) {}

  struct Pending : ProposedSession {
    bool is_move = false;  ///< the session exists: the peer may have moved to `to`
    Endpoint to;           ///< the source address of the WELCOME
    std::size_t bytes_left = 0;
    bool is_said = false;      ///< a KNOCK was sent, and no BYE
    Instant due = kNever;      ///< when the next KNOCK is sent
    Instant expires = kNever;  ///< when an answer counts no more
  };
  /// Knocks for a session, if it is not under way. A WELCOME of `bytes` bytes asked for it. If
  /// there is no room, another knock gives way, of the same node if that has its share.
  void begin(Pending knock, std::size_t bytes, Instant now);
  /// Whether this session is asked for already.
  [[nodiscard]] bool is_under_way(const NodeId& id, SessionId session, const Endpoint& to) const;
  /// The secret that is shared with a node that is knocked at; null if none is.
  [[nodiscard]] const SharedSecret* secret_of(const NodeId& id) const;
  /// The session in which the other node's frames have this label; null if there is none.
  [[nodiscard]] const ProposedSession* find_label(std::uint64_t label) const;
  /// The node accepted a session: nothing more is asked of it.
  void accepted(const NodeId& id);

  /// Tells those who may have accepted a session, and show this node since then, that it stops.
  /// False if the call was full: call again.
  bool say_bye(const wire::Bye& bye, Instant now, Effects& effects);

  void handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const { return due_; }

 private:
  void make_room(const NodeId& id);
  bool send(Pending& knock, Instant now, Effects& effects, const wire::Bye* bye = nullptr);

  const LocalNode& self_;
  PeerTable& peers_;
  Outbox& outbox_;
  Random& random_;
  std::vector<Pending> knocks_;
  Instant due_ = kNever;
};

}  // namespace dsn::core
