// SPDX-License-Identifier: Apache-2.0
// To whom the kernel did not send.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "base/endpoint.hpp"

namespace dsn::net {

/// A receiver, and the error with which the kernel refuses what is sent there.
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
  /// In no particular order.
  [[nodiscard]] const std::vector<SendFailure>& all() const { return failures_; }

 private:
  std::vector<SendFailure> failures_;
};

}  // namespace dsn::net
