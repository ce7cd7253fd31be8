// SPDX-License-Identifier: Apache-2.0
// Threads for what blocks in the kernel, so that the loop does not.
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
/// thread while it has jobs. There is one worker for each io_context,
/// asio::use_service<Worker>(io), which goes with it. It does not wait for a job that hangs then:
/// all memory that a thread uses is shared with the thread.
class Worker : public asio::execution_context::service {
 public:
  static asio::execution_context::id id;  // NOLINT: the name that Asio asks for

  /// Runs on the io_context when the job is done.
  using Completion = std::function<void()>;
  /// Runs on a thread of the worker. It must own whatever it uses.
  using Job = std::function<Completion()>;

  explicit Worker(asio::io_context& io);

  /// The job is skipped if `wanted` expires before it begins. False if the system gives no thread.
  [[nodiscard]] bool run(const std::string& lane, std::weak_ptr<const void> wanted, Job job);

 private:
  struct Entry {
    std::weak_ptr<const void> wanted;
    Job job;
  };
  struct Shared {
    std::mutex mutex;
    asio::io_context* io = nullptr;  ///< null once that goes
    std::map<std::string, std::deque<Entry>> lanes;
  };
  void shutdown() override;
  static bool start(const std::shared_ptr<Shared>& shared, const std::string& lane);
  static void run_lane(const std::shared_ptr<Shared>& shared, const std::string& lane);

  std::shared_ptr<Shared> shared_;
};

}  // namespace dsn::sensor
