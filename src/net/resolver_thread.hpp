// SPDX-License-Identifier: Apache-2.0
// The thread that blocks in getaddrinfo, so that the loop does not.
#pragma once

#include <pthread.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/endpoint.hpp"
#include "dsn/result.hpp"

namespace dsn::net {

using Addresses = Result<std::vector<Endpoint>>;

/// Blocks. The ports are 0.
[[nodiscard]] Addresses look_up(const std::string& host);

/// Looks up one name after the other. All memory that its thread uses is shared with the thread, so
/// that the thread may finish a lookup after this object is gone.
class ResolverThread {
 public:
  /// Called on the thread, under a lock that the destructor takes: it must not block, and it is not
  /// called any more once the destructor has begun.
  using Found = std::function<void(const std::string& host, Addresses addresses)>;

  explicit ResolverThread(Found found);
  /// Waits for an idle thread and leaves one alone that is in getaddrinfo.
  ~ResolverThread();
  ResolverThread(const ResolverThread&) = delete;
  ResolverThread& operator=(const ResolverThread&) = delete;

  /// The first one starts the thread. False if the system gives us none.
  [[nodiscard]] bool look_up_later(const std::string& host);

 private:
  struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::string> hosts;
    Found found;
    bool looking_up = false;
    bool stopped = false;
  };
  static void run(const std::shared_ptr<Shared>& shared);

  std::shared_ptr<Shared> shared_;
  std::optional<pthread_t> thread_;
};

}  // namespace dsn::net
