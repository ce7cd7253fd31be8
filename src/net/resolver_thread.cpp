// SPDX-License-Identifier: Apache-2.0
#include "net/resolver_thread.hpp"

#include <netdb.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/thread.hpp"
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
  if (!thread_) return;
  if (looking_up) {
    pthread_detach(*thread_);
  } else {
    pthread_join(*thread_, nullptr);
  }
}

bool ResolverThread::look_up_later(const std::string& host) {
  if (!thread_) thread_ = start_thread([shared = shared_] { run(shared); });
  if (!thread_) return false;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->hosts.push_back(host);
  }
  shared_->changed.notify_one();
  return true;
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
