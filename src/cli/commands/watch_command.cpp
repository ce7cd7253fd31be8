// SPDX-License-Identifier: Apache-2.0
// dsn read --watch: a picture that is kept up to date on a terminal, or a line for each change.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "cli/command.hpp"
#include "cli/demo/demo_simulation.hpp"
#include "cli/show/age_text.hpp"
#include "cli/show/changes.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/pause.hpp"
#include "cli/show/reading_formats.hpp"
#include "cli/show/reading_table.hpp"
#include "cli/show/trends.hpp"
#include "cli/show/watch_frame.hpp"
#include "cli/watch_feed.hpp"
#include "local/json/json_text.hpp"

namespace dsn::cli {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// The longest time between two pictures: ages are shown in seconds.
constexpr milliseconds kTick{1000};
/// The shortest time between two pictures: nobody reads faster, and each one asks the agent.
constexpr milliseconds kRepaintMin{250};
/// The longest time between two looks at all readings, of which events tell.
constexpr milliseconds kLook{10'000};
constexpr milliseconds kReconnectPause{1000};

milliseconds left_until(Clock::time_point deadline) {
  return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(deadline - Clock::now()));
}

/// The terminal while a picture is on it: no cursor, and an empty screen to begin with.
class Screen {
 public:
  explicit Screen(Output& output) : output_(output) { output_.write("\x1b[?25l\x1b[H\x1b[2J"); }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  ~Screen() { output_.write("\x1b[?25h\r\n"); }

 private:
  Output& output_;
};

class WatchTable {
 public:
  WatchTable(Context& context, const ReadOptions& options, const std::string& socket)
      : context_(context), options_(options), feed_(options.agent, socket, options.query) {}

  ExitCode run() {
    const Screen screen(context_.output);
    while (!stop_requested() && !context_.output.broken()) {
      if (const auto problem = refresh()) {
        show_unreachable(*problem);
        pause_for(kReconnectPause);
      } else {
        draw({});
        wait_for_change();
      }
    }
    return written(context_);
  }

 private:
  /// Reads all readings anew; returns why that failed, if it did.
  std::optional<std::string> refresh() {
    if (const auto opened = feed_.open(); !opened) return opened.error();
    auto readings = feed_.read();
    if (!readings) return readings.error();
    readings_ = std::move(readings).value();
    apply(options_, readings_);
    put_trouble_first(readings_);
    trends_.reconcile(readings_);
    fresh_at_ = Clock::now();
    return std::nullopt;
  }

  void draw(const std::string& problem) {
    WatchFrame frame;
    frame.readings = readings_;
    frame.trends = trends_.lines(readings_);
    if (options_.agent.demo) frame.notes.emplace_back(kSimulationNote);
    if (!problem.empty()) frame.notes.push_back(printable(problem));
    context_.output.write(
        paint(frame_lines(frame, Output::size(), context_.output.colour(), !options_.no_header)));
  }

  /// Shows the last picture again, with its age.
  void show_unreachable(const std::string& problem) {
    const auto age = std::chrono::duration_cast<milliseconds>(Clock::now() - fresh_at_);
    draw(fmt::format("NOT LIVE for {}: {}; trying again", format_age(age), problem));
  }

  void wait_for_change() {
    const auto painted = Clock::now();
    auto deadline = painted + kTick;
    while (!stop_requested() && Clock::now() < deadline) {
      const auto event = feed_.next_event(left_until(deadline));
      if (!event) return;
      if (!*event) continue;
      const bool is_sample = (*event)->kind == NodeEvent::Kind::updated;
      if (is_sample && (*event)->reading) trends_.add(*(*event)->reading);
      deadline = std::min(deadline, painted + kRepaintMin);
    }
  }

