// SPDX-License-Identifier: Apache-2.0
// Anti-replay window of 256 sequence numbers (RFC 6479: a ring of words, no shifting).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace dsn::core {

/// Sequence numbers below the first one that was ever accepted count as seen, so that nothing that
/// was recorded before is taken.
class ReplayWindow {
 public:
  /// Whether `seq` is new. Ask before the frame is authenticated, to save the work.
  [[nodiscard]] bool is_new(std::uint64_t seq) const {
    if (!started_ || seq > highest_) return true;
    if (highest_ - seq >= kSize) return false;
    return (words_[word_of(seq)] >> (seq % 64) & 1) == 0;
  }

  /// Marks `seq` as seen. Call only with the number of an authenticated frame that is_new.
  void accept(std::uint64_t seq) {
    if (!started_) {
      started_ = true;
      words_.fill(~std::uint64_t{0});
      // Of the first frame's own word only what lies at or below it has been "seen".
      words_[word_of(seq)] = ~std::uint64_t{0} >> (63 - seq % 64);
      highest_ = seq;
      return;
    }
    if (seq > highest_) advance(seq);
    words_[word_of(seq)] |= std::uint64_t{1} << (seq % 64);
  }

  [[nodiscard]] std::uint64_t highest() const { return highest_; }

 private:
  static constexpr std::uint64_t kSize = 256;
  // One word more than the window, so that the word being entered is always free to be cleared.
  static constexpr std::size_t kWords = kSize / 64 + 1;

  static std::size_t word_of(std::uint64_t seq) { return seq / 64 % kWords; }

  void advance(std::uint64_t seq) {
    const std::uint64_t first = highest_ / 64 + 1;
    const std::uint64_t last = seq / 64;
    for (std::uint64_t word = first; word <= last && word < first + kWords; ++word) {
      words_[word % kWords] = 0;
    }
    highest_ = seq;
  }

  std::array<std::uint64_t, kWords> words_{};
  std::uint64_t highest_ = 0;
  bool started_ = false;
};

}  // namespace dsn::core
