// SPDX-License-Identifier: Apache-2.0
#include "core/peers/answer_budget.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace dsn::core {
namespace {

constexpr Instant kDawn = Instant{} + 1h;

class AnswerBudgetTest : public testing::Test {
 protected:
  /// Peers, `per_address` at each address.
  void add(std::size_t count, std::size_t per_address) {
    for (std::size_t i = 0; i < count; ++i) {
      peers_.push_back(std::make_unique<Peer>(NodeId::from_prefix(peers_.size() + 1), PublicKey{}));
      const auto host = static_cast<std::uint8_t>(next_host_ + i / per_address);
      peers_.back()->path.endpoint = Endpoint::ipv4({10, 0, 0, host}, 17373);
    }
    next_host_ += count / per_address;
  }
  /// What this peer gets of 1000 questions at once.
  std::size_t answered(Peer& peer) {
    std::size_t count = 0;
    for (int i = 0; i < 1000; ++i) count += budget_.take(peer, kDawn) ? 1 : 0;
    return count;
  }
  AnswerBudget budget_;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::size_t next_host_ = 1;
};

// protocol.md [answer-share]
TEST_F(AnswerBudgetTest, OneAddressTakesNothingFromTheOthers) {
  add(50, 50);
  std::size_t taken = 0;
  for (const auto& peer : peers_) taken += answered(*peer);
  EXPECT_EQ(taken, kAnswersPerAddressPerSecond);
  add(1, 1);
  EXPECT_EQ(answered(*peers_.back()), kAnswersPerPeerPerSecond);
}

// protocol.md [answer-share]
TEST_F(AnswerBudgetTest, ThereAreSoManyForAllTogether) {
  add(100, 1);
  std::size_t taken = 0;
  for (const auto& peer : peers_) taken += answered(*peer);
  EXPECT_EQ(taken, kAnswersPerSecond);
}

}  // namespace
}  // namespace dsn::core
