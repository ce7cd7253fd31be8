// SPDX-License-Identifier: Apache-2.0
#include "agent/hooks.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <utility>

#include "agent/config_diff.hpp"
#include "agent/hook_text.hpp"
#include "agent/log.hpp"
#include "file/atomic_file.hpp"
#include "node/clock.hpp"
#include "sensor/exec_failure.hpp"

namespace dsn::agent {
namespace {

constexpr std::chrono::milliseconds kGrace{1000};
// The timer wakes at least this often: a timer of centuries would overflow.
constexpr Duration kTimerMax = std::chrono::hours(1);

const char* event_name(config::HookConfig::Event event) {
  switch (event) {
    case config::HookConfig::Event::change:
      return "on_change";
    case config::HookConfig::Event::late:
      return "on_late";
    case config::HookConfig::Event::gone:
      return "on_gone";
    case config::HookConfig::Event::asleep:
      return "on_asleep";
    case config::HookConfig::Event::back:
      return "on_back";
    case config::HookConfig::Event::joined:
      return "on_joined";
    case config::HookConfig::Event::restarting:
      return "on_restarting";
    case config::HookConfig::Event::left:
      return "on_left";
    case config::HookConfig::Event::conflict:
      return "on_conflict";
    case config::HookConfig::Event::clone:
      return "on_clone";
    case config::HookConfig::Event::message:
      return "on_message";
    case config::HookConfig::Event::command:
      return "command";
  }
  return "";
}

/// A command's answer is a map of exit status, output and the beginning of what it wrote to
/// standard error, and has to fit in a message.
constexpr std::size_t kAnswerBytesMax = std::size_t{60} * 1024;

bool is_command(const config::HookConfig& config) {
  return config.event == config::HookConfig::Event::command;
}

sensor::ExecLimits limits_of(const config::HookConfig& config) {
  const std::size_t output = is_command(config) ? kAnswerBytesMax : sensor::kExecOutputBytesMax;
  return {config.timeout, kGrace, output, true};
}

Value answer_of(const sensor::ExecEnd& end) {
  const std::pair<std::string, Value> members[] = {
      {"status", Value::integer(WEXITSTATUS(end.status))},
      {"output", Value::text(end.output)},
      {"error", Value::text(end.diagnostics)}};
  return Value::map(members).value_or(Value());
}

ByteView bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

Hooks::Hook::Hook(const config::HookConfig& config) : rule(config), queue(config.min_interval) {
  status.name = config.name;
  status.event = event_name(config.event);
}

Hooks::Hook::~Hook() {
  if (child) child->abandon();
}

Hooks::Hooks(asio::io_context& io, HookSources sources)
    : io_(io), sources_(std::move(sources)), timer_(io) {}

Hooks::~Hooks() = default;

void Hooks::configure(const std::vector<config::HookConfig>& hooks,
                      const std::vector<config::HookConfig>& commands) {
  std::vector<std::unique_ptr<Hook>> before = std::exchange(hooks_, {});
  std::vector<Hook*> fresh;
  std::vector<config::HookConfig> all = hooks;
  all.insert(all.end(), commands.begin(), commands.end());
  for (const config::HookConfig& config : all) {
    const auto same = std::ranges::find_if(
        before, [&](const auto& hook) { return hook && same_hook(hook->rule.config(), config); });
    if (same != before.end()) {
      hooks_.push_back(std::move(*same));
      continue;
    }
    hooks_.push_back(std::make_unique<Hook>(config));
    fresh.push_back(hooks_.back().get());
  }
  if (!fresh.empty()) show_present(fresh);
  run_due();
}

void Hooks::show_present(const std::vector<Hook*>& hooks) {
  sources_.tell_present(
      [&hooks](const NodeEvent& event) {
        const auto wants = [&event](Hook* hook) { return hook->rule.follows(event); };
        return std::ranges::any_of(hooks, wants);
      },
      [&hooks](const NodeEvent& event) {
        for (Hook* hook : hooks) {
          if (auto due = hook->rule.handle_event(event, node::now())) {
            hook->queue.push(*std::move(due));
          }
        }
      });
}

void Hooks::handle_event(const NodeEvent& event) {
  bool due = false;
  for (const auto& hook : hooks_) {
    const Instant lasted_before = hook->rule.next_lasted();
    if (auto told = hook->rule.handle_event(event, node::now())) {
      hook->queue.push(*std::move(told));
      due = true;
    }
    due |= hook->rule.next_lasted() != lasted_before;
  }
  if (due) run_due();
}

node::MessageVerdict Hooks::handle_message(const Message& message) {
  using Outcome = wire::DataOutcome;
  std::vector<Hook*> takers;
  for (const auto& hook : hooks_) {
    if (!hook->rule.takes(message)) continue;
    const bool is_allowed = hook->rule.takes_from_sender_of(message);
    if (is_command(hook->rule.config())) {
      if (!is_allowed) return {Outcome::refused, 0};
      if (!hook->queue.has_room_for(message.from_id)) return {Outcome::busy, 0};
    }
    if (is_allowed) takers.push_back(hook.get());
  }
  if (takers.empty()) return {Outcome::nobody_listens, 0};
  for (Hook* hook : takers) {
    hook->queue.push(
        {"message", message.from, message.from_id, "", std::nullopt, node::now(), message, false});
  }
  arm();
  return {Outcome::delivered, takers.size()};
}

void Hooks::stop() {
  timer_.cancel();
  alive_.renew();
  hooks_.clear();
}

void Hooks::run_due() {
  ++turn_;
  for (const auto& hook : hooks_) {
    while (auto lasted = hook->rule.take_lasted(node::now())) hook->queue.push(*std::move(lasted));
  }
  for (std::size_t i = 0; i < hooks_.size(); ++i) run(*hooks_[(turn_ + i) % hooks_.size()]);
  arm();
}

void Hooks::run(Hook& hook) {
  const bool runs_program = !hook.rule.config().command.empty();
  while (!hook.child) {
    if (runs_program && running() >= kHookProcessesMax) return;  // handle_end() goes on
    const std::optional<HookEvent> event = hook.queue.take(node::now());
    if (!event) return;
    act(hook, *event);
  }
}

void Hooks::act(Hook& hook, const HookEvent& event) {
  const config::HookConfig& config = hook.rule.config();
  ++hook.status.runs;
  std::string failure;
  hook.write_failure.clear();
  if (!config.write.empty()) {
    const std::string line =
        config.json ? json_line(config.name, event, node::now(), local::WallClock::read())
                    : value_line(event);
    const auto written = file::replace_file(config.write, bytes_of(line), file::FileMode::readable);
    if (!written) hook.write_failure = failure = written.error();
  }
  if (!config.command.empty()) {
    if (is_command(config)) hook.ask = event.message->ask;
    auto child = sensor::ExecProcess::spawn(
        io_, config.command, limits_of(config),
        [this, &hook](const sensor::ExecEnd& end) { handle_end(hook, end); },
        environment_of(config.name, event, node::now()), input_of(event));
    if (child) {
      hook.child = std::move(*child);
    } else {
      failure = config.command[0] + ": " + child.error();
      answer(hook, {}, failure);
    }
  }
  if (!hook.child) note(hook, failure);
}

void Hooks::handle_end(Hook& hook, const sensor::ExecEnd& end) {
  hook.child.reset();
  const config::HookConfig& config = hook.rule.config();
  const auto failure = sensor::failure_of(end, limits_of(config));
  const bool has_status =
      !end.timed_out && !end.flooded && !end.status_lost && WIFEXITED(end.status);
  answer(hook, answer_of(end), has_status ? "" : config.command[0] + ": " + *failure);
  note(hook, failure ? config.command[0] + ": " + *failure : hook.write_failure);
  run_due();
}

void Hooks::answer(const Hook& hook, const Value& payload, const std::string& failure) {
  if (!hook.ask.empty()) sources_.reply(hook.ask, payload, failure);
}

// The failure of a command is told to the node that asked, which must not write into the log.
void Hooks::note(Hook& hook, const std::string& failure) {
  const bool is_logged = !is_command(hook.rule.config());
  if (!failure.empty()) {
    ++hook.status.failures;
    const bool is_new = hook.status.error.empty();
    if (is_new && is_logged) log_warning("hook {}: {}", hook.status.name, failure);
  } else if (!hook.status.error.empty() && is_logged) {
    log_info("hook {} works again", hook.status.name);
  }
  hook.status.error = failure;
}

void Hooks::arm() {
  Instant due = kNever;
  for (const auto& hook : hooks_) {
    due = std::min(due, hook->rule.next_lasted());
    // handle_end() looks at all hooks, so these need no timer.
    const bool waits_for_end = hook->child || running() >= kHookProcessesMax;
    if (!waits_for_end) due = std::min(due, hook->queue.next_due());
  }
  if (due == kNever) {
    timer_.cancel();
    return;
  }
  timer_.expires_after(std::clamp(due - node::now(), Duration(0), kTimerMax));
  timer_.async_wait(alive_.guard(this, &Hooks::handle_timer));
}

void Hooks::handle_timer(const std::error_code& error) {
  if (!error) run_due();
}

std::size_t Hooks::running() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(hooks_, [](const auto& hook) { return hook->child != nullptr; }));
}

std::vector<HookStatus> Hooks::status() const {
  std::vector<HookStatus> all;
  for (const auto& hook : hooks_) {
    all.push_back(hook->status);
    all.back().skipped = hook->queue.skipped();
    if (hook->rule.full() && all.back().error.empty()) {
      all.back().error =
          "follows " + std::to_string(kHookSubjectsMax) + " readings or nodes, and no more";
    }
  }
  return all;
}

}  // namespace dsn::agent
