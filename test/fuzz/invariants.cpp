// SPDX-License-Identifier: Apache-2.0
#include "fuzz/invariants.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/message_name.hpp"

namespace dsn::fuzz {

using namespace core;

using namespace wire;

namespace {

bool is_hello(ByteView datagram) {
  const auto header = decode_frame_header(datagram);
  // The fake crypto leaves the plaintext as it is: an array's head, then the type.
  return header && header->frame_class == FrameClass::group &&
         datagram[kGroupHeaderBytes + 1] == static_cast<std::uint8_t>(MessageType::hello);
}

ByteView plaintext_of(ByteView frame, const FrameHeader& header) {
  const bool is_group = header.frame_class == FrameClass::group;
  const std::size_t tags_bytes = kFrameTagBytes + (is_group ? kNetworkTagBytes : 0);
  return frame.subspan(header.size(), frame.size() - header.size() - tags_bytes);
}

// Whether there is RUN in a frame, or in the one in a KNOCK.
bool says_run(ByteView datagram) {
  const auto header = decode_frame_header(datagram);
  if (!header) return false;
  const bool is_group = header->frame_class == FrameClass::group;
  CborReader in(plaintext_of(datagram, *header));
  while (in.ok() && !in.at_end()) {
    const MessageStart start = decode_message_start(in);
    const auto type = static_cast<MessageType>(start.type);
    if (type == MessageType::run && in.ok()) return true;
    if (is_group && type == MessageType::knock) {
      const Knock knock = decode_knock(in, start);
      const auto inside = decode_frame_header(in.ok() ? knock.frame : ByteView());
      return inside && inside->frame_class == FrameClass::pair && says_run(knock.frame);
    }
    skip_message(in, start);
  }
  return false;
}

}  // namespace

Invariants::Invariants(test::VirtualNetwork& net, std::size_t target)
    : net_(net), target_(target), began_(net.now()) {
  net_.arriving = [this](std::size_t to, const Endpoint& from, ByteView bytes) {
    if (to == target_) note_arrival(from, bytes);
  };
  net_.filter = [this](std::size_t from, const Endpoint& to, ByteView bytes) {
    if (from == target_) note_sent(to, bytes);
    return true;
  };
  net_.after_input = [this](std::size_t index) {
    if (index == target_) check();
  };
  net_.message_received = [this](std::size_t, const ReceivedMessage& message) {
    return note_received(message);
  };
}

// Every eighth finds no room, and may come again.
DataAck Invariants::note_received(const ReceivedMessage& message) {
  if (message.number % 8 == 7) return {message.number, DataOutcome::busy, 0};
  const Peer* sender = net_[target_].node->peers().find(message.from);
  DSN_CHECK(sender != nullptr);
  DSN_CHECK(taken_.emplace(message.from, sender->session.peer, message.number).second);
  DSN_CHECK(is_message_name(message.name) && message.payload.size() <= kAppPayloadBytesMax);
  return {message.number, DataOutcome::delivered, 1};
}

// Nothing but a token that came back in a frame of the peer proves its address.
bool Invariants::is_proven_at(const Endpoint& from) const {
  return std::ranges::any_of(net_[target_].node->peers().all(), [&](const auto& peer) {
    return peer->session.confirmed && peer->path.proven() == from;
  });
}

void Invariants::note_arrival(const Endpoint& from, ByteView bytes) {
  bytes_from_[from] += bytes.size();
  from_ = from;
  says_run_ = says_run(bytes);
}

void Invariants::note_sent(const Endpoint& to, ByteView bytes) {
  DSN_CHECK(bytes.size() > kPairHeaderBytes + kFrameTagBytes);
  DSN_CHECK(bytes.size() <= kDatagramBytesMax);
  if (to == Endpoint{}) return;  // the group
  if (!is_hello(bytes)) {
    bytes_to_[to] += bytes.size();
  } else if (!proven_.contains(to)) {
    ++hellos_to_unproven_;
  }
}

void Invariants::check() {
  if (is_proven_at(from_)) proven_.insert(from_);
  check_amplification();
  check_replicas();
  const Node& node = *net_[target_].node;
  DSN_CHECK(node.self().version() >= own_);
  own_ = node.self().version();
  says_run_ = false;
  DSN_CHECK(node.peers().count() < kNodesMax);
  DSN_CHECK(node.replica_bytes() <= kReplicaBytesMax);
  DSN_CHECK(node.half_message_bytes() <= kAssembliesMax * kAppMessageBytesMax);
  net_[target_].events.clear();
}

void Invariants::check_amplification() {
  for (const auto& [to, bytes] : bytes_to_) {
    DSN_CHECK(proven_.contains(to) || bytes <= kMovedBytesFactor * bytes_from_[to]);
  }
  const double seconds = std::chrono::duration<double>(net_.now() - began_).count();
  DSN_CHECK(static_cast<double>(hellos_to_unproven_) <=
            (kContactsPerSecond + kHearsayPerSecond) * (seconds + 1) + 1);
}

void Invariants::check_replicas() {
  std::map<NodeId, StateVersion> now;
  std::size_t bytes = 0;
  for (const auto& peer : net_[target_].node->peers().all()) {
    const Replica& replica = peer->copy.replica;
    const auto before = replicas_.find(peer->id);
    DSN_CHECK(before == replicas_.end() || says_run_ || replica.version() >= before->second);
    DSN_CHECK(replica.store().count() <= kKeysPerNodeMax);
    DSN_CHECK(replica.store().encoded_bytes() <= kStateBytesMax);
    bytes += replica.store().encoded_bytes();
    now.emplace(peer->id, replica.version());
  }
  // Transfers under way are counted as well.
  DSN_CHECK(bytes <= net_[target_].node->replica_bytes() + 1024 * now.size());
  replicas_ = std::move(now);
}

}  // namespace dsn::fuzz
