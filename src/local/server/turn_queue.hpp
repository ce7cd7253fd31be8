// SPDX-License-Identifier: Apache-2.0
// Shares the event loop between connections: one of them is served in each turn of it.
#pragma once

#include <asio/io_context.hpp>
#include <deque>
#include <functional>

#include "loop/alive.hpp"

namespace dsn::local {

/// Between two turns the loop looks at timers and sockets, so that however many clients ask, a
/// frame from the network waits for one slice of an answer.
class TurnQueue {
 public:
  /// The io_context must outlive it.
  explicit TurnQueue(asio::io_context& io) : io_(io) {}

  /// Calls `turn` in a later turn of the event loop, after those that were added before.
  void add(std::function<void()> turn);

 private:
  void post();
  void handle_turn();

  asio::io_context& io_;
  std::deque<std::function<void()>> waiting_;
  loop::Alive alive_;
};

}  // namespace dsn::local
