// SPDX-License-Identifier: Apache-2.0
// One connection to the local API, seen from the agent.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "local/server/api.hpp"
#include "local/server/turn_queue.hpp"
#include "loop/alive.hpp"
#include "loop/handles.hpp"

namespace dsn::local {

/// What happened on all connections since the agent started.
struct ServerCounters {
  std::uint64_t connections = 0;
  std::uint64_t refused = 0;  ///< connections beyond the limits of connection_limits.hpp
  std::uint64_t requests = 0;
  std::uint64_t malformed = 0;            ///< lines that were no request, too long ones included
  std::uint64_t subscribers_dropped = 0;  ///< subscribers that did not read
  std::size_t output_peak = 0;  ///< the most bytes of an answer that waited for one client
};

/// The most bytes of events that wait for one subscriber. A subscriber with more has stopped
/// reading and is dropped: the agent neither waits for it nor keeps old events for it.
inline constexpr std::size_t kEventQueueBytesMax = 1024 * 1024;

/// What the connections of a server share. It outlives them.
struct ServerParts {
  Api& api;
  TurnQueue& turns;
  ServerCounters& counters;
  /// The connections whose programs said who they are.
  std::function<std::vector<ModuleInfo>()> modules;
};

/// Who is at the other end.
struct ServerClient {
  std::uint64_t number = 0;  ///< of the connection
  uid_t user = 0;
  bool may_write = false;
  pid_t process = 0;
};

/// Reads lines, lets the Api answer them, and writes as much as fits without blocking. In a turn of
/// the event loop it serves one request, or writes one slice of a long answer; and only when the
/// client has taken what was written before. The Server owns it, and removes it in a later turn
/// once closed() is true.
class ServerConnection {
 public:
  using Socket = loop::LocalSocket;

  ServerConnection(Socket socket, const ServerParts& parts, const ServerClient& client);
  ~ServerConnection();
  ServerConnection(const ServerConnection&) = delete;
  ServerConnection& operator=(const ServerConnection&) = delete;

  /// A client that has asked nothing within `patience` is disconnected.
  void start(std::chrono::milliseconds patience);
  /// Whether the client subscribed to events like this one.
  [[nodiscard]] bool wants(const NodeEvent& event) const {
    return subscribed() && subscription_->takes(event);
  }
  /// Queues the line of an event that the client wants. Closes the connection if too much is
  /// queued.
  void publish(const std::string& line);
  /// Queues a message line if this connection listens to messages of that name; whether it does.
  bool deliver(const std::string& name, const std::string& line);
  void close();

  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] bool subscribed() const { return subscription_ && !closed_; }
  [[nodiscard]] uid_t user() const { return client_.user; }
  /// Nothing if the program did not say who it is.
  [[nodiscard]] std::optional<ModuleInfo> module() const;

 private:
  void await_readable();
  void await_writable();
  void handle_readable(const std::error_code& error);
  void handle_writable(const std::error_code& error);
  void handle_hangup(const std::error_code& error);
  /// The client takes no more.
  bool has_hung_up();
  void handle_turn();
  void handle_patience(const std::error_code& error);
  /// Waits for what comes next: room, a turn, or input.
  void go_on();
  /// Whether a line can be taken; a too long one counts.
  bool has_line();
  void drop_blank_lines();
  bool take_line(std::string& line);
  void serve_line(std::string_view line);
  [[nodiscard]] bool has_snapshot() const { return subscription_ && subscription_->has_more(); }
  void answer_later(const std::string& line);
  /// A line that goes out between two answers.
  void queue(const std::string& line);
  [[nodiscard]] std::size_t line_bytes_max() const;
  void refuse_long_line();
  /// Writes the answer, then the events.
  void flush();

  Socket socket_;
  const ServerParts parts_;
  const ServerClient client_;
  std::optional<Subscription> subscription_;
  std::vector<std::string> listens_to_;  ///< patterns of names of messages
  std::uint64_t messages_ = 0;           ///< that were queued for the client
  std::optional<HelloParams> program_;   ///< who it is
  std::size_t answers_due_ = 0;          ///< requests whose answers come later
  bool closed_ = false;
  bool has_asked_ = false;
  bool input_ended_ = false;  ///< the client sends no more: answer what is here, then close
  bool reading_ = false;      ///< a wait for input is under way
  bool writing_ = false;      ///< a wait for room is under way
  bool turn_waits_ = false;   ///< handle_turn() will be called
  bool serving_ = false;      ///< handle_turn() runs

  std::string input_;
  std::size_t scanned_ = 0;         ///< bytes of input_ known to hold no line feed
  std::string output_;              ///< an answer, a slice of one, or an event
  std::size_t sent_ = 0;            ///< bytes of output_
  std::optional<ListAnswer> list_;  ///< the rest of the answer of which output_ is a slice
  std::deque<std::string> events_;
  std::size_t event_bytes_ = 0;

  loop::Timer patience_timer_;
  loop::Alive alive_;
};

}  // namespace dsn::local
