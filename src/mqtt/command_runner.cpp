// SPDX-License-Identifier: Apache-2.0
#include "mqtt/command_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/printable.hpp"
#include "dsn/client.hpp"
#include "local/json/json_text.hpp"

namespace dsn::mqtt {
namespace {

// What a switch sends for a payload of Home Assistant.
std::optional<Value> payload_of(const config::MqttCommand& command, const std::string& said) {
  if (!command.is_switch) return payload_value(command.press);
  if (said == "ON") return payload_value(command.on);
  if (said == "OFF") return payload_value(command.off);
  return {};
}

}  // namespace

Value payload_value(const std::string& text) {
  return local::parse_json_value(text).value_or(Value::text(text));
}

CommandRunner::CommandRunner(Parts parts) : parts_(std::move(parts)), thread_([this] { run(); }) {}

CommandRunner::~CommandRunner() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

// Of what arrives too fast, or is none of our words, one is told until another one is well.
void CommandRunner::say(const std::string& problem) {
  if (problem == problem_) return;
  problem_ = problem;
  if (!problem.empty()) parts_.note(problem);
}

void CommandRunner::take(const BrokerMessage& arrival) {
  const auto name = parts_.topics.command_of(arrival.topic);
  const auto& known = parts_.config.commands;
  const auto command = std::ranges::find(known, name.value_or(""), &config::MqttCommand::name);
  if (arrival.retained || command == known.end()) return;
  const auto payload = payload_of(*command, arrival.payload);
  const std::lock_guard lock(mutex_);
  if (!payload) {
    say(fmt::format("the switch {} takes ON and OFF, not '{}'", command->name,
                    printable(arrival.payload.substr(0, 20))));
  } else if (waiting_.size() >= kWaitingMax) {
    say(fmt::format("{} commands wait already: {} is dropped", kWaitingMax, command->name));
  } else {
    waiting_.push_back({&*command, *payload});
    changed_.notify_all();
  }
}

void CommandRunner::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    const Waiting waiting = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    const std::string result = result_of(waiting);
    parts_.publish({parts_.topics.result(waiting.command->name), result, false});
    lock.lock();
  }
}

std::string CommandRunner::result_of(const Waiting& waiting) const {
  const config::MqttCommand& command = *waiting.command;
  const SendRequest request{.node = command.node,
                            .name = command.message,
                            .payload = waiting.payload,
                            .timeout = command.timeout};
  auto agent = Client::connect(parts_.socket);
  auto report = !agent        ? Result<SendReport>(agent.failure())
                : command.ask ? agent->ask(request)
                              : agent->send(request);
  if (report) return local::send_report_json(*report);
  parts_.note(fmt::format("command {}: {}", command.name, report.error()));
  const nlohmann::json failure{{"node", command.node}, {"error", report.error()}};
  return failure.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace dsn::mqtt
