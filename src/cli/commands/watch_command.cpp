// SPDX-License-Identifier: Apache-2.0
// dsn read --watch: a line for each change. On a terminal it is a picture: top_command.cpp.
#include <algorithm>
#include <chrono>
#include <thread>

#include "cli/command.hpp"
#include "cli/show/changes.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/pause.hpp"
#include "cli/show/reading_table.hpp"
#include "cli/watch_feed.hpp"
#include "formats/reading_formats.hpp"
#include "local/json/json_text.hpp"

namespace dsn::cli {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// The shortest time between two looks.
constexpr milliseconds kLookAgainMin{250};
/// The longest time between two looks at all readings, of which events tell.
constexpr milliseconds kLook{10'000};
constexpr milliseconds kReconnectPause{1000};

milliseconds time_until(Clock::time_point deadline) {
  return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(deadline - Clock::now()));
}

class WatchLines {
 public:
  WatchLines(Context& context, const ReadOptions& options, const std::string& socket)
      : context_(context), options_(options), feed_(options.agent, socket, options.query) {}

  ExitCode run() {
    if (options_.format == ReadFormat::csv && !options_.no_header) {
      context_.output.write(formats::kCsvTitles);
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
      const auto event = feed_.next_event(time_until(deadline));
      if (!event) return;
      if (*event && !handle(**event)) deadline = std::min(deadline, looked + kLookAgainMin);
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
        return context_.output.write(formats::removed_csv(event));
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
    return run_screen(context, options, *socket, {});
  }
  return WatchLines(context, options, *socket).run();
}

}  // namespace dsn::cli
