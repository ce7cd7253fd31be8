// SPDX-License-Identifier: Apache-2.0
// dsn top, and dsn read --watch on a terminal: a picture that is kept up to date, with keys.
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "cli/command.hpp"
#include "cli/demo/demo_folder.hpp"
#include "cli/demo/demo_simulation.hpp"
#include "cli/show/age_text.hpp"
#include "cli/show/browser.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/keyboard.hpp"
#include "cli/show/no_agent.hpp"
#include "cli/watch_feed.hpp"

namespace dsn::cli {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// The longest time between two pictures: ages are shown in seconds.
constexpr milliseconds kTick{1000};
/// The shortest time between two looks at the agent: nobody reads faster.
constexpr milliseconds kLookMin{250};

milliseconds left_until(Clock::time_point deadline) {
  return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(deadline - Clock::now()));
}

class Pictures {
 public:
  Pictures(Context& context, const ReadOptions& options, const std::string& socket, ScreenView view)
      : context_(context),
        options_(options),
        feed_(options.agent, socket, options.query),
        view_(std::move(view)) {
    view_.bad_only = view_.bad_only || options.bad;
  }

  ExitCode run() {
    Screen screen(context_.output);
    world_.keyboard = screen.has_keyboard();
    while (!stop_requested() && !view_.ended && !context_.output.broken()) {
      look();
      wait(screen);
    }
    return written(context_);
  }

 private:
  void look() {
    const auto problem = refresh();
    world_.notes.clear();
    if (options_.agent.demo) note_demo();
    if (problem) world_.notes.push_back(not_live(*problem));
    draw();
  }

  void note_demo() {
    world_.notes.emplace_back(kSimulationNote);
    const auto demo = DemoFolder::find();
    const auto page = demo ? demo->page() : std::nullopt;
    if (page) world_.notes.push_back("The same in a browser: " + printable(*page));
  }

  /// Reads everything anew; returns why that failed, if it did.
  std::optional<Error> refresh() {
    if (const auto opened = feed_.open(); !opened) return opened.failure();
    auto readings = feed_.read();
    if (!readings) return readings.failure();
    auto nodes = feed_.nodes();
    if (!nodes) return nodes.failure();
    world_.readings = std::move(readings).value();
    world_.nodes = std::move(nodes).value();
    if (options_.max_age) apply_max_age(*options_.max_age, world_.readings);
    world_.trends.reconcile(world_.readings);
    fresh_at_ = Clock::now();
    return std::nullopt;
  }

  [[nodiscard]] std::string not_live(const Error& problem) const {
    const auto age = std::chrono::duration_cast<milliseconds>(Clock::now() - fresh_at_);
    const bool service = feed_.socket() == kServiceSocket && has_service();
    const std::string why =
        service ? "the agent is not running (systemctl status dsn-agent)" : problem.message;
    return printable(fmt::format("NOT LIVE for {}: {}; trying again", format_age(age), why));
  }

  void draw() {
    const TerminalSize size = Output::size();
    const WatchFrame frame =
        frame_of(world_, view_, size, context_.output.colour(), !options_.no_header);
    view_.first = frame.first;
    context_.output.write(paint(frame_lines(frame, size)));
  }

  /// Until it is time for another look: keys have their effect at once, events one soon.
  void wait(Screen& screen) {
    const auto begun = Clock::now();
    auto deadline = begun + kTick;
    while (!stop_requested() && !view_.ended && Clock::now() < deadline) {
      pollfd ends[] = {{feed_.descriptor(), POLLIN, 0},
                       {screen.has_keyboard() ? STDIN_FILENO : -1, POLLIN, 0}};
      const int ready = ::poll(ends, 2, static_cast<int>(left_until(deadline).count()));
      screen.stop_if_asked();
      if (ready < 0) draw();  // a new size
      if (ends[1].revents != 0) take_keys(screen);
      if (ends[0].revents != 0 && take_events()) deadline = std::min(deadline, begun + kLookMin);
    }
  }

  void take_keys(Screen& screen) {
    for (const KeyPress& key : keys_of(screen.typed())) {
      view_ = press(std::move(view_), key, world_, Output::size());
    }
    draw();
  }

  /// Whether something changed.
  bool take_events() {
    bool any = false;
    while (true) {
      const auto event = feed_.next_event(milliseconds(0));
      if (!event) return true;  // disconnected: the next look says so
      if (!*event) return any;
      any = true;
      const bool is_sample = (*event)->kind == NodeEvent::Kind::updated;
      if (is_sample && (*event)->reading) world_.trends.add(*(*event)->reading);
    }
  }

  Context& context_;
  const ReadOptions& options_;
  WatchFeed feed_;
  ScreenView view_;
  World world_;
  Clock::time_point fresh_at_ = Clock::now();
};

}  // namespace

ExitCode run_screen(Context& context, const ReadOptions& options, const std::string& socket,
                    ScreenView view) {
  return Pictures(context, options, socket, std::move(view)).run();
}

ExitCode run(Context& context, const TopOptions& options) {
  if (!context.output.is_terminal()) {
    complain(context.program,
             "dsn top needs a terminal; into a pipe: dsn nodes, or dsn-read --watch");
    return ExitCode::usage;
  }
  catch_stop_signals();
  const auto socket = socket_of(context, options.agent);
  if (!socket) return ExitCode::unreachable;
  ReadOptions read;
  read.agent = options.agent;
  ScreenView view;
  view.topic = ScreenView::Topic::nodes;
  view.bad_only = options.bad;
  return run_screen(context, read, *socket, std::move(view));
}

}  // namespace dsn::cli
