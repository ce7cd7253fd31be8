// SPDX-License-Identifier: Apache-2.0
// dsn demo: a network of nodes on this machine, to try things out.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string_view>

#include "base/suggest.hpp"
#include "cli/command.hpp"
#include "cli/demo/child_process.hpp"
#include "cli/demo/demo.hpp"
#include "cli/demo/demo_simulation.hpp"

namespace dsn::cli {
namespace {

using Clock = std::chrono::steady_clock;

/// The signals that end the demo or say that a child ended. They are blocked, and waited for.
sigset_t awaited_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&set, number);
  return set;
}

/// Waits until `deadline` at most. True if it is time to end.
bool stop_arrives_before(Clock::time_point deadline, const sigset_t& signals) {
  const auto left = std::max(Clock::duration(0), deadline - Clock::now());
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
  const timespec limit = {static_cast<time_t>(seconds.count()),
                          static_cast<long>(std::chrono::nanoseconds(left - seconds).count())};
  const int number = ::sigtimedwait(&signals, nullptr, &limit);
  return number > 0 && number != SIGCHLD;
}

std::string banner(std::size_t count, const std::string& first, const std::string& page) {
  return fmt::format(
      "demo: {0} node{1} on this machine with a throw-away key; in another terminal:  dsn-read "
      "--demo\n"
      "{2}\n"
      "{4}"
      "demo: break it:  dsn demo freeze {3}   thaw   kill   restart   clone   clock     end: "
      "Ctrl-C\n",
      count, count == 1 ? "" : "s", kSimulationNote, first,
      page.empty() ? "" : "demo: the page for browsers: " + page + "\n");
}

/// `dsn-read --demo --watch` in the same terminal.
Result<pid_t> start_viewer() {
  return start_child({.program = own_program(),
                      .arguments = {"--demo", "--watch"},
                      .name = "dsn-read",
                      .log_file = {}});
}

class DemoLoop {
 public:
  DemoLoop(Context& context, Demo& demo, const sigset_t& signals)
      : context_(context), demo_(demo), signals_(signals) {}

  /// Runs until a stop signal comes, or the viewer or the last node ends.
  ExitCode run(std::optional<pid_t> viewer) {
    auto tick = Clock::now();
    for (std::uint64_t second = 0;; ++second) {
      demo_.simulate(second);
      // Ticks that were missed, as when the machine slept, are not made up for.
      tick = std::max(tick + std::chrono::seconds(1), Clock::now());
      do {
        if (stop_arrives_before(tick, signals_)) return end(viewer);
        if (viewer && ::waitpid(*viewer, nullptr, WNOHANG) == *viewer) return ExitCode::ok;
        report_ended(!viewer);
        report(demo_.grant_wishes());
        if (!demo_.any_running()) return end(viewer);
      } while (Clock::now() < tick);
    }
  }

 private:
  /// Not aloud with a viewer on the terminal, whose picture shows it.
  void report_ended(bool aloud) {
    for (const auto& [name, how] : demo_.collect_ended()) {
      if (aloud) context_.output.write(fmt::format("demo: {} ended ({})\n", name, how));
    }
  }

  void report(const std::vector<std::string>& problems) {
    for (const std::string& problem : problems) complain(context_.program, problem);
  }

  /// Waits for the viewer, which restores the terminal, before anything else is written to it.
  ExitCode end(std::optional<pid_t> viewer) {
    if (!viewer) return ExitCode::ok;
    ::kill(*viewer, SIGTERM);
    ::waitpid(*viewer, nullptr, 0);
    return ExitCode::ok;
  }

  Context& context_;
  Demo& demo_;
  const sigset_t& signals_;
};

/// Has the process of the demo start something, within a second.
Result<std::string> wish(const DemoFolder& demo, const std::string& node, DemoFolder::Wish wish,
                         std::string said) {
  if (const auto recorded = demo.record_wish(node, wish); !recorded) return recorded.failure();
  return said;
}

std::string slow_clock_text(const DemoFolder& demo, const std::string& node) {
  return fmt::format(
      "{0} starts again with a clock that is an hour slow, as that of a Pi without network time: "
      "ages stay right on all nodes. Only \"time\" is wrong there, and \"clock\" says so; as a "
      "program on {0} reads it: DSN_DEMO_CLOCK=slow dsn-read --json --socket {1}; cure it: dsn "
      "demo "
      "restart {0}",
      node, demo.socket(node));
}

