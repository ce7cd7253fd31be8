// SPDX-License-Identifier: Apache-2.0
// A connection to a Unix socket that sends and receives lines, and never waits.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/descriptor.hpp"
#include "dsn/result.hpp"

namespace dsn::local {

/// Once it failed, it stays so. Lines that came before are still there to be taken.
class ClientConnection {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  static Result<ClientConnection> connect(const std::string& path);

  /// Sends what can be sent, and keeps the rest. The line feed is added.
  void send(std::string_view line);
  /// Sends of what is kept.
  void flush();
  /// The same, and reads what came, 64 KiB at most.
  void transfer();
  /// The next line without its line feed, if all of it is here.
  std::optional<std::string> next_line();

  /// Ends the connection for a reason of the caller.
  void give_up(Error reason);
  /// Why it does not work any more.
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

  [[nodiscard]] int descriptor() const { return socket_.get(); }
  /// What is kept to be sent.
  [[nodiscard]] std::size_t unsent() const { return failure_ ? 0 : output_.size(); }
  /// When the other side last took or gave something; the beginning of time if it never did.
  [[nodiscard]] TimePoint moved() const { return moved_; }

 private:
  explicit ClientConnection(Descriptor socket) : socket_(std::move(socket)) {}
  void receive();
  void receive_rest();

  Descriptor socket_;
  std::string output_;
  std::string input_;
  std::size_t scanned_ = 0;
  TimePoint moved_{};
  std::optional<Error> failure_;
};

}  // namespace dsn::local
