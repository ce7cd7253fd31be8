// SPDX-License-Identifier: Apache-2.0
#include "net/send_batch.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "net/error_queue.hpp"
#include "net/receive_batch.hpp"
#include "net/socket_options.hpp"

namespace dsn::net {
namespace {

class SendBatchTest : public testing::Test {
 protected:
  void SetUp() override {
    receiver_ = open_unicast_socket(Endpoint::ipv4({127, 0, 0, 1}, 0));
    sender_ = open_unicast_socket(Endpoint::ipv4({127, 0, 0, 1}, 0));
    ASSERT_TRUE(receiver_.socket.is_open());
    ASSERT_TRUE(sender_.socket.is_open());
    to_ = local_endpoint(receiver_.socket.get());
  }
  // Loopback delivers before sendmmsg returns, so nothing needs to be waited for.
  std::vector<std::string> received() {
    std::vector<std::string> texts;
    const int count = received_->receive(receiver_.socket.get());
    for (int i = 0; i < count; ++i) {
      const ReceiveBatch::Datagram datagram = received_->datagram(static_cast<std::size_t>(i));
      EXPECT_EQ(datagram.from, local_endpoint(sender_.socket.get()));
      EXPECT_EQ(datagram.to.address, to_.address);
      texts.emplace_back(as_text(datagram.bytes));
    }
    return texts;
  }

  OpenedSocket receiver_;
  OpenedSocket sender_;
  Endpoint to_;
  NetCounters counters_;
  std::unique_ptr<ReceiveBatch> received_ = std::make_unique<ReceiveBatch>();
};

TEST_F(SendBatchTest, AFailureFirstInTheMiddleAndLastIsSkipped) {
  SendBatch batch(counters_);
  Endpoint no_port = to_;
  no_port.port = 0;
  batch.add(no_port, as_bytes("first"));
  batch.add(to_, as_bytes("a"));
  batch.add(no_port, as_bytes("middle"));
  batch.add(no_port, as_bytes("middle"));
  batch.add(to_, as_bytes("b"));
  batch.add(no_port, as_bytes("last"));
  batch.flush(sender_.socket.get());
  EXPECT_EQ(received(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(counters_.error_count(Call::send, EINVAL), 4U);
  EXPECT_EQ(counters_.datagrams_sent, 2U);
  EXPECT_EQ(counters_.bytes_sent, 2U);
}

// The kernel tells the error of an earlier datagram when the next one is sent.
TEST_F(SendBatchTest, AReportOfAnEarlierDatagramCostsNoOther) {
  OpenedSocket gone = open_unicast_socket(Endpoint::ipv4({127, 0, 0, 1}, 0));
  const Endpoint nobody = local_endpoint(gone.socket.get());
  gone.socket = Descriptor();
  SendBatch batch(counters_);
  batch.add(nobody, as_bytes("lost"));
  batch.flush(sender_.socket.get());
  batch.add(to_, as_bytes("a"));
  batch.flush(sender_.socket.get());
  EXPECT_EQ(received(), std::vector<std::string>{"a"});
  EXPECT_EQ(counters_.error_count(Call::send, ECONNREFUSED), 0U);
  std::vector<std::pair<Endpoint, int>> reports;
  take_error_reports(sender_.socket.get(),
                     [&](const Endpoint& to, int error) { reports.emplace_back(to, error); });
  EXPECT_EQ(reports, (std::vector<std::pair<Endpoint, int>>{{nobody, ECONNREFUSED}}));
}

TEST_F(SendBatchTest, AFullBatchIsReusedAfterFlush) {
  SendBatch batch(counters_);
  while (!batch.full()) batch.add(to_, as_bytes("x"));
  batch.flush(sender_.socket.get());
  EXPECT_EQ(received().size(), SendBatch::kCapacity);
  batch.add(to_, as_bytes("y"));
  batch.flush(sender_.socket.get());
  EXPECT_EQ(received(), std::vector<std::string>{"y"});
}

TEST_F(SendBatchTest, WithoutASocketAllIsCounted) {
  SendBatch batch(counters_);
  batch.add(to_, as_bytes("x"));
  batch.add(to_, as_bytes("y"));
  batch.flush(-1);
  EXPECT_EQ(counters_.error_count(Call::send, EAFNOSUPPORT), 2U);
  batch.flush(sender_.socket.get());
  EXPECT_TRUE(received().empty());
}

TEST_F(SendBatchTest, TheSourceOfIpv4MulticastControlsIsTaken) {
  // Unicast to loopback with the same control message: the source must be what it says.
  OpenedSocket any = open_unicast_socket(Endpoint::ipv4({}, 0));
  SendBatch batch(counters_);
  batch.add_ipv4(to_, {.interface_index = 0, .source = {127, 0, 0, 9}}, as_bytes("x"));
  batch.flush(any.socket.get());
  ASSERT_EQ(received_->receive(receiver_.socket.get()), 1);
  EXPECT_EQ(received_->datagram(0).from.address_bytes()[3], 9);
}

}  // namespace
}  // namespace dsn::net
