// SPDX-License-Identifier: Apache-2.0
// Tells when readings are late and back, as long as somebody listens.
#pragma once

#include <asio/io_context.hpp>
#include <functional>
#include <optional>
#include <system_error>

#include "agent/late_events.hpp"
#include "loop/alive.hpp"
#include "loop/handles.hpp"

namespace dsn::agent {

/// `io` and `backend` must outlive it. `tell` takes the events.
class LateWatch {
 public:
  using Tell = std::function<void(const NodeEvent&)>;
  LateWatch(asio::io_context& io, local::Backend& backend, Tell tell);

  /// Follows all readings from now on, unless it does already.
  void start();
  /// Of an event that it is not shown it must be stopped.
  void handle_event(const NodeEvent& event);
  /// Follows nothing, and leaves no work on the io_context.
  void stop();

 private:
  void arm();
  void handle_timer(const std::error_code& error);

  local::Backend& backend_;
  Tell tell_;
  loop::Timer timer_;
  Instant armed_for_ = kNever;
  std::optional<LateEvents> readings_;
  loop::Alive alive_;
};

}  // namespace dsn::agent
