// SPDX-License-Identifier: Apache-2.0
// Says HELLO: to the group as often as Trickle lets, and to single addresses that may be nodes
// (docs/protocol.md, section 8).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/random.hpp"
#include "core/common/effects.hpp"
#include "core/common/rate_limiter.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

class Discovery {
 public:
  Discovery(const NetworkKeys& keys, LocalNode& self, PeerTable& peers, Outbox& outbox,
            Random& random, bool multicast)
      : keys_(keys),
        self_(self),
        peers_(peers),
        outbox_(outbox),
        random_(random),
        multicast_(multicast) {}

  /// Begins: a HELLO to the group at once, all contacts at once.
  void start(Instant now, std::size_t bootstrap_count);
  /// Other bootstrap nodes: all are tried at once.
  void set_bootstraps(std::size_t count, Instant now);
  /// An interface or address changed: everything is tried again soon.
  void network_changed(Instant now);
  /// We ourselves changed: say so at once.
  void announce(Instant now);
  /// A HELLO to a peer that we know, so that it shows us its head again.
  bool ask(const Peer& peer, Instant now, Effects& effects);

  /// Another node's view of the membership: the same lets us be quiet, another makes us talk.
  void note_membership(std::uint64_t sum, Instant now);
  /// Our own view changed.
  void membership_changed(Instant now);
  /// Of all members, this node included.
  [[nodiscard]] Membership membership() const;
  /// What this node says of itself, in HELLO and WELCOME alike.
  [[nodiscard]] wire::Hello introduction(Instant now);
  /// What a node adds to the membership sum.
  [[nodiscard]] std::uint64_t member_hash(const NodeId& id) const;

  /// An address that may be a node. Tried with growing pauses, `tries` times.
  void add_contact(const Endpoint& endpoint, Rung rung, const std::string& via, unsigned tries,
                   Instant now);
  /// Nobody is to be found there any more.
  void drop_contact(const Endpoint& endpoint) { contacts_.erase(endpoint); }
  /// The addresses of bootstrap node `index`, whatever they are this time.
  void handle_resolved(std::size_t index, const std::string& host,
                       const std::vector<Endpoint>& endpoints, Instant now, Effects& effects);
  /// How this address came to be tried; nothing if it was not.
  struct Origin {
    Rung rung = Rung::hello;
    std::string via;
  };
  [[nodiscard]] std::optional<Origin> origin_of(const Endpoint& endpoint) const;

  /// Addresses that are still tried.
  [[nodiscard]] std::size_t contact_count() const { return contacts_.size(); }

  void handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const {
    return std::min({trickle_due_, interval_end_, contacts_due_});
  }

 private:
  struct Contact {
    Rung rung = Rung::gossip;
    std::string via;
    unsigned tries_left = 0;
    Duration pause{};
    Instant due = kNever;
  };
  struct Bootstrap {
    Duration pause{};
    Instant due = kNever;
  };

  void begin_interval(Instant now, Duration length);
  void reset_trickle(Instant now);
  void send_multicast_hello(Instant now, Effects& effects);
  bool send_hello_to(const Endpoint& endpoint, Instant now, Effects& effects);
  void try_contacts(Instant now, Effects& effects);
  wire::CborWriter compose_hello(Instant now);
  Duration next_pause(Duration pause);

  const NetworkKeys& keys_;
  LocalNode& self_;
  PeerTable& peers_;
  Outbox& outbox_;
  Random& random_;
  bool multicast_;
  const std::uint64_t own_hash_ = member_hash(self_.id());

  Duration interval_ = kTrickleMin;
  Instant trickle_due_ = kNever;
  Instant interval_end_ = kNever;
  unsigned heard_consistent_ = 0;

  std::unordered_map<Endpoint, Contact, EndpointHash> contacts_;
  std::vector<Bootstrap> bootstraps_;
  std::unordered_map<Endpoint, Origin, EndpointHash> bootstrap_origins_;
  TokenBucket contact_bucket_{kContactsPerSecond};
  Instant contacts_due_ = kNever;
};

}  // namespace dsn::core
