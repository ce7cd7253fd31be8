// SPDX-License-Identifier: Apache-2.0
// A socket on the loop that is read when there is something to read and reopened when it is dead.
#pragma once

#include <asio/io_context.hpp>
#include <chrono>
#include <functional>

#include "base/descriptor.hpp"
#include "loop/alive.hpp"
#include "loop/handles.hpp"
#include "net/net_counters.hpp"

namespace dsn::net {

/// What reading until there was nothing left, or until it was enough, found.
enum class ReadOutcome {
  alive,  ///< wait for more
  dead,   ///< only a new socket can help
};

/// Waits on a descriptor with Asio and leaves all reading to its owner (Asio has no recvmmsg).
/// A dead one is closed and opened again after the back-off, which doubles up to 60 s while that
/// fails and starts anew when there was something to read.
class ReadableSocket {
 public:
  /// A new socket, ready to be read, or -errno.
  using Open = std::function<int()>;
  using Read = std::function<ReadOutcome(int socket)>;

  static constexpr std::chrono::milliseconds kBackoffMin{1000};
  static constexpr std::chrono::milliseconds kBackoffMax{60000};

  /// Opens nothing yet.
  ReadableSocket(asio::io_context& io, NetCounters& counters, Open open, Read read,
                 std::chrono::milliseconds backoff_min = kBackoffMin);

  /// Starts with a socket that is already open; a closed one is opened after the back-off.
  void start(Descriptor socket);
  /// Closes for good, until start(). May be called from Read.
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

/// After a wake that brought nothing: false if the socket hung up, which would wake us for ever.
[[nodiscard]] bool still_usable(int socket);

}  // namespace dsn::net
