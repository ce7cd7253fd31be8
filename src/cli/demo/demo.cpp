// SPDX-License-Identifier: Apache-2.0
#include "cli/demo/demo.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "cli/demo/child_process.hpp"
#include "cli/demo/demo_config.hpp"
#include "cli/demo/demo_simulation.hpp"
#include "cli/show/pause.hpp"
#include "crypto/entropy.hpp"
#include "crypto/network_key.hpp"

namespace dsn::cli {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// A Pi Zero needs some seconds for twenty identities.
constexpr milliseconds kStartPatience{20'000};
constexpr milliseconds kStopPatience{3000};
constexpr milliseconds kLookEvery{20};

std::string last_line(const std::string& path) {
  std::ifstream file(path);
  std::string last;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) last = line;
  }
  return last;
}

std::string describe_end(int status) {
  if (WIFSIGNALED(status)) return fmt::format("killed by signal {}", WTERMSIG(status));
  return fmt::format("exit code {}", WEXITSTATUS(status));
}

}  // namespace

Result<Demo> Demo::prepare(DemoFolder folder, int count) {
  const std::string key_file = folder.path() + "/network.key";
  if (const auto ready = crypto::initialise_crypto(); !ready) return ready.failure();
  if (const auto key = crypto::create_network_key(key_file); !key) return key.failure();
  const std::vector<std::string> names = demo_node_names(count);
  if (const auto added = folder.add_nodes(names); !added) return added.failure();

  const MachineSensors machine = find_machine_sensors("");
  std::vector<DemoAgent> nodes;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string path = folder.node_path(names[i]);
    std::ofstream file(path + "/agent.yaml");
    file << demo_config({names[i], i, path, key_file}, machine);
    file.close();
    if (!file) return Error{"cannot write " + path + "/agent.yaml"};
    nodes.push_back({.name = names[i]});
  }
  return Demo(std::move(folder), std::move(nodes));
}

Demo::~Demo() {
  stop();
  folder_.remove();
}

Result<void> Demo::start() {
  const Result<std::string> program = find_program("dsn-agent");
  if (!program) return program.failure();
  for (DemoAgent& node : nodes_) {
    if (const auto started = start_node(*program, node); !started) return started;
  }
  for (DemoAgent& node : nodes_) {
    if (const auto answers = await_node(node); !answers) return answers;
  }
  return {};
}

Result<void> Demo::start_node(const std::string& program, DemoAgent& node) {
  const std::string path = folder_.node_path(node.name);
  const Result<pid_t> pid = start_child(
      {.program = program,
       .arguments = {"--config", path + "/agent.yaml", "--socket", folder_.socket(node.name)},
       .name = "dsn-agent",
       .variable = node.is_slow ? "DSN_DEMO_CLOCK=slow" : "",
       .log_file = path + "/agent.log"});
  if (!pid) return pid.failure();
  node.pid = *pid;
  return folder_.record_pid(node.name, *pid);
}

Result<std::string> Demo::start_page() {
  const Result<std::string> program = find_program("dsn-web");
  if (!program) return program.failure().prefixed("install the package dsn-web: ");
  const std::string config = folder_.path() + "/web.yaml";
  const std::string log = folder_.path() + "/web.log";
  if (!(std::ofstream(config) << "port: 0\n")) return Error{"cannot write " + config};
  const Result<pid_t> pid =
      start_child({.program = *program,
                   .arguments = {"--config", config, "--socket", folder_.socket(nodes_[0].name)},
                   .name = "dsn-web",
                   .log_file = log});
  if (!pid) return pid.failure();
  page_ = *pid;
  const auto deadline = Clock::now() + kStartPatience;
  while (Clock::now() < deadline && ::waitpid(*pid, nullptr, WNOHANG) == 0) {
    const std::string line = last_line(log);
    if (const std::size_t at = line.find("http://"); at != std::string::npos) {
      const std::string url = line.substr(at);
      if (const auto recorded = folder_.record_page(url); !recorded) return recorded.failure();
      return url;
    }
    pause_for(kLookEvery);
  }
  return Error{"dsn-web does not answer: " + last_line(log)};
}

Error Demo::early_end(const DemoAgent& node) const {
  const std::string line = last_line(folder_.node_path(node.name) + "/agent.log");
  return {
      fmt::format("the agent of {} ended at once{}{}", node.name, line.empty() ? "" : ": ", line)};
}

