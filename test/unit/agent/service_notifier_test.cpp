// SPDX-License-Identifier: Apache-2.0
#include "agent/service_notifier.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "support/temp_dir.hpp"

namespace dsn::agent {

using namespace test;

namespace {

constexpr Instant kStart{std::chrono::hours(1)};

/// The other end: what a service manager gets, without waiting for it.
class Manager {
 public:
  explicit Manager(const std::string& name) : fd_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    const bool is_abstract = name.starts_with('@');
    if (is_abstract) address.sun_path[0] = '\0';
    const std::size_t size =
        offsetof(sockaddr_un, sun_path) + name.size() + (is_abstract ? 0U : 1U);
    bound_ =
        ::bind(fd_, reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size)) == 0;
  }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;
  ~Manager() { ::close(fd_); }

  [[nodiscard]] bool bound() const { return bound_; }
  /// The next message; "-" if there is none.
  [[nodiscard]] std::string next() const {
    std::array<char, 512> text{};
    const ssize_t size = ::recv(fd_, text.data(), text.size(), MSG_DONTWAIT);
    return size < 0 ? "-" : std::string(text.data(), static_cast<std::size_t>(size));
  }

 private:
  int fd_;
  bool bound_ = false;
};

std::string abstract_name() { return "@dsn-test-" + std::to_string(::getpid()); }

TEST(ServiceNotifier, SpeaksToAPath) {
  const TempDir dir;
  const Manager manager(dir.file("notify"));
  ASSERT_TRUE(manager.bound());
  ServiceNotifier service({.socket = dir.file("notify"), .watchdog = {}});
  service.ready(kStart, "1 peer");
  EXPECT_EQ(manager.next(), "READY=1\nSTATUS=1 peer");
  EXPECT_EQ(manager.next(), "-");
}

TEST(ServiceNotifier, SpeaksToAnAbstractName) {
  const Manager manager(abstract_name());
  ASSERT_TRUE(manager.bound());
  ServiceNotifier service({.socket = abstract_name(), .watchdog = {}});
  service.alive();
  EXPECT_EQ(manager.next(), "READY=1\nWATCHDOG=1");
}

TEST(ServiceNotifier, SaysAStatusOnceAndNotTooOften) {
  const Manager manager(abstract_name());
  ServiceNotifier service({.socket = abstract_name(), .watchdog = {}});
  service.update(kStart, "too early");
  EXPECT_EQ(manager.next(), "-");
  service.ready(kStart, "a");
  EXPECT_EQ(manager.next(), "READY=1\nSTATUS=a");

  Instant now = kStart;
  EXPECT_FALSE(service.update_due(now + std::chrono::milliseconds(999)));
  service.update(now + std::chrono::milliseconds(999), "b");
  EXPECT_EQ(manager.next(), "-");
  for (const int pause : {1, 2, 4, 8, 10, 10}) {
    EXPECT_FALSE(service.update_due(now + std::chrono::seconds(pause) - Duration(1))) << pause;
    now += std::chrono::seconds(pause);
    service.update(now, "b");
    EXPECT_EQ(manager.next(), pause == 1 ? "READY=1\nSTATUS=b" : "-");
  }
}

TEST(ServiceNotifier, ReloadsAndStops) {
  const Manager manager(abstract_name());
  ServiceNotifier service({.socket = abstract_name(), .watchdog = {}});
  service.ready(kStart, "a");
  (void)manager.next();
  service.reloading();
  const std::string text = manager.next();
  constexpr char kBegin[] = "RELOADING=1\nMONOTONIC_USEC=";
  ASSERT_TRUE(text.starts_with(kBegin)) << text;
  EXPECT_GT(text.size(), sizeof kBegin);
  EXPECT_EQ(text.find_first_not_of("0123456789", sizeof kBegin - 1), std::string::npos);
  service.ready(kStart, "a");
  EXPECT_EQ(manager.next(), "READY=1\nSTATUS=a");
  service.stopping("stopping");
  EXPECT_EQ(manager.next(), "STOPPING=1\nSTATUS=stopping");
  EXPECT_FALSE(service.update_due(kStart + std::chrono::hours(1)));
}

TEST(ServiceNotifier, AsksForPatience) {
  const Manager manager(abstract_name());
  ServiceNotifier service({.socket = abstract_name(), .watchdog = {}});
  service.wait("no\nrandomness", std::chrono::seconds(60));
  EXPECT_EQ(manager.next(), "EXTEND_TIMEOUT_USEC=60000000\nSTATUS=no randomness");
}

TEST(ServiceNotifier, DoesNothingWithoutAManager) {
  for (const std::string& socket :
       {std::string(), std::string("relative"), "/" + std::string(200, 'x')}) {
    ServiceNotifier service({.socket = socket, .watchdog = std::chrono::seconds(10)});
    service.ready(kStart, "a");
    EXPECT_FALSE(service.update_due(kStart + std::chrono::hours(1)));
    EXPECT_EQ(service.alive_interval(), Duration(0));
  }
}

// The manager hangs, and its queue is full: the agent goes on, and says it again later.
TEST(ServiceNotifier, DoesNotWaitForAManagerThatDoesNotListen) {
  const Manager manager(abstract_name());
  ServiceNotifier service({.socket = abstract_name(), .watchdog = {}});
  for (int i = 0; i < 10'000; ++i) service.alive();
  service.ready(kStart, "lost");
  while (manager.next() != "-") {
  }
  service.alive();
  EXPECT_EQ(manager.next(), "READY=1\nWATCHDOG=1");
}

TEST(ServiceEnvironment, IsTakenOnce) {
  ::setenv("NOTIFY_SOCKET", "/run/notify", 1);
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  const ServiceEnvironment first = take_service_environment();
  EXPECT_EQ(first.socket, "/run/notify");
  EXPECT_EQ(first.watchdog, std::chrono::seconds(30));
  EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr);
  EXPECT_TRUE(take_service_environment().socket.empty());
}

TEST(ServiceEnvironment, KnowsAWatchdogThatIsMeantForAnother) {
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(take_service_environment().watchdog, Duration(0));
  for (const char* usec : {"", "-5", "0", "1x", "99999999999999999999"}) {
    ::setenv("WATCHDOG_USEC", usec, 1);
    EXPECT_EQ(take_service_environment().watchdog, Duration(0)) << usec;
  }
}

TEST(ServiceNotifier, IsAliveTwiceInTheTimeOfTheWatchdog) {
  const ServiceNotifier service({.socket = "/run/notify", .watchdog = std::chrono::seconds(30)});
  EXPECT_EQ(service.alive_interval(), std::chrono::seconds(15));
}

}  // namespace
}  // namespace dsn::agent
