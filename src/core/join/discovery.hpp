// SPDX-License-Identifier: Apache-2.0
// Sends HELLO: to the multicast group as often as Trickle allows, and to single addresses that may
// be nodes (docs/protocol.md, section 8).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/random.hpp"
#include "core/common/effects.hpp"
#include "core/common/rate_limiter.hpp"
#include "core/join/hearsay.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/publish/key_spreader.hpp"
#include "core/session/keyring.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

class Discovery {
 public:
  Discovery(const Keyring& keys, const KeySpreader& key_spreader, LocalNode& self, PeerTable& peers,
            Outbox& outbox, Random& random, bool multicast)
      : keys_(keys),
        key_spreader_(key_spreader),
        self_(self),
        peers_(peers),
        outbox_(outbox),
        random_(random),
        hearsay_(peers, random),
        multicast_(multicast),
        own_hash_(member_hash(keys.sum_key(), self.id())) {}

  /// Begins with a HELLO to the group and to all contacts.
  void start(Instant now, std::size_t bootstrap_count);
  /// Sets how many bootstrap nodes there are. All of them are tried at once.
  void set_bootstraps(std::size_t count, Instant now);
  /// An interface or address of ours changed: everything is tried again soon.
  void network_changed(Instant now);
  /// Our incarnation changed: says so at once.
  void announce(Instant now);
  /// Multicasts one HELLO at once.
  void say_hello(Instant now);

  /// Another node has this membership sum. If it equals ours and was said to the group, a HELLO may
  /// be saved; otherwise they become frequent.
  void note_membership(std::uint64_t sum, bool multicast, Instant now);
  /// Our own set of members changed.
  void membership_changed(Instant now);
  /// The sum and count of all members, this node included.
  [[nodiscard]] Membership membership() const;
  /// What this node says of itself in HELLO and WELCOME.
  [[nodiscard]] wire::Hello introduction(Instant now);

  /// Adds an address that may be a node. It is tried with growing pauses, `tries` times.
  void add_contact(const Endpoint& endpoint, Rung rung, const std::string& via, unsigned tries,
                   Instant now);
  /// Stops trying an address.
  void drop_contact(const Endpoint& endpoint) {
    contacts_.erase(endpoint);
    hearsay_.drop(endpoint);
  }
  /// Addresses that other nodes told.
  [[nodiscard]] Hearsay& hearsay() { return hearsay_; }
  /// The name of bootstrap node `index` was resolved to these addresses.
  void handle_resolved(std::size_t index, const std::string& host,
                       const std::vector<Endpoint>& endpoints, Instant now, Effects& effects);
  /// How an address came to be tried.
  struct ContactSource {
    Rung rung = Rung::hello;
    std::string via;
  };
  /// The node that answered at an address, and when it last did. It may be this node itself.
  struct BootstrapAnswer {
    NodeId node;
    Instant at{};
  };
  /// A node answered a HELLO from this address.
  void note_answer(const Endpoint& endpoint, const NodeId& node, Instant now);
  /// Nothing if no answer came from this address of a bootstrap node.
  [[nodiscard]] std::optional<BootstrapAnswer> bootstrap_answer(const Endpoint& endpoint) const;
  /// Says HELLO once to a member that is not heard there. protocol.md [silent-greeted]
  void call_member(const Endpoint& endpoint, Instant now);
  /// Nothing if the address is not tried.
  [[nodiscard]] std::optional<ContactSource> origin_of(const Endpoint& endpoint) const;

  /// The number of addresses that are still tried.
  [[nodiscard]] std::size_t contact_count() const { return contacts_.size() + hearsay_.count(); }

  void handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const {
    return std::min({trickle_due_, interval_end_, contacts_due_, hearsay_.next_deadline()});
  }

 private:
  struct Contact {
    Rung rung = Rung::remembered;
    std::string via;
    unsigned tries_left = 0;
    Duration pause{};
    Instant due = kNever;
    bool is_member = false;  ///< it is tried although a member is there
  };
  struct Bootstrap {
    Duration pause{};
    Instant due = kNever;
  };

  void begin_interval(Instant now, Duration length);
  void rest();
  [[nodiscard]] bool is_at_rest() const { return interval_end_ == kNever; }
  void reset_trickle(Instant now);
  void send_multicast_hello(Instant now, Effects& effects);
  bool send_hello_to(const Endpoint& endpoint, Instant now, Effects& effects);
  void try_contacts(Instant now, Effects& effects);
  wire::CborWriter compose_hello(Instant now);

  const Keyring& keys_;
  const KeySpreader& key_spreader_;
  LocalNode& self_;
  PeerTable& peers_;
  Outbox& outbox_;
  Random& random_;
  Hearsay hearsay_;
  bool multicast_;
  std::uint64_t own_hash_;

  Duration interval_ = kTrickleMin;
  Instant trickle_due_ = kNever;
  Instant interval_end_ = kNever;
  unsigned heard_consistent_ = 0;
  Instant last_consistent_{};  // when one was heard, or said ourselves

  std::unordered_map<Endpoint, Contact, EndpointHash> contacts_;
  std::vector<Bootstrap> bootstraps_;
  struct BootstrapAddress {
    ContactSource source;
    std::optional<BootstrapAnswer> answer;
  };
  std::unordered_map<Endpoint, BootstrapAddress, EndpointHash> bootstrap_addresses_;
  TokenBucket contact_bucket_{kContactsPerSecond};
  Instant contacts_due_ = kNever;
};

}  // namespace dsn::core
