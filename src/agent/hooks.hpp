// SPDX-License-Identifier: Apache-2.0
// Runs programs and writes files when something happens in the network.
#pragma once

#include <asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/hook_queue.hpp"
#include "agent/hook_rule.hpp"
#include "config/config.hpp"
#include "dsn/status.hpp"
#include "loop/alive.hpp"
#include "loop/handles.hpp"
#include "node/core_driver.hpp"
#include "sensor/exec_process.hpp"

namespace dsn::agent {

/// How many programs of hooks run at the same time. Of one hook, never more than one runs.
inline constexpr std::size_t kHookProcessesMax = 4;

/// What hooks need of the agent besides the events. Called from the io_context.
struct HookSources {
  /// Tells the present as events: an update for each reading, and late or gone for each node that
  /// is so. An update is first shown to `wants` without its reading, and told if that returns true.
  std::function<void(const std::function<bool(const NodeEvent&)>& wants,
                     const std::function<void(const NodeEvent&)>& tell)>
      tell_present;
  /// Answers an ask with what a command did: `payload`, or `failure` if that is not empty. It may
  /// be called from within handle_event(), and must not call the node then.
  std::function<void(const std::string& ask, const Value& payload, const std::string& failure)>
      reply;
};

/// Driven by events, and by one timer for hooks that wait for their interval. Nothing is polled.
class Hooks {
 public:
  Hooks(asio::io_context& io, HookSources sources);
  ~Hooks();
  Hooks(const Hooks&) = delete;
  Hooks& operator=(const Hooks&) = delete;

  /// Replaces the hooks and commands. One whose configuration is unchanged goes on as it is; a new
  /// one looks at the present. The program of one that is gone is killed.
  void configure(const std::vector<config::HookConfig>& hooks,
                 const std::vector<config::HookConfig>& commands);
  void handle_event(const NodeEvent& event);
  /// Which hooks and commands take the message. Their programs start later, from the io_context.
  /// Refused, if a command of this name is not for its sender; busy, if a message of this sender
  /// waits for the command already or there is no room.
  node::MessageVerdict handle_message(const Message& message);
  /// Removes the hooks and kills their programs.
  void stop();

  [[nodiscard]] bool empty() const { return hooks_.empty(); }
  [[nodiscard]] std::vector<HookStatus> status() const;

 private:
  struct Hook {
    explicit Hook(const config::HookConfig& config);
    ~Hook();
    HookRule rule;
    HookQueue queue;
    HookStatus status;
    std::shared_ptr<sensor::ExecProcess> child;  ///< while its program runs
    std::string write_failure;                   ///< of the same run
    std::string ask;                             ///< command: what its program answers
  };

  /// Tells hooks that are new what is so already.
  void show_present(const std::vector<Hook*>& hooks);
  void run_due();
  void run(Hook& hook);
  void act(Hook& hook, const HookEvent& event);
  void handle_end(Hook& hook, const sensor::ExecEnd& end);
  void answer(const Hook& hook, const Value& payload, const std::string& failure);
  static void note(Hook& hook, const std::string& failure);
  void arm();
  void handle_timer(const std::error_code& error);
  [[nodiscard]] std::size_t running() const;

  asio::io_context& io_;
  HookSources sources_;
  loop::Timer timer_;
  std::vector<std::unique_ptr<Hook>> hooks_;
  std::size_t turn_ = 0;  // which hook comes first, another one each time
  loop::Alive alive_;
};

}  // namespace dsn::agent