Result<std::string> signal_node(pid_t pid, int number, const std::string& node, const char* said) {
  if (::kill(pid, number) == 0) return node + said;
  return Error{"cannot signal the agent of " + node};
}

/// Does it, and says what is to be seen of it.
Result<std::string> act(const DemoFolder& demo, const DemoSignalOptions& options) {
  using Action = DemoSignalOptions::Action;
  const std::string& node = options.node;
  const auto pid = demo.running_pid(node);
  const bool is_slow = options.action == Action::clock;
  if (is_slow || options.action == Action::restart) {
    if (pid) {
      // A frozen one would not hear that it is to end.
      ::kill(*pid, SIGTERM);
      ::kill(*pid, SIGCONT);
    }
    return is_slow ? wish(demo, node, DemoFolder::Wish::clock, slow_clock_text(demo, node))
                   : wish(demo, node, DemoFolder::Wish::restart, node + " starts again");
  }
  if (!pid) return Error{node + " does not run any more; start it: dsn demo restart " + node};
  switch (options.action) {
    case Action::kill:
      return signal_node(*pid, SIGKILL, node, " is killed: the others take it for gone in seconds");
    case Action::freeze:
      return signal_node(*pid, SIGSTOP, node, " is frozen: late, then gone, until dsn demo thaw");
    case Action::thaw:
      return signal_node(*pid, SIGCONT, node, " goes on");
    case Action::clone: {
      const std::string clone = node + kCloneSuffix;
      if (std::filesystem::exists(demo.node_path(clone))) {
        return Error{"there is a clone of it already: dsn demo restart " + clone};
      }
      return wish(demo, node, DemoFolder::Wish::clone,
                  "a second machine is " + node +
                      ", as with a copied SD card: see dsn nodes "
                      "--demo, dsn doctor --demo; end it: dsn demo kill " +
                      clone);
    }
    case Action::restart:
    case Action::clock:
      break;
  }
  return node;
}

}  // namespace

ExitCode run(Context& context, const DemoOptions& options) {
  const sigset_t signals = awaited_signals();
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  Result<DemoFolder> folder = DemoFolder::create();
  if (!folder) {
    complain(context.program, folder.error());
    return ExitCode::error;
  }
  Result<Demo> prepared = Demo::prepare(std::move(folder).value(), options.nodes);
  if (!prepared) {
    complain(context.program, prepared.error());
    return ExitCode::error;
  }
  Demo demo = std::move(prepared).value();
  if (const auto started = demo.start(); !started) {
    complain(context.program, started.error());
    return ExitCode::error;
  }
  std::string page;
  if (options.web) {
    Result<std::string> url = demo.start_page();
    if (!url) {
      complain(context.program, url.error());
      return ExitCode::error;
    }
    page = *std::move(url);
  }
  context.output.say(banner(demo.names().size(), demo.names().front(), page));
  std::optional<pid_t> viewer;
  if (options.watch) {
    demo.simulate(0);
    const Result<pid_t> pid = start_viewer();
    if (!pid) {
      complain(context.program, pid.error());
      return ExitCode::error;
    }
    viewer = *pid;
  }
  return DemoLoop(context, demo, signals).run(viewer);
}

ExitCode run(Context& context, const DemoSignalOptions& options) {
  const Result<DemoFolder> demo = DemoFolder::find();
  if (!demo) {
    complain(context.program, demo.error());
    return ExitCode::unreachable;
  }
  const std::vector<std::string> nodes = demo->nodes();
  if (std::find(nodes.begin(), nodes.end(), options.node) == nodes.end()) {
    const std::vector<std::string_view> names(nodes.begin(), nodes.end());
    std::string message =
        fmt::format("no node '{}'{}; known:", options.node, did_you_mean(options.node, names));
    for (const std::string& name : nodes) message += " " + name;
    complain(context.program, message);
    return ExitCode::unknown;
  }
  const Result<std::string> done = act(*demo, options);
  if (!done) {
    complain(context.program, done.error());
    return ExitCode::error;
  }
  context.output.say(*done + "\n");
  return written(context);
}

}  // namespace dsn::cli
