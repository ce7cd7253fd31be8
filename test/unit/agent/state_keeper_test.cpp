// SPDX-License-Identifier: Apache-2.0
#include "agent/state_keeper.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "crypto/entropy.hpp"
#include "support/fake_crypto.hpp"
#include "support/faulty_disk.hpp"
#include "temp_dir.hpp"

namespace dsn::agent {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class StateKeeperTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(initialise_crypto());
    credentials_.identity = create_identity().value();
    credentials_.directory = dir_.path();
    state_.owner = NodeId{{1}};
    state_.incarnation = 5;
  }
  void add_peer() {
    SavedPeer peer;
    peer.key[0] = static_cast<std::uint8_t>(state_.peers.size());
    state_.peers.push_back(peer);
  }
  SavedState on_disk() { return load_state(crypto_, dir_.path(), state_.owner).value(); }

  test::FakeCrypto crypto_{1};
  TempDir dir_;
  test::FaultyDisk disk_{dir_.path()};
  Credentials credentials_;
  SavedState state_;
  StateKeeper keeper_{crypto_, credentials_, [this] { return state_; }};
  Instant now_{};
};

TEST_F(StateKeeperTest, WritesTheIncarnationAtOnce) {
  keeper_.save(now_);
  EXPECT_EQ(on_disk().incarnation, 5U);
  EXPECT_EQ(keeper_.due(), kNever);
}

TEST_F(StateKeeperTest, WritesNothingIfNothingChanged) {
  keeper_.save(now_);
  disk_.start();
  for (int i = 0; i < 100; ++i) {
    keeper_.note_change(now_);
    now_ = keeper_.due();
    keeper_.save(now_);
  }
  disk_.stop();
  EXPECT_EQ(disk_.calls(), 0U);
}

TEST_F(StateKeeperTest, WritesManyChangesOnceInTenMinutes) {
  keeper_.save(now_);
  disk_.start();
  std::size_t writes = 0;
  std::size_t changes_before = 0;
  for (const Instant end = now_ + hours(1); now_ < end; now_ += seconds(1)) {
    if (to_ms(now_.time_since_epoch()) % 5000 == 0) add_peer();
    keeper_.note_change(now_);
    if (keeper_.due() <= now_) keeper_.save(now_);
    if (disk_.changes() > changes_before) ++writes;
    changes_before = disk_.changes();
  }
  disk_.stop();
  EXPECT_LE(writes, 6U);
  EXPECT_GE(writes, 5U);
  EXPECT_GT(on_disk().peers.size(), 500U);
}

// An agent's view of it: it says so once, goes on trying, and is well when the disk is.
TEST_F(StateKeeperTest, SaysOnceThatTheDiskIsFullAndGoesOnWhenItIsNot) {
  credentials_.kept = false;
  StateKeeper keeper(crypto_, credentials_, [this] { return state_; });
  disk_.start(test::DiskFault{0, ENOSPC, true});
  testing::internal::CaptureStderr();
  keeper.save(now_);
  std::size_t tries = 1;
  for (; now_ < Instant{} + hours(1); ++tries) {
    ASSERT_NE(keeper.due(), kNever);
    ASSERT_GT(keeper.due(), now_);
    ASSERT_LE(keeper.due(), now_ + kSaveInterval);
    now_ = keeper.due();
    keeper.save(now_);
    ASSERT_NE(keeper.problem(), "");
  }
  EXPECT_GE(tries, 10U);
  EXPECT_LE(tries, 20U);
  disk_.stop();
  now_ = keeper.due();
  keeper.save(now_);
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(keeper.problem(), "");
  EXPECT_EQ(keeper.due(), kNever);
  EXPECT_EQ(std::ranges::count(log, '\n'), 2) << log;
  EXPECT_NE(log.find("No space left on device"), std::string::npos) << log;
  EXPECT_NE(log.find("can be written again"), std::string::npos) << log;
  EXPECT_TRUE(load_identity(dir_.path())->has_value());
  EXPECT_EQ(on_disk().incarnation, 5U);
}

}  // namespace
}  // namespace dsn::agent
