// SPDX-License-Identifier: Apache-2.0
// How many of a peer's frames are lost on their way (docs/protocol.md, section 6.4).
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace dsn::core {

/// Compares what the peer says it has sent with what came, over its latest 200 to 400 frames.
class LossMeter {
 public:
  static constexpr std::uint64_t kFrames = 200;

  /// The peer had sealed `sent` frames when `received` of them had come. What it said before, and
  /// was delayed on its way, is passed over.
  void note(std::uint64_t sent, std::uint64_t received) {
    if (!first_) first_ = middle_ = latest_ = {sent, received};
    if (sent <= latest_.sent) return;
    latest_ = {sent, received};
    if (sent - middle_.sent >= kFrames) first_ = std::exchange(middle_, latest_);
  }
  /// How many frames loss() is about.
  [[nodiscard]] std::uint64_t frames() const { return first_ ? latest_.sent - first_->sent : 0; }
  /// From 0 to 1; nothing if it is not known yet.
  [[nodiscard]] std::optional<double> loss() const {
    const std::uint64_t sent = frames();
    if (sent == 0) return std::nullopt;
    const std::uint64_t received = std::min(latest_.received - first_->received, sent);
    return 1.0 - static_cast<double>(received) / static_cast<double>(sent);
  }

 private:
  struct Count {
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
  };
  std::optional<Count> first_;
  Count middle_;  ///< where the next window begins
  Count latest_;
};

}  // namespace dsn::core
