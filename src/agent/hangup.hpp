// SPDX-License-Identifier: Apache-2.0
// SIGHUP, which asks for a reload and never ends the agent.
#pragma once

#include <asio/io_context.hpp>
#include <functional>

#include "loop/alive.hpp"
#include "loop/handles.hpp"

namespace dsn::agent {

/// Catches the signal from its construction on, which is the first thing that main does: a signal
/// during a slow start is answered after the start. Many signals are answered ten times a second.
class Hangup {
 public:
  explicit Hangup(asio::io_context& io);

  /// `handle` is called from the io_context.
  void start(std::function<void()> handle);

 private:
  void await_signal();
  void handle_signal(const std::error_code& error, int signal);
  void handle_due(const std::error_code& error);

  loop::Signals signals_;
  loop::Timer timer_;
  std::function<void()> handle_;
  bool pending_ = false;
  loop::Alive alive_;
};

}  // namespace dsn::agent
