// SPDX-License-Identifier: Apache-2.0
// Addresses that other nodes told: where a HELLO may find a node (docs/protocol.md, section 8).
#pragma once

#include <algorithm>
#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/endpoint.hpp"
#include "base/random.hpp"
#include "core/common/limits.hpp"
#include "core/common/rate_limiter.hpp"
#include "core/peers/peer_table.hpp"

namespace dsn::core {

/// The pause after this one before the next try: twice as long, up to a limit, and not for all
/// alike.
[[nodiscard]] inline Duration doubled_pause(Duration pause, Random& random) {
  const Duration doubled = std::min<Duration>(pause * 2, kContactBackoffMax);
  return random.between(doubled * 3 / 4, doubled);
}

/// A member can tell the address of anybody, so what it makes this node send is bounded: each HELLO
/// is paid for by bytes that came from who told, it goes to addresses of the site only, and all of
/// them have a small budget of their own. Spends Peer::hearsay_credit.
class Hearsay {
 public:
  Hearsay(PeerTable& peers, Random& random) : peers_(peers), random_(random) {}

  /// The prefixes that are on link at this node's interfaces.
  void set_links(std::vector<Prefix> links) { links_ = std::move(links); }
  [[nodiscard]] bool is_on_link(const Endpoint& endpoint) const;
  /// The teller says that the node is at this address. Ignored if it is no address of the site, or
  /// if enough is tried for this teller or at this address.
  void add(const NodeId& id, const Endpoint& endpoint, const Peer& teller, Instant now);
  /// Stops trying the address.
  void drop(const Endpoint& endpoint);
  /// Tries all of them at once.
  void retry(Instant now);

  /// Who told the address, by name; nothing if it is not tried.
  [[nodiscard]] std::optional<std::string> teller_of(const Endpoint& endpoint) const;
  [[nodiscard]] std::size_t count() const { return contacts_.size(); }

  /// An address that a HELLO is to be sent to now; nothing if there is none. To be called again.
  [[nodiscard]] std::optional<Endpoint> take_due(Instant now);
  [[nodiscard]] Instant next_deadline() const { return due_; }

 private:
  struct Contact {
    NodeId id;
    Endpoint endpoint;
    NodeId teller;
    Endpoint told_from;  ///< the teller's machine
    std::string via;
    std::size_t price = 0;  ///< of a HELLO, in bytes that came from the teller
    unsigned tries_left = 0;
    Duration pause{};
    Instant due = kNever;
    Instant expires = kNever;
  };
  /// What a HELLO to the address costs the teller; nothing if none may be sent.
  [[nodiscard]] std::optional<std::size_t> price_of(const Endpoint& endpoint,
                                                    const Endpoint& teller) const;
  [[nodiscard]] bool has_room(const NodeId& id, const Endpoint& endpoint, const Peer& teller) const;
  [[nodiscard]] bool is_over(const Contact& contact, Instant now) const;
  [[nodiscard]] bool can_pay(const Contact& contact) const;

  PeerTable& peers_;
  Random& random_;
  std::vector<Prefix> links_;
  std::list<Contact> contacts_;
  TokenBucket bucket_{kHearsayPerSecond, 1};
  Instant due_ = kNever;
};

}  // namespace dsn::core
