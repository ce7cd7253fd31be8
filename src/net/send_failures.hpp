// SPDX-License-Identifier: Apache-2.0
// What is sent to whom in vain.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/endpoint.hpp"

namespace dsn::net {

/// A receiver, and the error with which the kernel refuses what is sent there, or which the network
/// reports of it.
struct SendFailure {
  Endpoint to;
  int error = 0;
  std::uint64_t count = 0;
  std::chrono::steady_clock::time_point last{};
};

/// Remembers the last 16.
class SendFailures {
 public:
  static constexpr std::size_t kMax = 16;

  void note(const Endpoint& to, int error);
  /// A datagram was sent there: what was refused before has passed, but for EMSGSIZE, with which
  /// smaller ones are sent all the same.
  void forget(const Endpoint& to);
  /// In no particular order.
  [[nodiscard]] const std::vector<SendFailure>& all() const { return failures_; }
  /// The latest of those to `to` that is not older than `life`; nothing if there is none.
  [[nodiscard]] std::optional<SendFailure> latest(const Endpoint& to,
                                                  std::chrono::seconds life) const;

 private:
  std::vector<SendFailure> failures_;
};

}  // namespace dsn::net
