// SPDX-License-Identifier: Apache-2.0
// One connection to the local API, seen from the agent.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <system_error>

#include "local/server/api.hpp"
#include "loop/alive.hpp"
#include "loop/handles.hpp"

namespace dsn::local {

/// What happened on all connections since the agent started.
struct ServerCounters {
  std::uint64_t connections = 0;
  std::uint64_t refused = 0;  ///< connections beyond kConnectionsMax
  std::uint64_t requests = 0;
  std::uint64_t malformed = 0;            ///< lines that were no request, too long ones included
  std::uint64_t subscribers_dropped = 0;  ///< subscribers that did not read
};

/// The most bytes of events that wait for one subscriber. A subscriber with more has stopped
/// reading and is dropped: the agent neither waits for it nor keeps old events for it.
inline constexpr std::size_t kEventQueueBytesMax = 1024 * 1024;

/// No further request is read while more bytes than this wait to be sent: a client that sends
/// requests without reading the answers has to wait.
inline constexpr std::size_t kAnswerBacklogBytes = 64 * 1024;

/// Requests of one connection served before other handlers of the event loop run.
inline constexpr int kRequestsPerTurn = 16;

/// Reads lines, lets the Api answer them, and writes as much as fits without blocking. The Server
/// owns it, and removes it in a later turn of the event loop once closed() is true.
class ServerConnection {
 public:
  using Socket = loop::LocalSocket;

  ServerConnection(Socket socket, Api& api, bool may_write, ServerCounters& counters);
  ~ServerConnection();
  ServerConnection(const ServerConnection&) = delete;
  ServerConnection& operator=(const ServerConnection&) = delete;

  void start();
  /// Queues an event line if this connection subscribed. Closes it if too much is queued.
  void publish(const std::string& line);
  void close();

  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] bool subscribed() const { return subscribed_ && !closed_; }

 private:
  struct QueuedLine {
    std::string text;
    bool is_event = false;
  };

  void await_readable();
  void await_writable();
  void handle_readable(const std::error_code& error);
  void handle_writable(const std::error_code& error);
  void handle_turn();
  /// Serves complete lines until the input, the turn or the room for answers ends.
  void serve();
  bool take_line(std::string& line);
  void serve_line(std::string_view line);
  void refuse_long_line();
  void send(QueuedLine outgoing);
  void flush();
  [[nodiscard]] bool must_wait_for_reader() const;

  Socket socket_;
  Api& api_;
  ServerCounters& counters_;
  const bool may_write_;
  bool subscribed_ = false;
  bool closed_ = false;
  bool input_ended_ = false;  ///< the client sends no more: answer what is here, then close
  bool reading_ = false;      ///< a wait for input is under way
  bool writing_ = false;      ///< a wait for room is under way
  bool turn_posted_ = false;  ///< handle_turn() is under way

  std::string input_;
  std::size_t scanned_ = 0;  ///< bytes of input_ known to hold no line feed
  std::deque<QueuedLine> outgoing_;
  std::size_t sent_of_front_ = 0;
  std::size_t queued_bytes_ = 0;
  std::size_t queued_event_bytes_ = 0;

  loop::Alive alive_;
};

}  // namespace dsn::local
