// SPDX-License-Identifier: Apache-2.0
// A blocking connection to a Unix socket that sends and receives lines, with time limits.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/descriptor.hpp"
#include "dsn/result.hpp"

namespace dsn::local {

/// Once a call failed, every later one fails with the same error. A time limit that passed without
/// a line is no error.
class ClientConnection {
 public:
  using Milliseconds = std::chrono::milliseconds;

  static Result<ClientConnection> connect(const std::string& path);

  /// The line feed is added. `patience` is how long the other side may accept no byte at all.
  Result<void> send(std::string_view line, Milliseconds patience);

  /// The next line without its line feed; nothing if `patience` passed without a byte, or if a
  /// signal came, so that the program can act on the signal.
  Result<std::optional<std::string>> receive(Milliseconds patience);

  /// Ends the connection for a reason of the caller, with which every later call fails.
  Error give_up(Error reason);

  [[nodiscard]] int descriptor() const { return socket_.get(); }
  /// False once a call failed.
  [[nodiscard]] bool works() const { return !failure_; }

  /// When the last byte came; the beginning of time if none did.
  [[nodiscard]] std::chrono::steady_clock::time_point heard() const { return heard_; }

 private:
  explicit ClientConnection(Descriptor socket) : socket_(std::move(socket)) {}
  enum class Readiness { ready, timeout, interrupted };
  Result<Readiness> await(short events, Milliseconds patience);
  void receive_rest();

  Descriptor socket_;
  std::string input_;
  std::size_t scanned_ = 0;
  std::chrono::steady_clock::time_point heard_{};
  std::optional<Error> failure_;
};

}  // namespace dsn::local
