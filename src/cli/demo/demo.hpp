// SPDX-License-Identifier: Apache-2.0
// A running demo: agents on this machine that find each other over the loopback interface.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/demo/demo_folder.hpp"
#include "dsn/client.hpp"

namespace dsn::cli {

class Demo {
 public:
  /// Takes an empty folder and fills it with a key and a configuration per node.
  static Result<Demo> prepare(DemoFolder folder, int nodes);

  Demo(Demo&&) noexcept = default;
  Demo& operator=(Demo&&) = delete;
  /// Ends every process and removes the folder.
  ~Demo();

  /// Starts the agents and waits until each answers. An error has the last line of its log.
  Result<void> start();
  /// Starts dsn-web at the first node. Its address, as http://127.0.0.1:8080/.
  Result<std::string> start_page();
  /// Writes the simulated readings of this second to the nodes that are up.
  void simulate(std::uint64_t second);
  /// The nodes that ended since the last call, with the way they did: "killed by signal 9".
  std::vector<std::pair<std::string, std::string>> collect_ended();
  /// Does what `dsn demo restart`, `clone` and `clock` asked for. Returns what went wrong, a line
  /// each.
  std::vector<std::string> grant_wishes();
  [[nodiscard]] bool any_running() const;
  [[nodiscard]] std::vector<std::string> names() const { return folder_.nodes(); }

  /// SIGTERM, and SIGKILL for what is still there after three seconds.
  void stop();

 private:
  struct DemoAgent {
    std::string name;
    std::optional<pid_t> pid{};
    std::optional<Client> client{};
    bool is_slow = false;  ///< its clock is
  };

  Demo(DemoFolder folder, std::vector<DemoAgent> nodes)
      : folder_(std::move(folder)), nodes_(std::move(nodes)), simulated_(nodes_.size()) {}
  Result<void> start_node(const std::string& program, DemoAgent& node);
  Result<void> await_node(DemoAgent& node);
  [[nodiscard]] Error early_end(const DemoAgent& node) const;
  Result<void> start_again(DemoAgent& node);
  Result<void> start_clone(const std::string& name);
  void signal_all(int number);
  bool all_ended_within(std::chrono::milliseconds time);

  DemoFolder folder_;
  std::optional<pid_t> page_;  ///< dsn-web
  std::vector<DemoAgent> nodes_;
  std::size_t simulated_;  ///< so many are nodes of their own; the others are clones
};

}  // namespace dsn::cli
