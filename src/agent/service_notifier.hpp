// SPDX-License-Identifier: Apache-2.0
// Tells the service manager how the agent is doing, in the datagrams of sd_notify(3).
#pragma once

#include <string>

#include "base/descriptor.hpp"
#include "base/time.hpp"
#include "node/clock.hpp"

namespace dsn::agent {

/// What a service manager hands to a service in its environment.
struct ServiceEnvironment {
  std::string socket;    ///< a path, or '@' and an abstract name; empty: no manager
  Duration watchdog{0};  ///< a sign of life is wanted within this time; zero: none is
};

/// Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, and removes them, so that no program that
/// the agent runs speaks in its name.
[[nodiscard]] ServiceEnvironment take_service_environment();

/// Never waits: a message for which the manager has no room is lost. Each message repeats that the
/// agent serves, so that the next one makes up for a lost one. Without a socket nothing is sent.
class ServiceNotifier {
 public:
  explicit ServiceNotifier(ServiceEnvironment environment);

  /// The agent does not serve yet, for a reason that may last: the manager is to wait for
  /// `patience` more.
  void wait(const std::string& reason, Duration patience);
  /// The agent serves from now on.
  void ready(Instant now, const std::string& status);
  /// Whether update() would send a new status: a second after ready(), as the first nodes are met,
  /// and then ever more seldom, down to every ten seconds: a status that flickers costs nothing.
  [[nodiscard]] bool update_due(Instant now) const;
  /// Sends the status if it differs from the last one and update_due().
  void update(Instant now, const std::string& status);
  /// A sign of life for the watchdog.
  void alive();
  /// ready() is to follow.
  void reloading();
  void stopping(const std::string& status);

  /// How often alive() is to be called: twice in the time that the manager waits. Zero: never.
  [[nodiscard]] Duration alive_interval() const { return watchdog_ / 2; }

 private:
  void send(const std::string& message) const;
  void send_status(const std::string& status);

  std::string socket_;
  Duration watchdog_;
  Descriptor own_;
  std::string status_;
  Instant next_update_ = kNever;  // before ready() and after stopping()
  Duration pause_{};              // until the one after it
};

}  // namespace dsn::agent
