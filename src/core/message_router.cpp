// SPDX-License-Identifier: Apache-2.0
// Which mechanism gets which message.
#include <algorithm>

#include "core/node.hpp"

namespace dsn::core {

// A frame holds a sequence of messages. The first one that is malformed ends it: what stands
// behind it cannot be trusted to begin where we think.
// protocol.md [malformed-ends] [malformed-silent]
void Node::dispatch(Peer& peer, ByteView plaintext, Instant now, Effects& effects) {
  wire::CborReader in(plaintext);
  while (in.ok() && !in.at_end()) {
    const wire::MessageStart head = wire::decode_message_start(in);
    if (!in.ok()) break;
    if (dispatch_state(peer, head, in, now, effects)) continue;
    if (dispatch_question(peer, head, in, now, effects)) continue;
    if (dispatch_signed(peer, head, in, now, effects)) continue;
    // protocol.md [message-unknown]
    wire::skip_message(in, head);
    if (in.ok()) counters_.add(Counter::drop_unknown_message);
  }
  if (!in.ok()) counters_.add(Counter::drop_malformed);
}

// What a peer says of its own state. False if it is no such message.
bool Node::dispatch_state(Peer& peer, const wire::MessageStart& head, wire::CborReader& in,
                          Instant now, Effects& effects) {
  const Instant changed_before = peer.copy.changed;
  const auto type = static_cast<wire::MessageType>(head.type);
  const auto taken = [&](std::uint32_t incarnation) {
    return in.ok() && may_take(peer, incarnation, now, effects);
  };
  switch (type) {
    case wire::MessageType::mail:
    case wire::MessageType::delta: {
      const wire::Update update = wire::decode_update(in, head);
      if (!taken(update.incarnation)) break;
      if (type == wire::MessageType::mail) {
        puller_.handle_mail(peer, update, now, effects);
      } else {
        puller_.handle_delta(peer, update, now, effects);
      }
      break;
    }
    case wire::MessageType::snapshot: {
      const wire::Snapshot snapshot = wire::decode_snapshot(in, head);
      if (taken(snapshot.version.incarnation)) {
        puller_.handle_snapshot(peer, snapshot, now, effects);
      }
      break;
    }
    case wire::MessageType::manifest: {
      const wire::Manifest manifest = wire::decode_manifest(in, head);
      if (in.ok() && manifest.origin) {
        relayed_puller_.handle_manifest(peer, manifest, now, effects);
      } else if (taken(manifest.version.incarnation)) {
        puller_.handle_manifest(peer, manifest, now, effects);
      }
      break;
    }
    case wire::MessageType::chunk: {
      const wire::Chunk chunk = wire::decode_chunk(in, head);
      if (in.ok() && chunk.origin) {
        relayed_puller_.handle_chunk(peer, chunk, now, effects);
      } else if (in.ok()) {
        puller_.handle_chunk(peer, chunk, now, effects);
      }
      break;
    }
    case wire::MessageType::bye: {
      const wire::ByeReason reason = wire::decode_bye(in, head);
      if (in.ok() && liveness_.handle_bye(peer, reason, now, effects)) members_changed(now);
      break;
    }
    default:
      return false;
  }
  if (peer.copy.changed != changed_before) anti_entropy_.note_change(now);
  return true;
}

// What a peer signed of its own state, or another of its.
bool Node::dispatch_signed(Peer& peer, const wire::MessageStart& head, wire::CborReader& in,
                           Instant now, Effects& effects) {
  switch (static_cast<wire::MessageType>(head.type)) {
    case wire::MessageType::head: {
      const wire::SignedHead signed_head = wire::decode_head_message(in, head);
      if (in.ok() && checkpoints_.handle_head(peer, signed_head, now)) {
        puller_.note_version(peer, peer.copy.coming_head.version, now);
      }
      return true;
    }
    case wire::MessageType::origin: {
      const wire::Origin origin = wire::decode_origin(in, head);
      if (in.ok()) relayed_puller_.handle_origin(peer, origin, now, effects);
      return true;
    }
    default:
      return false;
  }
}

// A new incarnation counts once we hold a head that proves it. Should the peer come back without
// its memory, it is told by its own signature how far it had got; if all that we had was a mail, we
// would refuse it for being old and could not show it why.
// protocol.md [evidence]
bool Node::may_take(Peer& peer, std::uint32_t incarnation, Instant now, Effects& effects) {
  if (handshake_.has_evidence(peer, incarnation, now)) {
    if (incarnation >= peer.run.incarnation) peer.run.relayed_session = {};
    peer.run.incarnation = std::max(peer.run.incarnation, incarnation);
    return true;
  }
  if (now - peer.run.head_asked >= kHeadAskInterval) {
    peer.run.head_asked = now;
    discovery_.ask(peer, now, effects);
  }
  return false;
}

// What a peer asks or tells about others. Answers are limited per peer.
// protocol.md [answer-rate]
bool Node::dispatch_question(Peer& peer, const wire::MessageStart& head, wire::CborReader& in,
                             Instant now, Effects& effects) {
  const auto type = static_cast<wire::MessageType>(head.type);
  const bool asks = type == wire::MessageType::syn || type == wire::MessageType::pull ||
                    type == wire::MessageType::want || type == wire::MessageType::who ||
                    type == wire::MessageType::list || type == wire::MessageType::late;
  if (asks && !peer.answers.take(now)) {
    counters_.add(Counter::drop_answer_limit);
    wire::skip_message(in, head);
    return true;
  }
  switch (type) {
    case wire::MessageType::syn: {
      const wire::Syn syn = wire::decode_syn(in, head);
      if (in.ok()) anti_entropy_.handle_syn(peer, syn, now, effects);
      return true;
    }
    case wire::MessageType::ack: {
      const wire::Ack ack = wire::decode_ack(in, head);
      if (in.ok()) anti_entropy_.handle_ack(peer, ack, now, effects);
      return true;
    }
    case wire::MessageType::list: {
      const wire::List list = wire::decode_list(in, head);
      if (in.ok()) anti_entropy_.handle_list(peer, list, now, effects);
      return true;
    }
    case wire::MessageType::pull: {
      const wire::Pull pull = wire::decode_pull(in, head);
      if (in.ok() && pull.origin) {
        relay_server_.handle_pull(peer, pull, now, effects);
      } else if (in.ok()) {
        server_.handle_pull(peer, pull, now, effects);
      }
      return true;
    }
    case wire::MessageType::want: {
      const wire::Want want = wire::decode_want(in, head);
      if (in.ok() && want.origin) {
        relay_server_.handle_want(peer, want, now, effects);
      } else if (in.ok()) {
        server_.handle_want(peer, want, now, effects);
      }
      return true;
    }
    case wire::MessageType::rumours: {
      const wire::Rumours rumours = wire::decode_rumours(in, head);
      if (in.ok() && liveness_.handle_rumours(peer, rumours, now, effects)) members_changed(now);
      return true;
    }
    case wire::MessageType::late: {
      const wire::Late late = wire::decode_late(in, head);
      if (in.ok()) liveness_.handle_late(peer, late, now, effects);
      return true;
    }
    case wire::MessageType::who: {
      const wire::Who who = wire::decode_who(in, head);
      if (in.ok()) handle_who(peer, who, effects);
      return true;
    }
    case wire::MessageType::peers: {
      const wire::PeerAddresses peers = wire::decode_peers(in, head);
      if (in.ok()) handle_peers(peer, peers, now);
      return true;
    }
    default:
      return false;
  }
}

}  // namespace dsn::core
