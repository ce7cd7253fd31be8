// SPDX-License-Identifier: Apache-2.0
// What must hold of application messages: each is taken once, as it was sent, by whom it was sent
// to; and whoever is told that it was delivered is told the truth.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "sim/invariants.hpp"
#include "support/virtual_network.hpp"

namespace dsn::sim {

using namespace core;

/// Sends random messages through a network, and watches what becomes of them.
class MessageRegister {
 public:
  /// `invariants` is told what breaks, and knows which nodes tell the truth.
  MessageRegister(test::VirtualNetwork& net, std::uint64_t seed, Invariants& invariants);
  MessageRegister(const MessageRegister&) = delete;
  MessageRegister& operator=(const MessageRegister&) = delete;

  /// Messages are sent to it as well.
  void expect_insider(const NodeId& insider) { insider_ = insider; }
  /// One machine that runs sends something to another, or not.
  void act();
  /// One machine sends another as much as it is taken: there is room for a third one then.
  void fill();
  /// When nothing has been sent for long: everything is settled.
  void check_at_rest();

 private:
  /// A message, by the run of its sender.
  struct Name {
    NodeId from;
    SessionId session{};
    std::uint64_t number = 0;
    auto operator<=>(const Name&) const = default;
  };
  struct Sent {
    std::size_t machine = 0;
    NodeId to;
    Bytes payload;
    std::set<SessionId> taken_by{};  ///< runs of the receiver
    bool is_settled = false;
  };

  /// False if it was not taken.
  bool send(std::size_t from, const NodeId& to, const std::string& text, Duration patience);
  wire::DataAck note_received(std::size_t index, const ReceivedMessage& message);
  void note_settled(std::size_t index, const SettledMessage& message);

  test::VirtualNetwork& net_;
  Random random_;
  Invariants& invariants_;
  std::optional<NodeId> insider_;
  std::map<Name, Sent> sent_;
};

}  // namespace dsn::sim
