// SPDX-License-Identifier: Apache-2.0
#include "core/join/hearsay.hpp"

#include <gtest/gtest.h>

#include <set>

namespace dsn::core {
namespace {

constexpr Instant kBegin = Instant{} + 1h;

NodeId node_id(std::uint64_t n) { return NodeId::from_prefix(n + 1); }

Endpoint at(std::array<std::uint8_t, 4> address, std::uint16_t port = 17373) {
  return Endpoint::ipv4(address, port);
}

class HearsayTest : public testing::Test {
 protected:
  HearsayTest() { hearsay_.set_links({{at({10, 0, 0, 0}, 0), 16}}); }

  Peer& teller_at(const Endpoint& endpoint, std::size_t credit = kHearsayCreditMax) {
    Peer& teller = *table_.add(node_id(tellers_++), {}, endpoint, kBegin);
    table_.heard_from(teller, endpoint, 1);
    table_.address_proven(teller);
    teller.hearsay_credit = credit;
    return teller;
  }
  void tell(const Endpoint& endpoint, Peer& teller) {
    hearsay_.add(node_id(1000 + told_++), endpoint, teller, kBegin);
  }
  /// Where HELLOs go within a span from the beginning.
  std::vector<Endpoint> tried_within(Duration span) {
    std::vector<Endpoint> tried;
    for (Instant now = kBegin; now <= kBegin + span; now += 10ms) {
      while (const auto endpoint = hearsay_.take_due(now)) tried.push_back(*endpoint);
    }
    return tried;
  }
  bool is_tried(const Endpoint& endpoint, Peer& teller) {
    const std::size_t before = hearsay_.count();
    tell(endpoint, teller);
    return hearsay_.count() > before;
  }

  PeerTable table_;
  Random random_{1};
  Hearsay hearsay_{table_, random_};
  std::uint64_t tellers_ = 0;
  std::uint64_t told_ = 0;
};

// protocol.md [hearsay-site]
TEST_F(HearsayTest, GoesToAddressesOfTheSiteOnly) {
  Peer& teller = teller_at(at({172, 20, 5, 1}));
  EXPECT_TRUE(is_tried(at({10, 0, 3, 4}), teller)) << "on link here";
  EXPECT_TRUE(is_tried(at({172, 20, 5, 9}), teller)) << "beside the teller";
  EXPECT_TRUE(is_tried(at({192, 168, 9, 9}), teller)) << "a third subnet";
  EXPECT_FALSE(is_tried(at({203, 0, 113, 9}), teller)) << "anybody's";
  EXPECT_FALSE(is_tried(at({239, 255, 0, 1}), teller)) << "a group";
  EXPECT_FALSE(is_tried(at({10, 0, 3, 5}, 0), teller)) << "no port";
  Peer& remote = teller_at(at({203, 0, 113, 1}));
  EXPECT_TRUE(is_tried(at({203, 0, 113, 9}), remote));
  EXPECT_FALSE(is_tried(at({203, 0, 114, 9}), remote));
}

// protocol.md [hearsay-paid]
TEST_F(HearsayTest, IsPaidForByTheTeller) {
  Peer& near = teller_at(at({10, 0, 1, 1}), 1000);
  for (std::uint8_t i = 1; i < 20; ++i) tell(at({10, 0, 2, i}), near);
  EXPECT_LE(tried_within(55s).size() * kHelloBytes, 3 * 1000U);
}

// protocol.md [hearsay-paid]
TEST_F(HearsayTest, IsPaidForWhollyWhereItLeavesTheLinks) {
  Peer& far = teller_at(at({10, 0, 1, 2}), 1000);
  for (std::uint8_t i = 1; i < 20; ++i) tell(at({192, 168, 2, i}), far);
  EXPECT_EQ(tried_within(55s).size(), 2U);
}

// protocol.md [hearsay-rate]
TEST_F(HearsayTest, GoesOutAHundredTimesASecond) {
  for (std::uint8_t t = 1; t < 4; ++t) {
    Peer& teller = teller_at(at({10, 0, 1, t}));
    for (std::uint8_t i = 1; i < 20; ++i)
      tell(at({10, 0, static_cast<std::uint8_t>(1 + t), i}), teller);
  }
  EXPECT_LE(tried_within(100ms).size(), 11U);
  EXPECT_GE(tried_within(1s).size(), 30U);
}

// protocol.md [hearsay-share]
TEST_F(HearsayTest, LeavesRoomForOthersAndOtherAddresses) {
  Peer& teller = teller_at(at({10, 0, 1, 1}));
  for (std::uint16_t port = 1; port < 20; ++port) tell(at({10, 0, 2, 1}, port), teller);
  EXPECT_EQ(hearsay_.count(), kHearsayPerAddressMax);
  for (std::uint8_t i = 2; i < 60; ++i) tell(at({10, 0, 2, i}), teller);
  EXPECT_EQ(hearsay_.count(), kHearsayPerTellerMax);
  Peer& other = teller_at(at({10, 0, 1, 2}));
  hearsay_.add(node_id(7), at({10, 0, 3, 1}), other, kBegin);
  hearsay_.add(node_id(7), at({10, 0, 3, 2}), other, kBegin);
  EXPECT_EQ(hearsay_.count(), kHearsayPerTellerMax + 1) << "one address of a node";
  for (std::uint8_t t = 3; t < 30; ++t) {
    Peer& more = teller_at(at({10, 0, 1, t}));
    for (std::uint8_t i = 1; i < 40; ++i)
      tell(at({10, 0, static_cast<std::uint8_t>(3 + t), i}), more);
  }
  EXPECT_EQ(hearsay_.count(), kHearsayMax);
}

}  // namespace
}  // namespace dsn::core
