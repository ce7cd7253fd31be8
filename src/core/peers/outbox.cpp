// SPDX-License-Identifier: Apache-2.0
#include "core/peers/outbox.hpp"

#include "base/big_endian.hpp"

namespace dsn::core {

Outbox::Outbox(CryptoPort& crypto, const NetworkKeys& keys, SessionId session, Counters& counters)
    : crypto_(crypto),
      keys_(keys),
      session_(session),
      counters_(counters),
      group_key_(keys.group(session)) {}

// protocol.md [confirmed-first]
bool Outbox::send(Peer& peer, const wire::CborWriter& message, Effects& effects) {
  if (!message.ok() || !peer.session.confirmed) return false;
  const MutableBytes datagram = effects.reserve();
  if (datagram.empty()) return false;
  const std::size_t size = seal_pair(peer.session, message.written(), datagram);
  if (size == 0) return false;
  effects.commit(peer.path.endpoint, size);
  count(size);
  return true;
}

std::size_t Outbox::seal_pair(Session& session, ByteView plaintext, MutableBytes frame) {
  const FrameHeader header{FrameClass::pair, kKeyEpoch, session.next_sequence, session.send.label};
  const std::size_t size = seal_frame(crypto_, session.send.key, header, plaintext, frame);
  // protocol.md [nonce-once]
  // The number is spent whether or not the library did its work: it is never used twice.
  ++session.next_sequence;
  ++pair_frames_;
  if (size == 0) counters_.add(Counter::seal_failed);
  return size;
}

bool Outbox::send_group(const Endpoint& to, const wire::CborWriter& message, Effects& effects) {
  const MutableBytes datagram = effects.reserve();
  if (!message.ok() || datagram.empty()) return false;
  const std::size_t size = seal_group(message.written(), datagram);
  if (size > 0) effects.commit(to, size);
  return size > 0;
}

bool Outbox::multicast_group(const wire::CborWriter& message, Effects& effects) {
  const MutableBytes datagram = effects.reserve();
  if (!message.ok() || datagram.empty()) return false;
  const std::size_t size = seal_group(message.written(), datagram);
  if (size > 0) effects.commit_multicast(size);
  return size > 0;
}

// protocol.md [network-tag]
std::size_t Outbox::seal_group(ByteView plaintext, MutableBytes datagram) {
  const FrameHeader header{FrameClass::group, kKeyEpoch, next_group_sequence_,
                           static_cast<std::uint64_t>(session_)};
  ++next_group_sequence_;
  const std::size_t sealed = seal_frame(crypto_, group_key_, header, plaintext,
                                        datagram.first(datagram.size() - wire::kNetworkTagBytes));
  if (sealed == 0) {
    counters_.add(Counter::seal_failed);
    return 0;
  }
  const MutableBytes frame = datagram.first(sealed + wire::kNetworkTagBytes);
  put_big_endian(frame.last(wire::kNetworkTagBytes), keys_.tag_of(frame));
  count(frame.size());
  return frame.size();
}

void Outbox::count(std::size_t bytes) {
  counters_.add(Counter::frames_out);
  counters_.add(Counter::bytes_out, bytes);
}

}  // namespace dsn::core
