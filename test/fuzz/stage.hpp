// SPDX-License-Identifier: Apache-2.0
// A node in the middle of its life, for targets that send it frames: the members around it are
// puppets, whose fake crypto makes an authentic frame of whatever the fuzzer says.
#pragma once

#include <memory>
#include <vector>

#include "fuzz/invariants.hpp"
#include "support/puppet.hpp"

namespace dsn::fuzz {

/// The node has a state that is handed out in chunks. Of its members,
/// 0 is live and its state is here;
/// 1 is live and a transfer of its state is under way;
/// 2 said HELLO and has no session;
/// 3 is live and there is nothing of it.
class Stage {
 public:
  Stage();

  /// 0 ms to 20 s, by the low three bits.
  void pass_time(std::uint8_t how_long);
  [[nodiscard]] test::Puppet& member(std::uint8_t number) {
    return *members_[number % members_.size()];
  }
  [[nodiscard]] test::Machine& machine() { return net[target]; }

  test::VirtualNetwork net;
  std::size_t target;

 private:
  void join_all();
  void begin_transfer(test::Puppet& owner);

  std::vector<std::unique_ptr<test::Puppet>> members_;
  std::unique_ptr<Invariants> invariants_;
};

}  // namespace dsn::fuzz
