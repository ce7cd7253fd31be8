// SPDX-License-Identifier: Apache-2.0
// dsn wait: until a reading fulfils a condition.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/printable.hpp"
#include "cli/command.hpp"
#include "cli/show/condition.hpp"
#include "cli/show/pause.hpp"
#include "cli/show/reading_table.hpp"
#include "cli/show/value_text.hpp"
#include "cli/watch_feed.hpp"

namespace dsn::cli {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kRetryPause{1000};
/// The longest time between two looks: a reading gets late without an event.
constexpr milliseconds kJudgeEvery{1000};

class Waiting {
 public:
  Waiting(Context& context, const WaitOptions& options, const Condition& condition, WatchFeed feed)
      : context_(context), options_(options), condition_(condition), feed_(std::move(feed)) {}

  ExitCode run() {
    while (!stop_requested()) {
      const std::string problem = look();
      const auto now = Clock::now();
      if (since_ && now >= *since_ + options_.hold.value_or(milliseconds(0))) return ExitCode::ok;
      if (now >= deadline()) {
        complain(context_.program,
                 fmt::format("{}: not so in time: {}", printable(options_.reading), state_));
        return ExitCode::late;
      }
      wait(problem);
    }
    return ExitCode::error;
  }

 private:
  [[nodiscard]] Clock::time_point deadline() const {
    return options_.timeout ? started_ + *options_.timeout : Clock::time_point::max();
  }

  /// Judges the reading of now. What is in the way of that is said once, and returned.
  std::string look() {
    std::string problem;
    Result<std::vector<Reading>> readings = std::vector<Reading>{};
    if (const auto opened = feed_.open(); !opened) {
      problem = opened.error();
    } else if (readings = feed_.read(); !readings) {
      problem = readings.error();
    } else if (readings->empty()) {
      problem = "there is no such reading yet";
    }
    if (!problem.empty()) {
      if (problem != state_) {
        complain(context_.program,
                 fmt::format("{}: {}; waiting for it", printable(options_.reading), problem));
      }
      state_ = problem;
      since_.reset();
      return problem;
    }
    const Reading& reading = readings->front();
    state_ = fmt::format("{}, {}", printable(raw_value(reading.value)), status_text(reading));
    if (!condition_.holds(reading)) {
      since_.reset();
    } else if (!since_) {
      since_ = Clock::now();
    }
    return {};
  }

  void wait(const std::string& problem) {
    auto until = std::min(deadline(), Clock::now() + kJudgeEvery);
    if (since_ && options_.hold) until = std::min(until, *since_ + *options_.hold);
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
    const auto time = std::max(left, milliseconds(0));
    const auto event = feed_.next_event(time);
    if (!event && !problem.empty()) pause_for(std::min(time, kRetryPause));
  }

  Context& context_;
  const WaitOptions& options_;
  const Condition& condition_;
  WatchFeed feed_;
  Clock::time_point started_ = Clock::now();
  std::optional<Clock::time_point> since_;  ///< that the condition holds
  std::string state_ = "nothing is known of it";
};

ExitCode usage(const Context& context, const std::string& message) {
  complain(context.program, message + "; see dsn wait --help");
  return ExitCode::usage;
}

}  // namespace

ExitCode run(Context& context, const WaitOptions& options) {
  const std::size_t slash = options.reading.find('/');
  if (slash == 0 || slash == std::string::npos || slash + 1 == options.reading.size()) {
    return usage(context, fmt::format("'{}' is not NODE/KEY, such as shed/door",
                                      printable(options.reading)));
  }
  std::string text;
  for (const std::string& word : options.condition) text += word + " ";
  const auto condition = Condition::parse(text);
  if (!condition) return usage(context, condition.error());
  catch_stop_signals();
  const auto socket = socket_of(context, options.agent);
  if (!socket) return ExitCode::unreachable;
  const ReadQuery query{options.reading.substr(0, slash), options.reading.substr(slash + 1)};
  return Waiting(context, options, *condition, WatchFeed(options.agent, *socket, query)).run();
}

}  // namespace dsn::cli
