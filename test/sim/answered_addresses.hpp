// SPDX-License-Identifier: Apache-2.0
// Which addresses have answered a node, by what the network saw and not by what the node believes.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <utility>

#include "support/virtual_network.hpp"

namespace dsn::sim {

using namespace core;

class AnsweredAddresses {
 public:
  explicit AnsweredAddresses(const test::VirtualNetwork& net) : net_(net) {}

  /// HELLOs go to addresses that a node was told of; they are what begins everything. They are
  /// padded, so that they can be told from other GROUP frames by their size.
  [[nodiscard]] static bool is_hello(ByteView datagram);

  /// A datagram arrives at machine `to`.
  void note_arrival(std::size_t to, const Endpoint& from, ByteView datagram);
  /// There is somebody at this address who is no machine of the network, and gets what is sent
  /// there.
  void note_reached(std::size_t from, const Endpoint& to) { address(from, to).reached = true; }
  /// A machine sends something that is no HELLO. False if the address never answered it, and gets
  /// more than three times the bytes that came from there.
  [[nodiscard]] bool may_send(std::size_t from, const Endpoint& to, std::size_t bytes);

  /// The same for an address that the node itself does not take for proven. An answer to a HELLO is
  /// no larger than that.
  [[nodiscard]] bool may_send_unproven(std::size_t from, const Endpoint& to, std::size_t bytes);

 private:
  struct Address {
    std::uint64_t came = 0;
    std::uint64_t sent = 0;
    bool reached = false;   ///< somebody is there, and got what was sent
    bool answered = false;  ///< and something came from there since
  };
  /// For the run of the node that is on the machine now.
  Address& address(std::size_t machine, const Endpoint& of) {
    return addresses_[{machine, net_[machine].node->self().session(), of}];
  }

  const test::VirtualNetwork& net_;
  std::map<std::tuple<std::size_t, SessionId, Endpoint>, Address> addresses_;
  std::map<std::pair<std::size_t, Endpoint>, std::size_t> credit_;
};

}  // namespace dsn::sim
