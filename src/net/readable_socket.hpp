// SPDX-License-Identifier: Apache-2.0
// A socket on the loop: read when something arrived, opened again when it is dead.
#pragma once

#include <asio/io_context.hpp>
#include <chrono>
#include <functional>

#include "base/descriptor.hpp"
#include "loop/alive.hpp"
#include "loop/handles.hpp"
#include "net/net_counters.hpp"

namespace dsn::net {

/// What the reader found out about the socket.
enum class ReadOutcome {
  alive,  ///< wait for more
  dead,   ///< only a new socket can help
};

/// Waits on a descriptor with Asio and leaves all reading to its owner (Asio has no recvmmsg). A
/// dead socket is closed, and opened again after the back-off. The back-off doubles at each
/// failure, up to 60 s, and starts anew when something could be read.
class ReadableSocket {
 public:
  /// Returns a new socket, ready to be read, or -errno.
  using Open = std::function<int()>;
  /// Reads until nothing is left, or until the other handlers of the loop should have their turn.
  using Read = std::function<ReadOutcome(int socket)>;

  static constexpr std::chrono::milliseconds kBackoffMin{1000};
  static constexpr std::chrono::milliseconds kBackoffMax{60000};

  /// Opens nothing yet.
  ReadableSocket(asio::io_context& io, NetCounters& counters, Open open, Read read,
                 std::chrono::milliseconds backoff_min = kBackoffMin);

  /// Starts with an open socket. If `socket` is closed, one is opened after the back-off.
  void start(Descriptor socket);
  /// Closes until start() is called. May be called from Read.
  void close();

  /// -1 while it is closed.
  [[nodiscard]] int fd();

 private:
  void wait();
  void handle_readable(const std::error_code& error);
  void handle_reopen_due(const std::error_code& error);
  void reopen_later();
  void adopt(Descriptor socket);

  NetCounters& counters_;
  Open open_;
  Read read_;
  loop::StreamDescriptor descriptor_;
  loop::Timer reopen_timer_;
  const std::chrono::milliseconds backoff_min_;
  std::chrono::milliseconds backoff_;
  loop::Alive alive_;
};

/// True if `error` of a receiving call says that this socket will never work again.
[[nodiscard]] bool is_fatal_for_socket(int error);

/// To be asked after a wake without data. False if the socket hung up: it would wake the loop again
/// and again.
[[nodiscard]] bool still_usable(int socket);

}  // namespace dsn::net
