// SPDX-License-Identifier: Apache-2.0
#include "core/peers/outbox.hpp"

#include <algorithm>

#include "base/big_endian.hpp"
#include "core/common/injected_bugs.hpp"

namespace dsn::core {
namespace {

// What a PAIR frame has besides its plaintext.
constexpr std::size_t kPairBytes = wire::kPairHeaderBytes + wire::kFrameTagBytes;
// An ACK that has nothing but its token and the count of frames.
constexpr std::size_t kAnswerBytes = kPairBytes + 13 + 5;

// A bare ACK may take what is kept for it.
// protocol.md [address-kept]
bool leaves_enough(const UnprovenAddress& address, const wire::CborWriter& message) {
  const std::size_t size = kPairBytes + message.size();
  const std::size_t kept = size <= kAnswerBytes ? 0 : kMovedBytesKept;
  return size + kept <= address.bytes_left;
}

}  // namespace

Outbox::Outbox(CryptoPort& crypto, SessionId session, Counters& counters)
    : crypto_(crypto), session_(session), counters_(counters) {}

wire::CborWriter Outbox::plaintext_to(const Peer& peer) {
  return peer.path.is_proven() || !peer.path.unproven
             ? plaintext()
             : plaintext_to(*peer.path.unproven, kMovedBytesKept);
}

wire::CborWriter Outbox::plaintext_to(const UnprovenAddress& address, std::size_t kept) {
  const std::size_t room = address.bytes_left - std::min(address.bytes_left, kPairBytes + kept);
  return wire::CborWriter(MutableBytes(buffer_).first(std::min(buffer_.size(), room)));
}

// Who moved is reached at once, and who only seems to have moved goes on to be reached.
// protocol.md [address-unproven] [address-both]
bool Outbox::send(Peer& peer, const wire::CborWriter& message, Effects& effects) {
  PeerPath& path = peer.path;
  if (!path.is_proven()) {
    const bool may = path.unproven && leaves_enough(*path.unproven, message);
    if (!may) counters_.add(Counter::held_back);
    return may && send_to_unproven(peer, message, effects);
  }
  if (!seal_to(peer, path.endpoint, message, effects)) return false;
  const std::size_t size = kPairBytes + message.size();
  if (path.unproven && leaves_enough(*path.unproven, message) && !effects.full()) {
    path.unproven->bytes_left -= size;
    effects.commit_again(path.unproven->endpoint);
    count(size);
  }
  return true;
}

// protocol.md [address-unproven]
bool Outbox::send_to_unproven(Peer& peer, const wire::CborWriter& message, Effects& effects) {
  UnprovenAddress& address = *peer.path.unproven;
  const std::size_t size = kPairBytes + message.size();
  if (size > address.bytes_left) return false;
  if (!seal_to(peer, address.endpoint, message, effects)) return false;
  address.bytes_left -= size;
  return true;
}

// protocol.md [confirmed-first]
bool Outbox::seal_to(Peer& peer, const Endpoint& to, const wire::CborWriter& message,
                     Effects& effects) {
  if (!message.ok() || !peer.session.confirmed) return false;
  const MutableBytes datagram = effects.reserve();
  if (datagram.empty()) return false;
  const std::size_t size = seal_pair(peer.session, message.written(), datagram);
  if (size == 0) return false;
  effects.commit(to, size);
  count(size);
  return true;
}

std::size_t Outbox::seal_pair(Session& session, ByteView plaintext, MutableBytes frame) {
  const std::optional<std::uint64_t> number = take_number();
  if (!number) {
    counters_.add(Counter::held_back);
    return 0;
  }
  const FrameHeader header{FrameClass::pair, session.frame_epoch(), *number, session.send.label};
  const std::size_t size = seal_frame(crypto_, session.send.key, header, plaintext, frame);
  ++session.sent_count;
  if (size == 0) counters_.add(Counter::seal_failed);
  return size;
}

// All sessions count together: a peer that is forgotten and met again in the same run has the same
// keys as before. The number is spent whether or not the library does its work.
// protocol.md [nonce-once] [number-clock]
std::optional<std::uint64_t> Outbox::take_number() {
  const std::uint64_t number = std::max(next_sequence_, sequence_at(clock_ms_));
  if (clock_ms_of(number) > clock_ms_) return std::nullopt;
  next_sequence_ = has_bug(InjectedBug::number_repeated) ? number : number + 1;
  return number;
}

bool Outbox::send_group(const Endpoint& to, const NetworkKeys& key, const wire::CborWriter& message,
                        Effects& effects) {
  const MutableBytes datagram = effects.reserve();
  if (!message.ok() || datagram.empty()) return false;
  const std::size_t size = seal_group(key, message.written(), datagram);
  if (size > 0) effects.commit(to, size);
  return size > 0;
}

bool Outbox::multicast_group(const NetworkKeys& key, const wire::CborWriter& message,
                             Effects& effects) {
  const MutableBytes datagram = effects.reserve();
  if (!message.ok() || datagram.empty()) return false;
  const std::size_t size = seal_group(key, message.written(), datagram);
  if (size > 0) effects.commit_multicast(size);
  return size > 0;
}

// protocol.md [network-tag] [key-epoch]
std::size_t Outbox::seal_group(const NetworkKeys& key, ByteView plaintext, MutableBytes datagram) {
  const FrameHeader header{FrameClass::group, key.frame_epoch(), next_group_sequence_,
                           static_cast<std::uint64_t>(session_)};
  ++next_group_sequence_;
  const std::size_t sealed = seal_frame(crypto_, key.own_group(), header, plaintext,
                                        datagram.first(datagram.size() - wire::kNetworkTagBytes));
  if (sealed == 0) {
    counters_.add(Counter::seal_failed);
    return 0;
  }
  const MutableBytes frame = datagram.first(sealed + wire::kNetworkTagBytes);
  put_big_endian(frame.last(wire::kNetworkTagBytes), key.tag_of(frame));
  count(frame.size());
  return frame.size();
}

void Outbox::count(std::size_t bytes) {
  counters_.add(Counter::frames_out);
  counters_.add(Counter::bytes_out, bytes);
}

}  // namespace dsn::core
