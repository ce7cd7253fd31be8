// SPDX-License-Identifier: Apache-2.0
// Collects what is to be recorded, and writes it at times.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/record_file.hpp"
#include "dsn/reading.hpp"
#include "history/history.hpp"

namespace dsn::record {

/// Waits for a disk that is full or away: it keeps the latest samples in memory, and says once what
/// is wrong, and once that it is well again.
class Recorder {
 public:
  using Clock = std::chrono::steady_clock;
  using Note = std::function<void(const std::string&)>;

  /// The most samples that wait; then the oldest ones are lost.
  static constexpr std::size_t kWaitingMax = 200'000;

  Recorder(config::RecordConfig config, Note note);

  /// A reading that came now. It is taken if it is a number or a truth value that its owner
  /// measured, and its name fits.
  void take(const Reading& reading, history::Time now);
  /// Writes what waits if it is time.
  void handle_time(Clock::time_point clock, history::Time now);
  /// Writes what waits.
  void flush(history::Time now);

  [[nodiscard]] std::size_t waiting() const { return samples_.size(); }

 private:
  [[nodiscard]] bool is_wanted(const Reading& reading) const;
  [[nodiscard]] Result<void> write();
  void say(const Result<void>& outcome);

  const config::RecordConfig config_;
  const Note note_;
  std::optional<history::History> history_;
  std::vector<history::RecordedNumber> samples_;
  std::map<std::pair<std::string, std::string>, std::pair<std::uint32_t, std::uint64_t>> taken_;
  std::size_t lost_ = 0;
  Clock::time_point due_{};
  history::Time thinned_{};
  std::string problem_;
};

}  // namespace dsn::record
