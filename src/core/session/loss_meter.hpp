// SPDX-License-Identifier: Apache-2.0
// How many of a peer's frames are lost on their way (docs/protocol.md, section 6.4).
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace dsn::core {

/// Compares what the peer says it has sent with what came, between the first and the latest time
/// that it said so.
class LossMeter {
 public:
  /// The peer had sealed `sent` frames when `received` of them had come. What it said before, and
  /// was delayed on its way, is passed over.
  void note(std::uint64_t sent, std::uint64_t received) {
    if (!first_) first_ = {sent, received};
    if (!latest_ || sent > latest_->sent) latest_ = {sent, received};
  }
  /// From 0 to 1; nothing if it is not known yet.
  [[nodiscard]] std::optional<double> loss() const {
    if (!first_ || latest_->sent == first_->sent) return std::nullopt;
    const std::uint64_t sent = latest_->sent - first_->sent;
    const std::uint64_t received = std::min(latest_->received - first_->received, sent);
    return 1.0 - static_cast<double>(received) / static_cast<double>(sent);
  }

 private:
  struct Count {
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
  };
  std::optional<Count> first_;
  std::optional<Count> latest_;
};

}  // namespace dsn::core
