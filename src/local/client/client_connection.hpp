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

/// Once a call failed with an error, every later one fails with the same. A time that ran out
/// while waiting for a line is an answer and not an error.
class ClientConnection {
 public:
  using Milliseconds = std::chrono::milliseconds;

  static Result<ClientConnection> connect(const std::string& path);

  /// The line feed is added. `patience` is how long the other side may take no byte at all.
  Result<void> send(std::string_view line, Milliseconds patience);

  /// The next line without its line feed; nothing if `patience` passed without a byte, or if a
  /// signal came, so that a program can look at what the signal meant.
  Result<std::optional<std::string>> receive(Milliseconds patience);

  /// Ends the connection for a reason that the caller knows; every later call fails with it.
  Error give_up(std::string message);

  /// What broke the connection, or empty.
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  explicit ClientConnection(Descriptor socket) : socket_(std::move(socket)) {}
  enum class Readiness { ready, timeout, interrupted };
  Result<Readiness> await(short events, Milliseconds patience);

  Descriptor socket_;
  std::string input_;
  std::size_t scanned_ = 0;
  std::string failure_;
};

}  // namespace dsn::local
