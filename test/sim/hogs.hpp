// SPDX-License-Identifier: Apache-2.0
// Malicious members that fill the memory of all others: each has a large state, and stays.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "sim/insider.hpp"
#include "support/puppet.hpp"
#include "support/virtual_network.hpp"

namespace dsn::sim {

using namespace core;
using namespace wire;

class Hogs {
 public:
  Hogs(test::VirtualNetwork& net, std::size_t count, Insider::MakeCrypto make_crypto);
  Hogs(const Hogs&) = delete;
  Hogs& operator=(const Hogs&) = delete;

  /// Each says to all that it lives. Who does not know it is told its whole state.
  void act();

  [[nodiscard]] std::vector<NodeId> ids() const;
  /// Called with each datagram that they send.
  std::function<void(ByteView bytes)> sending;

 private:
  /// One identity towards one machine.
  struct String {
    std::uint64_t key_seed = 0;
    std::unique_ptr<test::Puppet> puppet;
  };
  std::unique_ptr<test::Puppet> make(std::size_t hog, std::size_t to);
  test::Puppet& puppet(std::size_t hog, std::size_t to);
  void tell_state(test::Puppet& puppet, std::size_t to);
  void mail(test::Puppet& puppet, std::size_t to, std::uint64_t from, const ChangeMap& entries);
  void post(const test::Puppet& puppet, std::size_t to, ByteView datagram);

  test::VirtualNetwork& net_;
  Insider::MakeCrypto make_crypto_;
  std::vector<std::vector<String>> hogs_;  // of each, one for each machine
};

}  // namespace dsn::sim
