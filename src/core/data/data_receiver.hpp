// SPDX-License-Identifier: Apache-2.0
// Takes application messages of others, each once, and acknowledges them.
#pragma once

#include <deque>
#include <unordered_map>
#include <vector>

#include "core/common/counters.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"

namespace dsn::core {

/// Puts messages together, and hands each to the application as a ReceivedMessage. The sender is
/// answered when the application says what became of it.
class DataReceiver {
 public:
  DataReceiver(PeerTable& peers, Outbox& outbox, Counters& counters)
      : peers_(peers), outbox_(outbox), counters_(counters) {}

  void handle_data(Peer& peer, const wire::Data& data, Instant now, Effects& effects);
  /// What became of a message that was handed out: `outcome` is delivered, nobody_listens, refused
  /// or busy. Nothing happens if it is not one that waits for this.
  void settle(const NodeId& from, std::uint64_t number, wire::DataOutcome outcome,
              std::uint64_t listeners, Effects& effects);
  /// What messages take of which parts are missing.
  [[nodiscard]] std::size_t half_bytes() const;

 private:
  struct Seen {
    wire::DataAck ack;
    bool is_settled = false;
  };
  /// What is remembered of one sender.
  struct Inbox {
    SessionId session{};      ///< of the sender, whose numbers they are
    std::deque<Seen> seen;    ///< the newest last
    std::uint64_t floor = 0;  ///< numbers up to here are forgotten: not taken again
  };
  /// A message of which parts are missing.
  struct Assembly {
    NodeId from;
    std::uint64_t number = 0;
    Peer::Met met;  ///< the sender
    Instant grew{};
    Bytes message;
    std::uint64_t here = 0;  ///< a bit for each part
  };

  Inbox& inbox_of(const Peer& peer);
  void forget_inboxes();
  void take(Peer& peer, std::uint64_t number, ByteView message, Effects& effects);
  void take_part(Peer& peer, const wire::Data& data, Instant now, Effects& effects);
  Assembly* assembly_for(const Peer& peer, const wire::Data& data, Instant now);
  void acknowledge(Peer& peer, const wire::DataAck& ack, Effects& effects);

  PeerTable& peers_;
  Outbox& outbox_;
  Counters& counters_;
  std::unordered_map<NodeId, Inbox, NodeIdHash> inboxes_;
  std::vector<Assembly> assemblies_;
  TokenBucket parts_{kDataPartsPerSecond};  // above what each sender has
};

}  // namespace dsn::core
