// SPDX-License-Identifier: Apache-2.0
#include "sensor/worker.hpp"

#include <asio/post.hpp>
#include <utility>

#include "base/thread.hpp"

namespace dsn::sensor {

asio::execution_context::id Worker::id;

Worker::Worker(asio::io_context& io)
    : asio::execution_context::service(io), shared_(std::make_shared<Shared>()) {
  shared_->io = &io;
}

void Worker::shutdown() {
  std::map<std::string, std::deque<QueuedJob>> dropped;
  const std::lock_guard lock(shared_->mutex);
  shared_->io = nullptr;
  dropped.swap(shared_->lanes);
}

bool Worker::run(const std::string& lane, std::weak_ptr<const void> wanted, Job job) {
  const std::lock_guard lock(shared_->mutex);
  const auto [entries, is_new] = shared_->lanes.try_emplace(lane);
  entries->second.push_back({std::move(wanted), std::move(job)});
  if (!is_new || start(shared_, lane)) return true;
  shared_->lanes.erase(entries);
  return false;
}

bool Worker::start(const std::shared_ptr<Shared>& shared, const std::string& lane) {
  const auto thread = start_thread([shared, lane] { run_lane(shared, lane); });
  return thread && pthread_detach(*thread) == 0;
}

void Worker::run_lane(const std::shared_ptr<Shared>& shared, const std::string& lane) {
  std::unique_lock lock(shared->mutex);
  while (shared->io != nullptr) {
    const auto entries = shared->lanes.find(lane);
    if (entries->second.empty()) {
      shared->lanes.erase(entries);
      return;
    }
    const QueuedJob entry = std::move(entries->second.front());
    entries->second.pop_front();
    if (entry.wanted.expired()) continue;
    lock.unlock();
    Completion completion = entry.job();
    lock.lock();
    if (shared->io != nullptr) asio::post(*shared->io, std::move(completion));
  }
}

}  // namespace dsn::sensor
