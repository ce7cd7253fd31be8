// SPDX-License-Identifier: Apache-2.0
#include "core/peers/outbox.hpp"

namespace dsn::core {

Outbox::Outbox(CryptoPort& crypto, const NetworkKeys& keys, SessionId session, Counters& counters)
    : crypto_(crypto), session_(session), counters_(counters), group_key_(keys.group(session)) {}

// protocol.md [confirmed-first]
bool Outbox::send(Peer& peer, const wire::CborWriter& message, Effects& effects) {
  if (!message.ok() || !peer.session.confirmed) return false;
  return send_in(peer.session, peer.path.endpoint, message.written(), effects);
}

bool Outbox::send_unconfirmed(Peer& peer, const Endpoint& to, const wire::CborWriter& message,
                              Effects& effects) {
  if (!message.ok()) return false;
  Session& session = peer.candidate ? *peer.candidate : peer.session;
  return send_in(session, to, message.written(), effects);
}

bool Outbox::send_in(Session& session, const Endpoint& to, ByteView plaintext, Effects& effects) {
  const MutableBytes datagram = effects.reserve();
  if (datagram.empty() || session.peer == SessionId{}) return false;
  const FrameHeader header{FrameClass::pair, kKeyEpoch, session.next_sequence, session_};
  const std::size_t size = seal_frame(crypto_, session.send_key, header, plaintext, datagram);
  // protocol.md [nonce-once]
  // The number is spent whether or not the library did its work: it is never used twice.
  ++session.next_sequence;
  ++pair_frames_;
  if (size == 0) {
    counters_.add(Counter::seal_failed);
    return false;
  }
  effects.commit(to, size);
  count(size);
  return true;
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

std::size_t Outbox::seal_group(ByteView plaintext, MutableBytes datagram) {
  const FrameHeader header{FrameClass::group, kKeyEpoch, next_group_sequence_, session_};
  ++next_group_sequence_;
  const std::size_t size = seal_frame(crypto_, group_key_, header, plaintext, datagram);
  if (size == 0) {
    counters_.add(Counter::seal_failed);
  } else {
    count(size);
  }
  return size;
}

void Outbox::count(std::size_t bytes) {
  counters_.add(Counter::frames_out);
  counters_.add(Counter::bytes_out, bytes);
}

}  // namespace dsn::core
