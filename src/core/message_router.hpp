// SPDX-License-Identifier: Apache-2.0
// Hands each message of a PAIR frame to the mechanism that it is for.
#pragma once

#include "core/address_exchange.hpp"
#include "core/common/counters.hpp"
#include "core/common/effects.hpp"
#include "core/data/data_receiver.hpp"
#include "core/data/data_sender.hpp"
#include "core/fetch/anti_entropy.hpp"
#include "core/fetch/checkpoint_store.hpp"
#include "core/fetch/mail_assembler.hpp"
#include "core/fetch/puller.hpp"
#include "core/fetch/relayed_puller.hpp"
#include "core/join/incarnations.hpp"
#include "core/liveness/liveness.hpp"
#include "core/peers/answer_budget.hpp"
#include "core/publish/key_spreader.hpp"
#include "core/publish/relay_server.hpp"
#include "core/publish/state_server.hpp"

namespace dsn::core {

/// The mechanisms that messages go to.
struct MessageHandlers {
  AnswerBudget& answers;
  StateServer& server;
  RelayServer& relay_server;
  Liveness& liveness;
  NameOwners& names;
  CheckpointStore& checkpoints;
  MailAssembler& mails;
  Puller& puller;
  RelayedPuller& relayed_puller;
  AntiEntropy& anti_entropy;
  AddressExchange& addresses;
  DataReceiver& data_receiver;
  DataSender& data_sender;
  KeySpreader& keys;
};

class MessageRouter {
 public:
  MessageRouter(const MessageHandlers& handlers, Counters& counters)
      : to_(handlers), counters_(counters) {}

  /// Handles the messages of a frame that was opened. Returns true if the set of members changed.
  /// In it the peer's session clock was read.
  bool dispatch(Peer& peer, ByteView plaintext, const ClockReading& clock, Effects& effects);

 private:
  /// One call of dispatch.
  struct Frame {
    Peer& peer;
    wire::CborReader in;
    const ClockReading& clock;
    Instant now;
    Effects& effects;
    bool members_changed = false;
  };
  struct Route;
  /// Null if the type is not known.
  [[nodiscard]] static const Route* route_of(std::uint64_t type);

  void handle(Frame& frame, const wire::MessageStart& start);
  template <auto kDecode, auto kHandle>
  void take(Frame& frame, const wire::MessageStart& start);

  void handle_run(Frame& frame, const wire::Run& run);
  void handle_mail(Frame& frame, wire::Update mail);
  void handle_delta(Frame& frame, wire::Update delta);
  void handle_snapshot(Frame& frame, const wire::Snapshot& snapshot);
  void handle_manifest(Frame& frame, const wire::Manifest& manifest);
  void handle_chunk(Frame& frame, const wire::Chunk& chunk);
  void handle_head(Frame& frame, const wire::SignedHead& head);
  void handle_origin(Frame& frame, const wire::Origin& origin);
  void handle_bye(Frame& frame, const wire::Bye& bye);
  void handle_rumours(Frame& frame, const wire::Rumours& rumours);
  void handle_late(Frame& frame, const wire::Late& late);
  void handle_syn(Frame& frame, const wire::Syn& syn);
  void handle_ack(Frame& frame, const wire::Ack& ack);
  void handle_list(Frame& frame, const wire::List& list);
  void handle_pull(Frame& frame, const wire::Pull& pull);
  void handle_want(Frame& frame, const wire::Want& want);
  void handle_who(Frame& frame, const wire::Who& who);
  void handle_data(Frame& frame, const wire::Data& data);
  void handle_data_ack(Frame& frame, const wire::DataAck& ack);
  void handle_key(Frame& frame, const wire::KeyMessage& message);
  void handle_peers(Frame& frame, const wire::PeerAddresses& peers);

  void note_change(Frame& frame, bool changed);

  MessageHandlers to_;
  Counters& counters_;
};

}  // namespace dsn::core
