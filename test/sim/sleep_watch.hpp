// SPDX-License-Identifier: Apache-2.0
// Who says for how long it sleeps is not missed before that, and is missed after it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "support/virtual_network.hpp"

namespace dsn::sim {

using namespace core;

class SleepWatch {
 public:
  using Broken = std::function<void(const std::string&)>;
  SleepWatch(test::VirtualNetwork& net, Broken broken) : net_(net), broken_(std::move(broken)) {}

  /// The machine stops, and says for how long.
  void say_good_night(std::size_t index, Duration silence);
  /// After each input of the machine.
  void check(std::size_t index);
  /// Whoever heard the good-bye still waits for the node, although its silence is over.
  void check_awaited(const NodeId& id) const;
  /// Nobody waits for it any more.
  void check_missed(const NodeId& id) const;

 private:
  [[nodiscard]] std::vector<std::pair<std::size_t, const Peer*>> seen(const NodeId& id) const;

  test::VirtualNetwork& net_;
  Broken broken_;
  std::map<SessionId, Duration> announced_;
  /// When a reader, in a run of it, heard the good-bye of a session: by its own clock.
  std::map<std::tuple<std::size_t, SessionId, SessionId>, Instant> heard_at_;
};

}  // namespace dsn::sim
