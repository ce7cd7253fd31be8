// SPDX-License-Identifier: Apache-2.0
// Answers strangers: WELCOME to HELLO, OWNHEAD to a run that is over (docs/protocol.md,
// section 6.1).
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "core/common/arrival.hpp"
#include "core/common/effects.hpp"
#include "core/common/rate_limiter.hpp"
#include "core/join/discovery.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/state/checkpoint.hpp"

namespace dsn::core {

/// No answer has more bytes than what it answers, because the address of that is not proven.
/// Nothing is remembered of a stranger but where a WELCOME is to go.
class Greeter {
 public:
  Greeter(const NodeId& own, const PeerTable& peers, Outbox& outbox, Discovery& discovery,
          Random& random)
      : own_(own), peers_(peers), outbox_(outbox), discovery_(discovery), random_(random) {}

  /// Where an answer goes, how many bytes it may have, and the network key of what it answers.
  struct Asker {
    Endpoint at;
    std::size_t bytes_max = 0;
    KeyHandle key;
  };
  /// A HELLO of this session came. To multicast one node answers at once, and some others after a
  /// random delay.
  void answer_hello(const NodeId& id, SessionId session, const Arrival& arrival, const Asker& asker,
                    Instant now, Effects& effects);
  /// Shows the head to its owner.
  void send_own_head(const StoredHead& head, const Asker& asker, Instant now, Effects& effects);
  /// The interface on which a multicast HELLO of this address was answered lately.
  [[nodiscard]] std::optional<std::string_view> greeted_on(const Endpoint& address) const;

  void handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const { return due_; }

 private:
  struct Welcome {
    NodeId id;
    Asker to;
    SessionId echo{};
    Instant due{};
    std::string interface_name;
  };
  /// How many nodes may answer a multicast HELLO, this one included.
  [[nodiscard]] std::size_t answering_count() const;
  [[nodiscard]] bool is_nearest(const Welcome& asker) const;
  [[nodiscard]] bool knows_us(const Welcome& asker) const;
  void send_to_multicast(const Welcome& welcome, Instant now, Effects& effects);
  void send(const Welcome& welcome, Instant now, Effects& effects);

  const NodeId own_;
  const PeerTable& peers_;
  Outbox& outbox_;
  Discovery& discovery_;
  Random& random_;
  TokenBucket multicast_{kMulticastWelcomesPerSecond};
  TokenBucket unicast_{kUnicastWelcomesPerSecond};
  std::vector<Welcome> waiting_;
  std::deque<Welcome> sent_;  // the latest ones to multicast
  Instant due_ = kNever;
};

}  // namespace dsn::core
