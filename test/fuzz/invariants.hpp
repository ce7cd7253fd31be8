// SPDX-License-Identifier: Apache-2.0
// What holds after every input of a node, whoever sent it what.
#pragma once

#include <map>
#include <set>
#include <tuple>

#include "support/virtual_network.hpp"

namespace dsn::fuzz {

using namespace core;

/// Watches one machine of a network, and ends the process when
/// - a datagram is longer than 1232 bytes;
/// - more goes to an address than three times what came from it, before an authentic PAIR frame
/// came
///   from there, by itself or in a KNOCK. HELLOs may go to where members say that somebody is, but
///   not faster than their limit;
/// - the version of a state goes back, its own or that of a replica whose owner did not say RUN;
/// - a table, a replica or all of them together grow beyond their bounds;
/// - a message of one run of a member is handed to the application a second time, or
///   messages of which parts are missing take more than their room.
/// That it is not due for ever at one instant is checked by the network.
class Invariants {
 public:
  Invariants(test::VirtualNetwork& net, std::size_t target);
  Invariants(const Invariants&) = delete;
  Invariants& operator=(const Invariants&) = delete;

 private:
  void note_arrival(const Endpoint& from, ByteView bytes);
  void note_sent(const Endpoint& to, ByteView bytes);
  void check();
  void check_amplification();
  void check_replicas();
  wire::DataAck note_received(const ReceivedMessage& message);

  [[nodiscard]] bool is_proven_at(const Endpoint& from) const;

  test::VirtualNetwork& net_;
  std::size_t target_;
  StateVersion own_;
  std::map<NodeId, StateVersion> replicas_;
  std::map<Endpoint, std::size_t> bytes_from_, bytes_to_;
  std::set<Endpoint> proven_;
  std::set<std::tuple<NodeId, SessionId, std::uint64_t>> taken_;  ///< application messages
  std::size_t hellos_to_unproven_ = 0;
  Instant began_;
  // Of the datagram that is being handled.
  Endpoint from_;
  bool says_run_ = false;
};

}  // namespace dsn::fuzz
