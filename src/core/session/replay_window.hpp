// SPDX-License-Identifier: Apache-2.0
// Anti-replay window: the highest sequence numbers that were accepted. Numbers tell the time, so
// there are wide gaps between them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace dsn::core {

/// A number that is not above the lowest one that is remembered counts as seen. So does all that
/// was recorded before the first accepted one.
class ReplayWindow {
 public:
  /// Numbers that are remembered. protocol.md [window-size]
  static constexpr std::size_t kSize = 32;

  /// Whether `seq` is new. Ask before the frame is authenticated, to save the work.
  [[nodiscard]] bool is_new(std::uint64_t seq) const {
    if (count_ == 0 || seq > highest()) return true;
    return seq > accepted_[0] && !std::binary_search(accepted_.begin(), end(), seq);
  }

  /// Marks `seq` as seen. Call only with the number of an authenticated frame that is_new.
  void accept(std::uint64_t seq) {
    if (count_ == kSize) {
      std::shift_left(accepted_.begin(), accepted_.end(), 1);
      --count_;
    }
    const auto place = std::upper_bound(accepted_.begin(), end(), seq);
    std::shift_right(place, end() + 1, 1);
    *place = seq;
    ++count_;
  }

  /// 0 if none was accepted.
  [[nodiscard]] std::uint64_t highest() const { return count_ == 0 ? 0 : accepted_[count_ - 1]; }

 private:
  using Numbers = std::array<std::uint64_t, kSize>;
  [[nodiscard]] Numbers::const_iterator end() const {
    return accepted_.begin() + static_cast<std::ptrdiff_t>(count_);
  }
  [[nodiscard]] Numbers::iterator end() {
    return accepted_.begin() + static_cast<std::ptrdiff_t>(count_);
  }

  Numbers accepted_{};  // ascending
  std::size_t count_ = 0;
};

}  // namespace dsn::core
