// SPDX-License-Identifier: Apache-2.0
// Calls back when interfaces or addresses may have changed.
#pragma once

#include <asio/io_context.hpp>
#include <chrono>
#include <functional>

#include "loop/alive.hpp"
#include "loop/handles.hpp"
#include "net/net_counters.hpp"
#include "net/readable_socket.hpp"

namespace dsn::net {

/// Listens to rtnetlink. A link that comes up sends a dozen events, so the callback comes once for
/// each burst, 100 ms after its first event. It also comes every `interval`, so that changes are
/// noticed, only later, where netlink is forbidden (a sandbox).
class InterfaceWatch {
 public:
  enum class Cause {
    event,     ///< something changed
    interval,  ///< time to refresh, whether or not anything changed
  };
  using Changed = std::function<void(Cause)>;

  InterfaceWatch(asio::io_context& io, NetCounters& counters, std::chrono::milliseconds interval,
                 Changed changed);

  void start();
  /// May be called from Changed.
  void close();

  /// Calls back as after an event.
  void schedule_scan();

 private:
  int open_socket();
  ReadOutcome read(int socket);
  void schedule_refresh();
  void handle_scan_due(const std::error_code& error);
  void handle_refresh_due(const std::error_code& error);

  NetCounters& counters_;
  std::chrono::milliseconds interval_;
  Changed changed_;
  ReadableSocket socket_;
  loop::Timer scan_timer_;
  loop::Timer refresh_timer_;
  bool scan_scheduled_ = false;
  loop::Alive alive_;
};

}  // namespace dsn::net