Result<void> Demo::await_node(DemoAgent& node) {
  const auto deadline = Clock::now() + kStartPatience;
  while (Clock::now() < deadline) {
    if (auto client = Client::connect(folder_.socket(node.name)); client) {
      node.client = std::move(client).value();
      return {};
    }
    collect_ended();
    if (!node.pid) return early_end(node);
    pause_for(kLookEvery);
  }
  return Error{fmt::format("the agent of {} does not answer; its log says: {}", node.name,
                           last_line(folder_.node_path(node.name) + "/agent.log"))};
}

void Demo::simulate(std::uint64_t second) {
  for (std::size_t i = 0; i < simulated_; ++i) {
    DemoAgent& node = nodes_[i];
    const auto entries = simulated_readings(i, simulated_, second);
    // A frozen agent would make us wait for its answer, and the others wait for us.
    if (entries.empty() || !node.pid || is_frozen(*node.pid)) continue;
    if (!node.client || !node.client->connected()) {
      node.client.reset();
      auto client = Client::connect(folder_.socket(node.name));
      if (!client) continue;
      node.client = std::move(client).value();
    }
    // A refusal heals with the next second or shows as a late reading: there is nobody to tell.
    (void)node.client->set(entries);
  }
}

std::vector<std::pair<std::string, std::string>> Demo::collect_ended() {
  std::vector<std::pair<std::string, std::string>> ended;
  for (DemoAgent& node : nodes_) {
    int status = 0;
    if (!node.pid || ::waitpid(*node.pid, &status, WNOHANG) != *node.pid) continue;
    ended.emplace_back(node.name, describe_end(status));
    node.pid.reset();
    node.client.reset();
  }
  return ended;
}

std::vector<std::string> Demo::grant_wishes() {
  std::vector<std::string> problems;
  const auto note = [&problems](const Result<void>& done) {
    if (!done) problems.push_back(done.error());
  };
  for (DemoAgent& node : nodes_) {
    if (node.pid) continue;  // it was told to end
    const bool is_slow = folder_.take_wish(node.name, DemoFolder::Wish::clock);
    if (!folder_.take_wish(node.name, DemoFolder::Wish::restart) && !is_slow) continue;
    node.is_slow = is_slow;
    note(start_again(node));
  }
  for (const std::string& name : names()) {
    if (folder_.take_wish(name, DemoFolder::Wish::clone)) note(start_clone(name));
  }
  return problems;
}

Result<void> Demo::start_again(DemoAgent& node) {
  const Result<std::string> program = find_program("dsn-agent");
  if (!program) return program.failure();
  return start_node(*program, node);
}

Result<void> Demo::start_clone(const std::string& name) {
  const std::string clone = name + kCloneSuffix;
  const std::string from = folder_.node_path(name);
  const std::string to = folder_.node_path(clone);
  if (const auto added = folder_.add_node(clone); !added) return added;
  std::error_code error;
  std::filesystem::copy(from + "/credentials", to + "/credentials",
                        std::filesystem::copy_options::recursive, error);
  if (error) return Error{"cannot copy the identity of " + name + ": " + error.message()};
  std::ifstream original(from + "/agent.yaml");
  std::ofstream copy(to + "/agent.yaml");
  for (std::string line; std::getline(original, line);) {
    if (const std::size_t at = line.find(from + "/"); at != std::string::npos) {
      line.replace(at, from.size(), to);
    }
    copy << line << '\n';
  }
  copy.close();
  if (!copy) return Error{"cannot write " + to + "/agent.yaml"};
  nodes_.push_back({.name = clone});
  return start_again(nodes_.back());
}

bool Demo::any_running() const {
  return std::any_of(nodes_.begin(), nodes_.end(), [](const DemoAgent& node) { return node.pid; });
}

void Demo::signal_all(int number) {
  for (const DemoAgent& node : nodes_) {
    if (node.pid) ::kill(*node.pid, number);
  }
}

bool Demo::all_ended_within(milliseconds time) {
  const auto deadline = Clock::now() + time;
  do {
    collect_ended();
    if (!any_running()) return true;
    pause_for(kLookEvery);
  } while (Clock::now() < deadline);
  return false;
}

void Demo::stop() {
  if (page_) {
    ::kill(*page_, SIGTERM);
    ::waitpid(*page_, nullptr, 0);
    page_.reset();
  }
  if (!any_running()) return;
  signal_all(SIGTERM);
  signal_all(SIGCONT);  // a frozen one sees its SIGTERM only then
  if (all_ended_within(kStopPatience)) return;
  signal_all(SIGKILL);
  all_ended_within(kStopPatience);
}

}  // namespace dsn::cli
