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

/// Looks up one name after the other. The thread shares the ownership of all memory that it uses,
/// so it may finish a lookup after this object is gone.
class ResolverThread {
 public:
  /// Called on the thread, under a lock that the destructor takes too. So it must not block, and it
  /// is not called after the destructor has begun.
  using Found = std::function<void(const std::string& host, Addresses addresses)>;

  explicit ResolverThread(Found found);
  /// Ends an idle thread. A thread that is in getaddrinfo is left to end by itself.
  ~ResolverThread();
  ResolverThread(const ResolverThread&) = delete;
  ResolverThread& operator=(const ResolverThread&) = delete;

  /// The first name starts the thread. False if the system has no thread to give.
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
