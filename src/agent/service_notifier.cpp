// SPDX-License-Identifier: Apache-2.0
#include "agent/service_notifier.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>
#include <utility>

#include "base/environment.hpp"
#include "base/number_text.hpp"

namespace dsn::agent {
namespace {

constexpr Duration kFirstUpdateAfter = std::chrono::seconds(1);
constexpr Duration kUpdateInterval = std::chrono::seconds(10);
// A day: what is longer is no watchdog, and could overflow the product.
constexpr std::int64_t kWatchdogUsecMax = std::int64_t{86'400} * 1'000'000;

std::string taken(const char* name) {
  std::string text = environment(name);
  ::unsetenv(name);
  return text;
}

std::int64_t number(std::string_view text) { return number_of<std::int64_t>(text).value_or(0); }

// systemd pairs a RELOADING=1 with its own requests by the time on this clock.
std::int64_t monotonic_usec() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1000;
}

// A line break would begin another assignment.
std::string one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return text;
}

}  // namespace

ServiceEnvironment take_service_environment() {
  ServiceEnvironment environment;
  environment.socket = taken("NOTIFY_SOCKET");
  const std::int64_t watchdog = number(taken("WATCHDOG_USEC"));
  const std::string pid = taken("WATCHDOG_PID");
  const bool is_meant = pid.empty() || number(pid) == ::getpid();
  if (is_meant && watchdog > 0 && watchdog <= kWatchdogUsecMax) {
    environment.watchdog = Duration(watchdog);
  }
  return environment;
}

ServiceNotifier::ServiceNotifier(ServiceEnvironment environment)
    : socket_(std::move(environment.socket)), watchdog_(environment.watchdog) {
  const bool is_address = socket_.starts_with('/') || socket_.starts_with('@');
  if (is_address && socket_.size() < sizeof(sockaddr_un::sun_path)) {
    own_.reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  }
  if (!own_.is_open()) watchdog_ = Duration(0);
}

void ServiceNotifier::wait(const std::string& reason, Duration patience) {
  send("EXTEND_TIMEOUT_USEC=" + std::to_string(patience.count()) + "\nSTATUS=" + one_line(reason));
}

void ServiceNotifier::ready(Instant now, const std::string& status) {
  next_update_ = now + kFirstUpdateAfter;
  pause_ = 2 * kFirstUpdateAfter;
  send_status(status);
}

void ServiceNotifier::send_status(const std::string& status) {
  status_ = one_line(status);
  send("READY=1\nSTATUS=" + status_);
}

bool ServiceNotifier::update_due(Instant now) const {
  return own_.is_open() && now >= next_update_;
}

void ServiceNotifier::update(Instant now, const std::string& status) {
  if (!update_due(now)) return;
  next_update_ = now + std::min(pause_, kUpdateInterval);
  pause_ = std::min(2 * pause_, kUpdateInterval);
  if (one_line(status) != status_) send_status(status);
}

void ServiceNotifier::alive() { send("READY=1\nWATCHDOG=1"); }

void ServiceNotifier::reloading() {
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_usec()));
}

void ServiceNotifier::stopping(const std::string& status) {
  next_update_ = kNever;
  send("STOPPING=1\nSTATUS=" + one_line(status));
}

void ServiceNotifier::send(const std::string& message) const {
  if (!own_.is_open()) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  std::size_t size = offsetof(sockaddr_un, sun_path) + socket_.size();
  if (address.sun_path[0] == '@') {
    address.sun_path[0] = '\0';
  } else {
    ++size;  // the terminating zero of a path
  }
  // A failure cannot be reported to anybody.
  (void)::sendto(own_.get(), message.data(), message.size(), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size));
}

}  // namespace dsn::agent
