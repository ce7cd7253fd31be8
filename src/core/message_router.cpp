// SPDX-License-Identifier: Apache-2.0
#include "core/message_router.hpp"

#include <algorithm>
#include <iterator>

namespace dsn::core {

struct MessageRouter::Route {
  wire::MessageType type;
  bool is_question;  ///< it asks for an answer, and answers are limited for each peer
  void (MessageRouter::*take)(Frame& frame, const wire::MessageStart& start);
};

template <auto kDecode, auto kHandle>
void MessageRouter::take(Frame& frame, const wire::MessageStart& start) {
  const auto message = kDecode(frame.in, start);
  if (frame.in.ok()) (this->*kHandle)(frame, message);
}

// How each type of message is decoded, and which function handles it.
const MessageRouter::Route* MessageRouter::route_of(std::uint64_t type) {
  using Type = wire::MessageType;
  using Router = MessageRouter;
  static constexpr Route kRoutes[] = {
      {Type::run, false, &Router::take<wire::decode_run, &Router::handle_run>},
      {Type::mail, false, &Router::take<wire::decode_update, &Router::handle_mail>},
      {Type::syn, true, &Router::take<wire::decode_syn, &Router::handle_syn>},
      {Type::ack, false, &Router::take<wire::decode_ack, &Router::handle_ack>},
      {Type::list, true, &Router::take<wire::decode_list, &Router::handle_list>},
      {Type::pull, true, &Router::take<wire::decode_pull, &Router::handle_pull>},
      {Type::delta, false, &Router::take<wire::decode_update, &Router::handle_delta>},
      {Type::snapshot, false, &Router::take<wire::decode_snapshot, &Router::handle_snapshot>},
      {Type::manifest, false, &Router::take<wire::decode_manifest, &Router::handle_manifest>},
      {Type::want, true, &Router::take<wire::decode_want, &Router::handle_want>},
      {Type::chunk, false, &Router::take<wire::decode_chunk, &Router::handle_chunk>},
      {Type::rumours, false, &Router::take<wire::decode_rumours, &Router::handle_rumours>},
      {Type::late, true, &Router::take<wire::decode_late, &Router::handle_late>},
      {Type::who, true, &Router::take<wire::decode_who, &Router::handle_who>},
      {Type::peers, false, &Router::take<wire::decode_peers, &Router::handle_peers>},
      {Type::data, false, &Router::take<wire::decode_data, &Router::handle_data>},
      {Type::data_ack, false, &Router::take<wire::decode_data_ack, &Router::handle_data_ack>},
      {Type::bye, false, &Router::take<wire::decode_bye, &Router::handle_bye>},
      {Type::head, false, &Router::take<wire::decode_head_message, &Router::handle_head>},
      {Type::key, false, &Router::take<wire::decode_key, &Router::handle_key>},
      {Type::origin, false, &Router::take<wire::decode_origin, &Router::handle_origin>},
  };
  const auto* const found = std::ranges::find(
      kRoutes, type, [](const Route& route) { return static_cast<std::uint64_t>(route.type); });
  return found == std::end(kRoutes) ? nullptr : found;
}

// A frame holds a sequence of messages. The first one that is malformed ends it: what stands
// behind it cannot be trusted to begin where we think.
// protocol.md [malformed-ends] [malformed-silent]
bool MessageRouter::dispatch(Peer& peer, ByteView plaintext, const ClockReading& clock,
                             Effects& effects) {
  Frame frame{peer, wire::CborReader(plaintext), clock, clock.at, effects};
  while (frame.in.ok() && !frame.in.at_end()) {
    const wire::MessageStart start = wire::decode_message_start(frame.in);
    if (frame.in.ok()) handle(frame, start);
  }
  if (!frame.in.ok()) counters_.add(Counter::drop_malformed);
  return frame.members_changed;
}

// protocol.md [message-unknown] [answer-rate]
void MessageRouter::handle(Frame& frame, const wire::MessageStart& start) {
  const Route* route = route_of(start.type);
  if (route == nullptr) {
    wire::skip_message(frame.in, start);
    if (frame.in.ok()) counters_.add(Counter::drop_unknown_message);
  } else if (route->is_question && !to_.answers.take(frame.peer, frame.now)) {
    counters_.add(Counter::drop_answer_limit);
    wire::skip_message(frame.in, start);
  } else {
    (this->*route->take)(frame, start);
  }
}

void MessageRouter::note_change(Frame& frame, bool changed) {
  if (changed) to_.anti_entropy.note_change(frame.now);
}

// protocol.md [run-believed]
void MessageRouter::handle_run(Frame& frame, const wire::Run& run) {
  Incarnations::began(frame.peer, run.version.incarnation);
  to_.names.proven(frame.peer, run.name, frame.now, frame.effects);
  to_.puller.handle_run(frame.peer, run.version, frame.now);
}

// protocol.md [update-incarnation]
void MessageRouter::handle_mail(Frame& frame, wire::Update mail) {
  if (mail.incarnation == 0) mail.incarnation = frame.peer.session.incarnation;
  Incarnations::reached(frame.peer, mail.incarnation);
  if (mail.parts > 1) {
    to_.puller.note_part(frame.peer, {mail.incarnation, mail.to}, frame.now);
    const auto whole = to_.mails.add(frame.peer, mail, frame.clock);
    if (!whole) return;
    mail = *whole;
  }
  note_change(frame, to_.puller.handle_mail(frame.peer, mail, frame.clock, frame.effects));
}

void MessageRouter::handle_delta(Frame& frame, wire::Update delta) {
  if (delta.incarnation == 0) delta.incarnation = frame.peer.session.incarnation;
  Incarnations::reached(frame.peer, delta.incarnation);
  note_change(frame, to_.puller.handle_delta(frame.peer, delta, frame.clock, frame.effects));
}

void MessageRouter::handle_snapshot(Frame& frame, const wire::Snapshot& snapshot) {
  Incarnations::reached(frame.peer, snapshot.version.incarnation);
  note_change(frame, to_.puller.handle_snapshot(frame.peer, snapshot, frame.clock, frame.effects));
}

void MessageRouter::handle_manifest(Frame& frame, const wire::Manifest& manifest) {
  if (manifest.origin) {
    to_.relayed_puller.handle_manifest(frame.peer, manifest, frame.now, frame.effects);
  } else {
    Incarnations::reached(frame.peer, manifest.version.incarnation);
    to_.puller.handle_manifest(frame.peer, manifest, frame.now, frame.effects);
  }
}

void MessageRouter::handle_chunk(Frame& frame, const wire::Chunk& chunk) {
  note_change(frame,
              chunk.origin
                  ? to_.relayed_puller.handle_chunk(frame.peer, chunk, frame.now, frame.effects)
                  : to_.puller.handle_chunk(frame.peer, chunk, frame.now, frame.effects));
}

void MessageRouter::handle_head(Frame& frame, const wire::SignedHead& head) {
  const auto result = to_.checkpoints.handle_head(frame.peer, head, frame.now);
  if (result.key_mark != KeyMark::none) KeySpreader::note_mark(frame.peer, result.key_mark);
  if (result.differs) to_.puller.note_difference(frame.peer, frame.now);
  if (result.is_news) {
    to_.puller.note_version(frame.peer, frame.peer.copy.coming_head.version, frame.now);
  }
}

void MessageRouter::handle_origin(Frame& frame, const wire::Origin& origin) {
  to_.relayed_puller.handle_origin(frame.peer, origin, frame.now, frame.effects);
}

void MessageRouter::handle_rumours(Frame& frame, const wire::Rumours& rumours) {
  frame.members_changed |=
      to_.liveness.handle_rumours(frame.peer, rumours, frame.now, frame.effects);
}

void MessageRouter::handle_peers(Frame& frame, const wire::PeerAddresses& peers) {
  to_.addresses.handle_peers(frame.peer, peers, frame.now);
}

void MessageRouter::handle_data(Frame& frame, const wire::Data& data) {
  to_.data_receiver.handle_data(frame.peer, data, frame.now, frame.effects);
}

void MessageRouter::handle_data_ack(Frame& frame, const wire::DataAck& ack) {
  to_.data_sender.handle_ack(frame.peer, ack, frame.now, frame.effects);
}

void MessageRouter::handle_key(Frame& frame, const wire::KeyMessage& message) {
  to_.keys.handle_key(frame.peer, message, frame.now);
}

void MessageRouter::handle_bye(Frame& frame, const wire::Bye& bye) {
  to_.liveness.handle_bye(frame.peer, bye, frame.now, frame.effects);
  frame.members_changed = true;
}

void MessageRouter::handle_late(Frame& frame, const wire::Late& late) {
  to_.liveness.handle_late(frame.peer, late, frame.now, frame.effects);
}

void MessageRouter::handle_syn(Frame& frame, const wire::Syn& syn) {
  to_.anti_entropy.handle_syn(frame.peer, syn, frame.now, frame.effects);
}

void MessageRouter::handle_ack(Frame& frame, const wire::Ack& ack) {
  to_.anti_entropy.handle_ack(frame.peer, ack, frame.now, frame.effects);
}

void MessageRouter::handle_list(Frame& frame, const wire::List& list) {
  to_.anti_entropy.handle_list(frame.peer, list, frame.now, frame.effects);
}

void MessageRouter::handle_pull(Frame& frame, const wire::Pull& pull) {
  if (pull.origin) {
    to_.relay_server.handle_pull(frame.peer, pull, frame.now, frame.effects);
  } else {
    to_.server.handle_pull(frame.peer, pull, frame.now, frame.effects);
  }
}

void MessageRouter::handle_want(Frame& frame, const wire::Want& want) {
  if (want.origin) {
    to_.relay_server.handle_want(frame.peer, want, frame.now, frame.effects);
  } else {
    to_.server.handle_want(frame.peer, want, frame.now, frame.effects);
  }
}

void MessageRouter::handle_who(Frame& frame, const wire::Who& who) {
  to_.addresses.handle_who(frame.peer, who, frame.effects);
}

}  // namespace dsn::core
