// SPDX-License-Identifier: Apache-2.0
#include "base/thread.hpp"

#include <csignal>
#include <memory>
#include <utility>

namespace dsn::inline base {
namespace {

using Body = std::function<void()>;

void* run(void* argument) {
  const std::unique_ptr<Body> body(static_cast<Body*>(argument));
  (*body)();
  return nullptr;
}

}  // namespace

std::optional<pthread_t> start_thread(Body body) {
  auto owned = std::make_unique<Body>(std::move(body));
  // A thread inherits its creator's mask.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread{};
  const int error = pthread_create(&thread, nullptr, run, owned.get());
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (error != 0) return std::nullopt;  // EAGAIN: too many threads
  static_cast<void>(owned.release());
  return thread;
}

}  // namespace dsn::inline base
