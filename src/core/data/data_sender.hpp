// SPDX-License-Identifier: Apache-2.0
// Sends application messages until they are acknowledged.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/common/counters.hpp"
#include "core/common/deadline_queue.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "dsn/result.hpp"

namespace dsn::core {

/// Each message gets a number of its own, and ends as one SettledMessage.
class DataSender {
 public:
  /// Counts its messages from a number that no other session of this node has.
  DataSender(PeerTable& peers, Outbox& outbox, Counters& counters, SessionId session);

  /// Begins to send an encoded application message to members, and returns its number for each of
  /// them. It is given up after `patience`, and at once for a member to which too many wait, unless
  /// that is the only one. The Error says why nothing was sent.
  Result<std::vector<std::uint64_t>> send(std::span<const NodeId> to, Bytes message,
                                          Duration patience, Instant now, Effects& effects);
  /// What waited for this is sent.
  void address_proven(const Peer& peer, Instant now, Effects& effects);
  void handle_ack(const Peer& peer, const wire::DataAck& ack, Instant now, Effects& effects);

  [[nodiscard]] Instant next_deadline() const { return due_.earliest(); }
  void handle_timeout(Instant now, Effects& effects);

 private:
  struct Sending {
    std::uint64_t number = 0;
    std::uint64_t place = 0;  ///< among those to the same node
    std::shared_ptr<const Bytes> message;
    std::uint64_t sent = 0;      ///< a bit for each part that is on its way or arrived
    std::uint64_t arrived = 0;   ///< a bit for each part that is acknowledged
    SessionId session{};         ///< of the receiver when parts were sent; zero before
    bool found_no_room = false;  ///< as the receiver said last
    Instant began{};
    Instant expires{};
    Instant resend = kNever;
    Duration pause{};

    [[nodiscard]] std::size_t parts() const { return wire::data_parts(message->size()); }
  };
  /// The messages to one node, the oldest first.
  struct Stream {
    std::deque<Sending> messages;
    std::size_t bytes = 0;
    std::uint64_t places = 0;  ///< messages so far
    Instant due = kNever;
  };

  [[nodiscard]] std::size_t free_bytes() const {
    return kSendBytesMax - std::min(bytes_, kSendBytesMax);
  }
  [[nodiscard]] bool has_room(const NodeId& to, std::size_t bytes) const;
  void begin(const NodeId& to, Sending sending, Instant now, Effects& effects);
  void work_on(const NodeId& to, Instant now, Effects& effects);
  /// When more can be sent, after something could not.
  Instant next_room(Instant now, const Effects& effects);
  /// Settles what can no longer arrive.
  void give_up(const NodeId& to, Stream& stream, const Peer* peer, Instant now, Effects& effects);
  [[nodiscard]] static bool is_under_way(const Stream& stream, const Sending& sending);
  /// False if no more can be sent now.
  bool send_parts(Peer& peer, Sending& sending, Instant now, Effects& effects);
  bool send_part(Peer& peer, const Sending& sending, std::size_t part, Effects& effects);
  void begin_again(Sending& sending, const Peer& peer, Instant now) const;
  static void note_here(Sending& sending, const Peer& peer, std::uint64_t here, Instant now);
  void settle(const NodeId& to, Stream& stream, const std::deque<Sending>::iterator& at,
              SettledMessage::Outcome outcome, std::uint64_t listeners, Instant now,
              Effects& effects);
  void schedule(const NodeId& to, Stream& stream, Instant due);

  PeerTable& peers_;
  Outbox& outbox_;
  Counters& counters_;
  std::unordered_map<NodeId, Stream, NodeIdHash> streams_;
  DeadlineQueue due_;
  TokenBucket parts_{kDataPartsPerSecond, kDataPartsPerSecond / 8};
  std::uint64_t numbers_;
  std::size_t above_shares_ = 0;  // messages in all streams, beyond the shares of their nodes
  std::size_t bytes_ = 0;         // of messages, each counted once
};

}  // namespace dsn::core
