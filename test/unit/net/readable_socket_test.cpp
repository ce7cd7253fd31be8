// SPDX-License-Identifier: Apache-2.0
#include "net/readable_socket.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include "net/socket_options.hpp"

namespace dsn::net {
namespace {

using namespace std::chrono_literals;

std::pair<Descriptor, Descriptor> socket_pair() {
  std::array<int, 2> ends{-1, -1};
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends.data()), 0);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

class ReadableSocketTest : public testing::Test {
 protected:
  ReadOutcome read(int socket) {
    ++reads_;
    char byte = 0;
    if (recv(socket, &byte, 1, MSG_DONTWAIT) == 1 && byte == 'c') socket_.close();
    return byte == 'd' ? ReadOutcome::dead : ReadOutcome::alive;
  }
  int open() {
    ++opens_;
    if (opens_ <= failing_opens_) return -EMFILE;
    auto [ours, other] = socket_pair();
    other_ = std::move(other);
    return ours.release();
  }
  void say(char byte) { ASSERT_EQ(send(other_.get(), &byte, 1, 0), 1); }

  asio::io_context io_;
  NetCounters counters_;
  Descriptor other_;
  int reads_ = 0;
  int opens_ = 0;
  int failing_opens_ = 0;
  ReadableSocket socket_{io_, counters_, [this] { return open(); },
                         [this](int socket) { return read(socket); }, 1ms};
};

TEST_F(ReadableSocketTest, WaitsAgainAfterEachRead) {
  socket_.start(Descriptor(open()));
  for (int i = 1; i <= 3; ++i) {
    say('x');
    io_.run_one_for(10s);
    EXPECT_EQ(reads_, i);
  }
}

TEST_F(ReadableSocketTest, ADeadOneIsReopenedUntilThatWorks) {
  socket_.start(Descriptor(open()));
  failing_opens_ = 4;
  say('d');
  io_.run_one_for(10s);
  EXPECT_EQ(socket_.fd(), -1);
  while (opens_ < 5) ASSERT_EQ(io_.run_one_for(10s), 1U);
  EXPECT_NE(socket_.fd(), -1);
  EXPECT_EQ(counters_.error_count(Call::open, EMFILE), 3U);
  EXPECT_EQ(counters_.sockets_reopened, 1U);
  say('x');
  io_.run_one_for(10s);
  EXPECT_EQ(reads_, 2);
}

TEST_F(ReadableSocketTest, StartWithoutASocketOpensOneLater) {
  socket_.start(Descriptor());
  io_.run_one_for(10s);
  EXPECT_EQ(opens_, 1);
  EXPECT_NE(socket_.fd(), -1);
}

TEST_F(ReadableSocketTest, ADescriptorThatCannotBeWaitedForIsReplaced) {
  Descriptor closed(open());
  const int number = closed.get();
  closed.reset();
  socket_.start(Descriptor(number));  // fails with EBADF in epoll
  EXPECT_EQ(counters_.error_count(Call::wait, EBADF), 1U);
  io_.run_one_for(10s);
  EXPECT_EQ(opens_, 2);
}

TEST_F(ReadableSocketTest, MayBeClosedWhileReading) {
  socket_.start(Descriptor(open()));
  say('c');
  io_.run();  // returns: there is nothing to wait for
  EXPECT_EQ(reads_, 1);
  EXPECT_EQ(socket_.fd(), -1);
}

TEST_F(ReadableSocketTest, CloseVoidsAReadThatIsQueued) {
  socket_.start(Descriptor(open()));
  say('x');
  io_.poll_one();  // may already have queued it
  socket_.close();
  const int before = reads_;
  io_.restart();
  io_.run();
  EXPECT_EQ(reads_, before);
}

TEST(StillUsable, ASocketThatHungUpIsNot) {
  OpenedSocket udp = open_unicast_socket(Endpoint::ipv4({127, 0, 0, 1}, 0));
  ASSERT_TRUE(udp.socket.is_open());
  EXPECT_TRUE(still_usable(udp.socket.get()));
  // On an unconnected socket it fails, and hangs it up all the same.
  static_cast<void>(shutdown(udp.socket.get(), SHUT_RDWR));
  EXPECT_FALSE(still_usable(udp.socket.get()));
}

}  // namespace
}  // namespace dsn::net
