// SPDX-License-Identifier: Apache-2.0
// That datagrams come and go without the heap. A program of its own, since it replaces operator
// new.
#include <gtest/gtest.h>

#include <asio/io_context.hpp>
#include <cstdlib>
#include <new>

#include "net/transport.hpp"

namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
  std::abort();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace dsn::net {
namespace {

/// Sends back a datagram for each that comes in, until it had enough of them.
class Echo : public TransportHandler {
 public:
  explicit Echo(asio::io_context& io) : io_(io), transport_(io, options(), *this) {}

  void start() {
    ASSERT_TRUE(transport_.open());
    const std::vector<Outgoing> all(40, datagram());
    transport_.send(all);
  }
  void handle_datagram(const Received&) override { ++waiting_; }
  void handle_batch_end() override {
    received_ += waiting_;
    for (; waiting_ > 0; --waiting_) {
      const Outgoing answer = datagram();
      transport_.send({&answer, 1});
    }
    if (received_ >= wanted_) io_.stop();
  }
  void handle_interfaces_changed() override {}

  void run_until_received(std::size_t wanted) {
    wanted_ = wanted;
    io_.restart();
    io_.run_for(std::chrono::seconds(10));
    EXPECT_GE(received_, wanted);
  }

 private:
  static TransportOptions options() {
    TransportOptions options;
    options.port = 0;
    options.multicast = false;
    return options;
  }
  [[nodiscard]] Outgoing datagram() const {
    return {.to = Endpoint::ipv4({127, 0, 0, 1}, transport_.port()), .bytes = as_bytes("ping")};
  }

  asio::io_context& io_;
  Transport transport_;
  std::size_t waiting_ = 0;
  std::size_t received_ = 0;
  std::size_t wanted_ = 0;
};

TEST(TransportAllocation, SteadyTrafficDoesNotTouchTheHeap) {
  asio::io_context io;
  Echo echo(io);
  echo.start();
  echo.run_until_received(1000);  // Asio keeps the memory of its handlers from here on
  const std::size_t before = allocations;
  echo.run_until_received(20000);
  // run_for itself may take a few; the traffic is thousands of wakes.
  EXPECT_LE(allocations - before, 4U);
}

}  // namespace
}  // namespace dsn::net
