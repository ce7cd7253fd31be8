// SPDX-License-Identifier: Apache-2.0
// SIGHUP, which asks for a reload and never ends the agent.
#pragma once

#include <asio/io_context.hpp>
#include <functional>

#include "loop/handles.hpp"

namespace dsn::agent {

/// Catches the signal from its construction on, which is the first thing that main does: one that
/// comes during a slow start is answered after it. A storm of signals is answered ten times a
/// second.
class Hangup {
 public:
  explicit Hangup(asio::io_context& io);

  /// `handle` is called from the io_context.
  void start(std::function<void()> handle);

 private:
  void await_signal();
  void handle_signal(const std::error_code& error);
  void handle_due(const std::error_code& error);

  loop::Signals signals_;
  loop::Timer timer_;
  std::function<void()> handle_;
  bool pending_ = false;
};

}  // namespace dsn::agent
