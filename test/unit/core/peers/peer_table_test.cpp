// SPDX-License-Identifier: Apache-2.0
#include "core/peers/peer_table.hpp"

#include <gtest/gtest.h>

#include "support/start_time.hpp"

namespace dsn::test {

using namespace core;

namespace {

NodeId id_of(std::uint64_t n) {
  NodeId id;
  for (std::size_t i = 0; i < 8; ++i) id.bytes[i] = static_cast<std::uint8_t>(n >> (8 * i));
  return id;
}

Endpoint machine(std::uint64_t n) {
  return Endpoint::ipv4({10, 0, static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)},
                        17373);
}

class PeerTableTest : public testing::Test {
 protected:
  Peer* add(std::uint64_t n, const Endpoint& from, PeerState state = PeerState::live) {
    Peer* peer = table_.add(id_of(n), {}, from, kStart + std::chrono::seconds(n));
    if (peer == nullptr) return nullptr;
    peer->session.confirmed = true;
    table_.heard_from(*peer, from, 1);
    table_.set_state(*peer, state);
    return peer;
  }
  PeerTable table_;
};

// protocol.md [prefix-taken]
TEST_F(PeerTableTest, RefusesAnIdWithThePrefixOfAnother) {
  NodeId twin = id_of(1);
  twin.bytes[15] = 1;
  ASSERT_NE(add(1, machine(1)), nullptr);
  EXPECT_EQ(table_.add(twin, {}, machine(2), kStart), nullptr);
  EXPECT_EQ(table_.find(twin), nullptr);
  EXPECT_NE(table_.find_prefix(twin.prefix()), nullptr);
  table_.erase(id_of(1), kStart);
  EXPECT_NE(table_.add(twin, {}, machine(2), kStart), nullptr);
}

TEST_F(PeerTableTest, FindsAPeerByTheLabelOfItsSessionOnly) {
  Peer& peer = *add(1, machine(1));
  const auto session = [](std::uint64_t id) {
    Session s;
    s.peer = SessionId{id};
    s.confirmed = true;
    s.receive.label = 100 + id;
    return s;
  };
  table_.set_session(peer, session(1));
  EXPECT_EQ(table_.find_label(101), &peer);
  table_.set_session(peer, session(2));
  EXPECT_EQ(table_.find_label(101), nullptr);
  EXPECT_EQ(table_.find_label(102), &peer);
  EXPECT_NE(peer.previous.find(SessionId{1}), nullptr);
  table_.erase(id_of(1), kStart);
  EXPECT_EQ(table_.find_label(102), nullptr);
}

// protocol.md [relay-yields]
TEST_F(PeerTableTest, GivesThePlaceOfANodeThatIsKnownOnlyThroughOthers) {
  for (std::uint64_t i = 1; i < kNodesMax; ++i) {
    Peer* peer = add(i, machine(i), PeerState::gone);
    ASSERT_NE(peer, nullptr);
    peer->session.confirmed = i != 500;
  }
  EXPECT_NE(add(5000, machine(5000)), nullptr);
  EXPECT_EQ(table_.find(id_of(500)), nullptr);
}

// protocol.md [table-yields]
TEST_F(PeerTableTest, GivesThePlaceOfTheGoneNodeThatWasThereForTheShortestTime) {
  for (std::uint64_t i = 1; i < kNodesMax; ++i) {
    Peer* peer = add(i, machine(i), i % 2 == 0 ? PeerState::gone : PeerState::live);
    ASSERT_NE(peer, nullptr);
    peer->life.heard = peer->life.met + std::chrono::hours(i == 300 ? 1 : 2);
  }
  EXPECT_NE(add(5000, machine(5000)), nullptr);
  EXPECT_EQ(table_.find(id_of(300)), nullptr);
}

// protocol.md [table-yields]
TEST_F(PeerTableTest, GivesThePlaceOfTheLastNodeOfAMachineWithMany) {
  for (std::uint64_t i = 1; i < kNodesMax; ++i) {
    ASSERT_NE(add(i, machine(i > 1000 ? 1000 : i)), nullptr);
  }
  EXPECT_NE(add(5000, machine(5000)), nullptr);
  EXPECT_EQ(table_.find(id_of(kNodesMax - 1)), nullptr) << "the last one of machine 1000";
  EXPECT_EQ(add(5001, machine(1000)), nullptr) << "the machine that has too many gets no more";
}

TEST_F(PeerTableTest, KeepsOutNewNodesWhereEachMachineHasOne) {
  for (std::uint64_t i = 1; i < kNodesMax; ++i) ASSERT_NE(add(i, machine(i)), nullptr);
  EXPECT_EQ(add(5000, machine(5000)), nullptr);
}

}  // namespace
}  // namespace dsn::test
