// SPDX-License-Identifier: Apache-2.0
#include "record/recorder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/pattern.hpp"

namespace dsn::record {
namespace {

constexpr std::chrono::hours kThinInterval{1};
// A machine without a clock believes in 1970, or in the day on which its system was made, until it
// was told the time.
constexpr history::Time kFirstTime = std::chrono::sys_days(std::chrono::year(2025) / 1 / 1);

std::optional<double> number_of(const Value& value) {
  if (const auto truth = value.as_boolean()) return *truth ? 1 : 0;
  return value.as_number();
}

// What its owner measured. That it is late or its node gone changes nothing about what it was.
bool is_measured(Freshness freshness) {
  return freshness != Freshness::error && freshness != Freshness::conflict;
}

}  // namespace

Recorder::Recorder(config::RecordConfig config, Note note)
    : config_(std::move(config)), note_(std::move(note)) {}

bool Recorder::is_wanted(const Reading& reading) const {
  const std::string name = reading.node + "/" + reading.key;
  return std::ranges::any_of(config_.readings,
                             [&name](const std::string& pattern) { return fits(pattern, name); });
}

void Recorder::take(const Reading& reading, history::Time now) {
  const auto number = number_of(reading.value);
  if (!number || !is_measured(reading.freshness) || now < kFirstTime || !is_wanted(reading)) return;
  // When the agent comes back it tells all that is there anew.
  const auto version = std::pair(reading.incarnation, reading.version);
  if (std::exchange(taken_[{reading.node_id, reading.key}], version) == version) return;
  if (samples_.size() >= kWaitingMax) {
    samples_.erase(samples_.begin(), samples_.begin() + kWaitingMax / 10);
    lost_ += kWaitingMax / 10;
  }
  samples_.push_back(
      {reading.node_id, reading.node, reading.key, reading.unit, now - reading.age, *number});
}

void Recorder::handle_time(Clock::time_point clock, history::Time now) {
  if (due_ == Clock::time_point()) due_ = clock + config_.every;
  if (clock < due_) return;
  due_ = clock + config_.every;
  flush(now);
}

void Recorder::flush(history::Time now) {
  if (samples_.empty()) return;
  Result<void> outcome = write();
  if (!outcome && outcome.code() == ErrorCode::refused && history_->make_room()) outcome = write();
  if (outcome) {
    samples_.clear();
    if (now - thinned_ >= kThinInterval) {
      thinned_ = now;
      outcome = history_->thin_out({config_.raw, config_.minutes, config_.hours}, now);
    }
  } else {
    // It is opened anew next time: the disk may be another one by then.
    history_.reset();
  }
  say(outcome);
}

Result<void> Recorder::write() {
  if (!history_) {
    auto opened = history::History::open(config_.database, config_.size_max, note_);
    if (!opened) return opened.failure();
    history_ = *std::move(opened);
  }
  return history_->write(samples_);
}

void Recorder::say(const Result<void>& outcome) {
  const std::string problem = outcome ? "" : outcome.error();
  if (problem == problem_) return;
  if (!problem.empty()) {
    note_(fmt::format("nothing can be written ({}); {} readings wait in memory", problem,
                      samples_.size()));
  } else {
    note_(lost_ == 0 ? "writing again; nothing was lost"
                     : fmt::format("writing again; {} readings were lost", lost_));
    lost_ = 0;
  }
  problem_ = problem;
}

}  // namespace dsn::record
