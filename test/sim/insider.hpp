// SPDX-License-Identifier: Apache-2.0
// A malicious member: it has the network key and a key pair of its own, and lies about itself and
// everybody else in frames that are authentic.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "support/puppet.hpp"
#include "support/virtual_network.hpp"

namespace dsn::sim {

using namespace core;
using namespace wire;

class Insider {
 public:
  using MakeCrypto = std::function<std::unique_ptr<CryptoPort>(std::uint64_t seed)>;

  /// Hears what the network sends from now on.
  Insider(test::VirtualNetwork& net, std::uint64_t seed, MakeCrypto make_crypto);
  Insider(const Insider&) = delete;
  Insider& operator=(const Insider&) = delete;

  /// Tells a few lies.
  void act();
  /// Says KEY to a node.
  void hand_on(std::size_t to, const wire::KeyMessage& message);
  /// Tells one in application messages.
  void lie_in_messages();
  /// Hands out what it knows of who lives to all but one, and asks all but that one for more.
  void gossip(std::size_t but);
  /// From now on it holds back what it hears, for dole_out.
  void hoard() { doled_ = beats_.size(); }
  /// Hands out one more beat of this node that it held back, the oldest.
  void dole_out(std::size_t to, const NodeId& of);
  /// Says nothing more.
  void leave() { silent_ = true; }

  [[nodiscard]] const NodeId& id() const { return id_; }
  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }
  /// Called with each datagram that it sends.
  std::function<void(ByteView bytes)> sending;

 private:
  using Write = std::function<void(CborWriter&)>;
  /// What somebody said of itself to all.
  struct Introduction {
    SessionId session{};
    Bytes head;
    Bytes signature;
    Bytes public_key;
  };

  /// What somebody signed, and the state that it signed.
  struct Record {
    NodeId id;
    Bytes head;
    Bytes signature;
    Bytes public_key;
    Bytes state;
  };

  // What it hears.
  void hear(std::size_t from, const Endpoint& to, ByteView bytes);
  void learn(const FrameHeader& header, ByteView plaintext);
  void answer(std::size_t to, ByteView plaintext);
  void answer_one(std::size_t to, const MessageStart& head, CborReader& in);
  void keep_beats(std::size_t from, const Rumours& rumours);

  // Its lies.
  void lie(std::size_t to);
  void introduce_itself(std::size_t to);
  void claim_session(std::size_t to);
  void introduce_another(std::size_t to);
  void show_old_head(std::size_t to);
  void spread_hearsay(std::size_t to);
  void pass_beats(std::size_t to);
  void cry_late(std::size_t to);
  void send_addresses(std::size_t to);
  void speak_of_itself(std::size_t to, MessageType type);
  void leave_and_return(std::size_t to);
  void ask_much(std::size_t to);
  void splice(std::size_t to);
  void move_to_victim(std::size_t to);
  void send_noise(std::size_t to);

  // In application messages.
  void send_half_messages(std::size_t to);
  void send_repeated(std::size_t to);
  void acknowledge_others(std::size_t to);
  void reply_unasked(std::size_t to);
  void flood_with_messages(std::size_t to);
  void acknowledge(std::size_t to, std::uint64_t number);
  void answer_question(std::size_t to, const Data& data);

  // As a relay.
  void record_checkpoints();
  void answer_as_relay(std::size_t to, const NodeId& origin);
  void hand_out(std::size_t to, const Record& lie, std::uint64_t clock_ms);
  void send_chunks(std::size_t to, const Want& want);
  void relay_unasked(std::size_t to);
  [[nodiscard]] DigestItem item_of_record();

  test::Puppet* puppet(std::size_t to);
  void say(std::size_t to, const Write& write);
  void post(std::size_t to, ByteView datagram, bool multicast = false);
  [[nodiscard]] StateVersion draw_version();
  [[nodiscard]] DigestItem draw_item();
  Bytes draw_items(std::size_t& count);
  Bytes draw_entries(std::size_t& count, bool short_too = false);
  [[nodiscard]] Endpoint draw_address();
  [[nodiscard]] NodeId draw_id();

  test::VirtualNetwork& net_;
  const std::uint64_t seed_;
  MakeCrypto make_crypto_;
  Random random_;
  Random victims_;  ///< draws for move_to_victim
  Random message_random_;
  NodeId id_;
  Endpoint endpoint_;
  /// One for each machine, under one identity and session.
  struct String {
    std::uint64_t key_seed = 0;
    std::unique_ptr<test::Puppet> puppet;
  };
  std::vector<String> strings_;
  std::vector<Introduction> introductions_;
  std::vector<Bytes> recorded_;
  std::vector<Record> records_;
  Record handed_out_;
  std::vector<Rumour> beats_;  ///< that it heard, and keeps for later
  std::size_t doled_ = 0;
  std::vector<std::size_t> passed_on_;  ///< how many of them, to each machine
  SessionId session_{};
  std::uint32_t incarnation_ = 1;
  std::uint64_t version_ = 1;
  std::map<std::size_t, std::uint64_t> heard_numbers_;  ///< of the last message of each machine
  bool silent_ = false;
};

}  // namespace dsn::sim
