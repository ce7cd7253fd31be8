// SPDX-License-Identifier: Apache-2.0
#include "net/resolver_thread.hpp"

#include <netdb.h>
#include <pthread.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

#include "net/socket_address.hpp"

namespace dsn::net {
namespace {

constexpr std::size_t kAddressesMax = 64;

struct AddrinfoDeleter {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

}  // namespace

Addresses look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* first = nullptr;
  const int error = getaddrinfo(host.c_str(), nullptr, &hints, &first);
  if (error != 0) {
    const char* const reason = error == EAI_SYSTEM ? std::strerror(errno) : gai_strerror(error);
    return Error{"cannot resolve '" + host + "': " + reason};
  }
  const std::unique_ptr<addrinfo, AddrinfoDeleter> owner(first);
  std::vector<Endpoint> found;
  for (const addrinfo* entry = first; entry != nullptr; entry = entry->ai_next) {
    const std::optional<Endpoint> address = to_endpoint(entry->ai_addr);
    if (!address || found.size() == kAddressesMax) continue;
    if (std::ranges::find(found, *address) == found.end()) found.push_back(*address);
  }
  if (found.empty()) return Error{"cannot resolve '" + host + "': it has no IP address"};
  return found;
}

ResolverThread::ResolverThread(Found found) : shared_(std::make_shared<Shared>()) {
  shared_->found = std::move(found);
}

ResolverThread::~ResolverThread() {
  bool looking_up = false;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stopped = true;
    shared_->found = nullptr;
    looking_up = shared_->looking_up;
  }
  shared_->changed.notify_one();
  if (!thread_.joinable()) return;
  if (looking_up) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

bool ResolverThread::look_up_later(const std::string& host) {
  if (!thread_.joinable() && !start()) return false;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->hosts.push_back(host);
  }
  shared_->changed.notify_one();
  return true;
}

// Signals are for the thread that runs the loop; a thread inherits its creator's mask.
bool ResolverThread::start() {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    thread_ = std::thread(&ResolverThread::run, shared_);
  } catch (const std::system_error&) {  // EAGAIN: too many threads
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread_.joinable();
}

void ResolverThread::run(const std::shared_ptr<Shared>& shared) {
  std::unique_lock lock(shared->mutex);
  while (!shared->stopped) {
    if (shared->hosts.empty()) {
      shared->changed.wait(lock);
      continue;
    }
    const std::string host = std::move(shared->hosts.front());
    shared->hosts.pop_front();
    shared->looking_up = true;
    lock.unlock();
    Addresses addresses = look_up(host);
    lock.lock();
    shared->looking_up = false;
    if (!shared->stopped) shared->found(host, std::move(addresses));
  }
}

}  // namespace dsn::net