  Context& context_;
  const ReadOptions& options_;
  WatchFeed feed_;
  Trends trends_;
  std::vector<Reading> readings_;
  Clock::time_point fresh_at_ = Clock::now();
};

class WatchLines {
 public:
  WatchLines(Context& context, const ReadOptions& options, const std::string& socket)
      : context_(context), options_(options), feed_(options.agent, socket, options.query) {}

  ExitCode run() {
    if (options_.format == ReadFormat::csv && !options_.no_header) {
      context_.output.write(csv_titles());
    }
    while (!stop_requested() && !context_.output.broken()) {
      if (const auto problem = look()) {
        if (!complained_) complain(context_.program, *problem + "; trying again");
        complained_ = true;
        pause_for(kReconnectPause);
        continue;
      }
      if (complained_) complain(context_.program, "connected to " + feed_.socket() + " again");
      complained_ = false;
      listen();
    }
    return written(context_);
  }

 private:
  std::optional<std::string> look() {
    if (const auto opened = feed_.open(); !opened) return opened.error();
    auto readings = feed_.read();
    if (!readings) return readings.error();
    apply(options_, *readings);
    const Changes::Found found = changes_.look(*readings);
    for (const Reading& reading : found.changed) write(reading);
    for (const NodeEvent& event : found.removed) write_removed(event);
    return std::nullopt;
  }

  /// Handles events until it is time to read again: soon after a node's event, or after a while,
  /// since for want of memory a reading gets late without one.
  void listen() {
    const auto looked = Clock::now();
    auto deadline = looked + kLook;
    while (!stop_requested() && !context_.output.broken() && Clock::now() < deadline) {
      const auto event = feed_.next_event(left_until(deadline));
      if (!event) return;
      if (*event && !handle(**event)) deadline = std::min(deadline, looked + kRepaintMin);
    }
  }

  /// False if the event concerns a node as a whole.
  bool handle(const NodeEvent& event) {
    if (event.reading) {
      std::vector<Reading> one{*event.reading};
      apply(options_, one);
      if (one.empty()) return false;
      const bool is_new = changes_.note(one.front());
      if (is_new || event.kind == NodeEvent::Kind::updated) write(one.front());
      return true;
    }
    if (event.kind != NodeEvent::Kind::removed) return false;
    changes_.forget(event);
    write_removed(event);
    return true;
  }

  void write(const Reading& reading) {
    if (options_.format == ReadFormat::value) return write_value(reading);
    context_.output.write(reading_line(options_.format, reading, local::WallClock::read()));
  }

  /// Values that cannot be trusted are told of on standard error, unless they are asked for.
  void write_value(const Reading& reading) {
    if (options_.any_age || reading.freshness == Freshness::ok) {
      return context_.output.write(value_line(context_, reading));
    }
    complain(context_.program, reading.node + " " + reading.key + ": " + status_text(reading));
  }

  void write_removed(const NodeEvent& event) {
    switch (options_.format) {
      case ReadFormat::value:
        return complain(context_.program, event.node + " " + event.key + ": removed");
      case ReadFormat::json:
        return context_.output.write(json_line(local::event_json(event, local::WallClock::read())));
      case ReadFormat::csv:
        return context_.output.write(removed_csv(event));
      case ReadFormat::usual:
      case ReadFormat::table:
      case ReadFormat::senml:
      case ReadFormat::prom:
        return context_.output.write(tsv_line({event.node, event.key, "", "", "", "removed"}));
    }
  }

  Context& context_;
  const ReadOptions& options_;
  WatchFeed feed_;
  Changes changes_;
  bool complained_ = false;
};

}  // namespace

ExitCode run_watch(Context& context, const ReadOptions& options) {
  catch_stop_signals();
  const auto socket = socket_of(context, options.agent);
  if (!socket) return ExitCode::unreachable;
  if (options.format == ReadFormat::usual && context.output.is_terminal()) {
    return WatchTable(context, options, *socket).run();
  }
  return WatchLines(context, options, *socket).run();
}

}  // namespace dsn::cli
