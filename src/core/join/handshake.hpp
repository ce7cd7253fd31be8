// SPDX-License-Identifier: Apache-2.0
// Makes peers of the network's strangers: HELLO, WELCOME, KNOCK and OWNHEAD, and the sessions that
// follow from them (docs/protocol.md, section 6.1).
#pragma once

#include <algorithm>
#include <optional>

#include "base/random.hpp"
#include "core/common/arrival.hpp"
#include "core/common/counters.hpp"
#include "core/common/effects.hpp"
#include "core/common/rate_limiter.hpp"
#include "core/join/admission.hpp"
#include "core/join/clones.hpp"
#include "core/join/discovery.hpp"
#include "core/join/greeter.hpp"
#include "core/join/half_met.hpp"
#include "core/join/incarnations.hpp"
#include "core/join/knocks.hpp"
#include "core/join/stranger_budget.hpp"
#include "core/peers/name_owners.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/session/frame_codec.hpp"
#include "core/session/keyring.hpp"
#include "core/session/pair_opener.hpp"
#include "core/state/head.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

/// HELLO and WELCOME leave nothing behind. A session is installed when a frame opens with its key,
/// which nobody but the two nodes can make. protocol.md [hello-session]
class Handshake {
 public:
  Handshake(CryptoPort& crypto, const Keyring& keys, LocalNode& self, PeerTable& peers,
            Outbox& outbox, Discovery& discovery, Admission& admission, StrangerBudget& strangers,
            PairOpener& opener, Random& random, Counters& counters);

  /// The sender of a GROUP frame, the size of its datagram, and its key.
  struct Sender {
    SessionId session{};
    Arrival arrival;
    std::size_t bytes = 0;
    KeyHandle key;  ///< of the network, under which the frame came
  };
  /// The plaintext of a PAIR frame that was opened.
  struct Opened {
    Peer* peer = nullptr;
    std::uint64_t sequence = 0;
    ByteView plaintext;  ///< valid until the next frame is opened
    bool in_new_session = false;
    bool is_knock = false;  ///< the peer waits for RUN
  };
  /// Takes the message of a GROUP frame. Returns what a KNOCK carried, if that was opened. The
  /// session of the peer is the frame's then.
  std::optional<Opened> handle_message(const Sender& sender, ByteView plaintext, Instant now,
                                       Effects& effects);
  /// A PAIR frame whose label no peer has: the answer to a KNOCK, or nothing. Returned as above.
  std::optional<Opened> handle_unknown_label(const FrameHeader& header, const Arrival& arrival,
                                             ByteView datagram, Instant now, Effects& effects);

  /// As Knocks::say_bye.
  bool say_bye(const wire::Bye& bye, Instant now, Effects& effects) {
    return knocks_.say_bye(bye, now, effects);
  }

  void handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const {
    return std::min({greeter_.next_deadline(), knocks_.next_deadline(), clones_.next_deadline()});
  }
  /// Another machine with this node's own identity; nothing if there is none.
  [[nodiscard]] std::optional<OwnClone> own_clone(Instant now) const {
    return clones_.own_clone(now);
  }
  /// The nodes that are heard, and with which no session comes about.
  [[nodiscard]] const HalfMet& half_met() const { return half_met_; }

 private:
  void handle_hello(const Sender& sender, const wire::Hello& hello, Instant now, Effects& effects);
  void handle_welcome(const Sender& sender, const wire::Hello& hello, Instant now,
                      Effects& effects);
  std::optional<Opened> handle_knock(const Sender& sender, const wire::Knock& knock, Instant now,
                                     Effects& effects);
  void handle_own_head(const Arrival& arrival, const wire::SignedHead& signed_head, Instant now,
                       Effects& effects);

  /// The head of a HELLO or WELCOME, if nothing speaks against its sender. It is no more than a
  /// hint: any member can have made it.
  std::optional<Head> check(const Sender& sender, const wire::Hello& hello, Instant now,
                            Effects& effects);
  [[nodiscard]] bool is_known(const NodeId& id) const;
  /// Whether this node, an observer, does not answer that one.
  [[nodiscard]] bool is_ignored(const NodeId& id) const;
  /// Whether the node may say something under this key of the network; what does not is counted.
  [[nodiscard]] bool may_speak(const NodeId& id, const NetworkKeys& key);
  [[nodiscard]] bool is_self_consistent(const Sender& sender, const wire::Hello& hello,
                                        const Head& head);
  void note_clone(const Arrival& arrival, const wire::Hello& hello, const Head& head, Instant now,
                  Effects& effects);
  /// Whether this node itself signed the head.
  [[nodiscard]] bool is_own(const Arrival& arrival, const wire::SignedHead& head, Instant now);
  void refuse_past_run(const Sender& sender, const wire::Hello& hello, const Head& head,
                       const StoredHead& proof, Instant now, Effects& effects);
  bool is_valid(const PublicKey& key, const Arrival& arrival, const wire::SignedHead& head,
                Instant now);

  /// The secret that is shared with the node. Costs an ECDH if the node is not a peer; nothing if
  /// too many strangers ask for one, or the key is none.
  std::optional<SharedSecret> secret_of(const NodeId& id, const PublicKey& key,
                                        const Arrival& arrival, Instant now);
  [[nodiscard]] Session make_session(const NodeId& id, const SharedSecret& secret,
                                     const Sender& sender, SessionId session) const;
  /// Opens the first frame in a session, which proves the node, and installs the session.
  std::optional<Opened> accept(const ProposedSession& proposed, const FrameHeader& header,
                               ByteView frame, const Arrival& arrival, std::size_t bytes,
                               Instant now, Effects& effects);
  Peer* install(const ProposedSession& proposed, const wire::Run& run, std::uint64_t sequence,
                const Arrival& arrival, std::size_t bytes, Instant now, Effects& effects);
  void note_origin(Peer& peer, const Arrival& arrival);

  CryptoPort& crypto_;
  const Keyring& keys_;
  LocalNode& self_;
  PeerTable& peers_;
  Outbox& outbox_;
  Discovery& discovery_;
  Admission& admission_;
  StrangerBudget& strangers_;
  PairOpener& opener_;
  Counters& counters_;

  Greeter greeter_;
  Knocks knocks_;
  Clones clones_;
  HalfMet half_met_;
};

}  // namespace dsn::core
