// SPDX-License-Identifier: Apache-2.0
// Threads for calls that block in the kernel, so that the loop does not block.
#pragma once

#include <asio/execution_context.hpp>
#include <asio/io_context.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace dsn::sensor {

/// Runs jobs in lanes: those of one lane one after the other, so that a bus is asked one thing at a
/// time, and lanes beside each other, so that a device that hangs delays no other. A lane has a
/// thread while it has jobs. Each io_context has one worker,
/// asio::use_service<Worker>(io), and destroys it. The destructor does not wait for a job that
/// hangs: a thread shares the ownership of all memory that it uses.
class Worker : public asio::execution_context::service {
 public:
  static asio::execution_context::id id;  // NOLINT: the name that Asio asks for

  /// Runs on the io_context after the job.
  using Completion = std::function<void()>;
  /// Runs on a thread of the worker. It must own all that it uses.
  using Job = std::function<Completion()>;

  explicit Worker(asio::io_context& io);

  /// The job is skipped if `wanted` expires before it begins. False if the system gives no thread.
  [[nodiscard]] bool run(const std::string& lane, std::weak_ptr<const void> wanted, Job job);

 private:
  struct QueuedJob {
    std::weak_ptr<const void> wanted;
    Job job;
  };
  struct Shared {
    std::mutex mutex;
    asio::io_context* io = nullptr;  ///< nullptr once the io_context is being destroyed
    std::map<std::string, std::deque<QueuedJob>> lanes;
  };
  void shutdown() override;
  static bool start(const std::shared_ptr<Shared>& shared, const std::string& lane);
  static void run_lane(const std::shared_ptr<Shared>& shared, const std::string& lane);

  std::shared_ptr<Shared> shared_;
};

}  // namespace dsn::sensor
