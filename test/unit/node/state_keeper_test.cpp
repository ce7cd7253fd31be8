// SPDX-License-Identifier: Apache-2.0
#include "node/state_keeper.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "crypto/entropy.hpp"
#include "support/fake_crypto.hpp"
#include "support/faulty_disk.hpp"
#include "support/temp_dir.hpp"
#include "support/virtual_network.hpp"

namespace dsn::node {

using namespace test;
using namespace core;
using namespace crypto;

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
  (void)keeper_.save(now_);
  EXPECT_EQ(on_disk().incarnation, 5U);
  EXPECT_EQ(keeper_.due(), kNever);
}

TEST_F(StateKeeperTest, WritesNothingIfNothingChanged) {
  (void)keeper_.save(now_);
  disk_.start();
  for (int i = 0; i < 100; ++i) {
    keeper_.note_change(now_);
    now_ = keeper_.due();
    (void)keeper_.save(now_);
  }
  disk_.stop();
  EXPECT_EQ(disk_.calls(), 0U);
}

TEST_F(StateKeeperTest, WritesTheFirstChangesAfterAMinute) {
  (void)keeper_.save(now_);
  add_peer();
  now_ += seconds(5);
  keeper_.note_change(now_);
  EXPECT_EQ(keeper_.due(), now_ + kSaveDelay);
  now_ = keeper_.due();
  (void)keeper_.save(now_);
  keeper_.note_change(now_);
  EXPECT_EQ(keeper_.due(), now_ + kSaveInterval);
  now_ += kSaveInterval;
  (void)keeper_.save(now_);
  now_ += hours(1);
  keeper_.note_change(now_);
  EXPECT_EQ(keeper_.due(), now_ + kSaveDelay);
}

TEST_F(StateKeeperTest, WritesManyChangesOnceInTenMinutes) {
  (void)keeper_.save(now_);
  disk_.start();
  std::size_t writes = 0;
  std::size_t changes_before = 0;
  for (const Instant end = now_ + hours(1); now_ < end; now_ += seconds(1)) {
    if (to_ms(now_.time_since_epoch()) % 5000 == 0) add_peer();
    keeper_.note_change(now_);
    if (keeper_.due() <= now_) (void)keeper_.save(now_);
    if (disk_.changes() > changes_before) ++writes;
    changes_before = disk_.changes();
  }
  disk_.stop();
  EXPECT_LE(writes, 6U);
  EXPECT_GE(writes, 5U);
  EXPECT_GT(on_disk().peers.size(), 500U);
}

TEST_F(StateKeeperTest, SaysOnceThatTheDiskIsFullAndGoesOnWhenItIsNot) {
  credentials_.kept = false;
  StateKeeper keeper(crypto_, credentials_, [this] { return state_; });
  disk_.start(test::DiskFault{0, ENOSPC, true});
  EXPECT_EQ(keeper.save(now_), SaveChange::failed);
  EXPECT_FALSE(keeper.identity_kept());
  std::size_t tries = 1;
  for (; now_ < Instant{} + hours(1); ++tries) {
    ASSERT_NE(keeper.due(), kNever);
    ASSERT_GT(keeper.due(), now_);
    ASSERT_LE(keeper.due(), now_ + kSaveInterval);
    now_ = keeper.due();
    ASSERT_EQ(keeper.save(now_), SaveChange::none) << "it is reported once";
    ASSERT_NE(keeper.problem().find("No space left on device"), std::string::npos);
  }
  EXPECT_GE(tries, 10U);
  EXPECT_LE(tries, 20U);
  disk_.stop();
  now_ = keeper.due();
  EXPECT_EQ(keeper.save(now_), SaveChange::recovered);
  EXPECT_EQ(keeper.problem(), "");
  EXPECT_TRUE(keeper.identity_kept());
  EXPECT_EQ(keeper.due(), kNever);
  EXPECT_TRUE(load_identity(dir_.path())->has_value());
  EXPECT_EQ(on_disk().incarnation, 5U);
  EXPECT_EQ(keeper.save(now_), SaveChange::none);
}

class StateToSave : public testing::Test {
 protected:
  StateToSave() : attic_(net_.add("attic")), cellar_(net_.add("cellar")) {
    EXPECT_TRUE(net_.run_until([this] { return net_.in_sync(); }, seconds(5)));
  }
  SavedState state(const SavedState& earlier = {}) {
    return state_to_save(net_.node(attic_), earlier, net_.now(attic_));
  }

  test::VirtualNetwork net_;
  std::size_t attic_;
  std::size_t cellar_;
};

TEST_F(StateToSave, HasWhatSparesTheNextRunTheWork) {
  const SavedState saved = state();
  EXPECT_EQ(saved.owner, net_.node(attic_).self().id());
  EXPECT_EQ(saved.incarnation, 1U);
  ASSERT_EQ(saved.peers.size(), 1U);
  const SavedPeer& peer = saved.peers[0];
  EXPECT_EQ(peer.key, net_[cellar_].crypto->public_key());
  EXPECT_EQ(peer.name, "cellar");
  EXPECT_EQ(peer.incarnation, 1U);
  EXPECT_EQ(peer.endpoint, net_[cellar_].endpoint);
  EXPECT_TRUE(peer.pinned);
  const std::vector<KnownNode> known = known_nodes(saved);
  ASSERT_EQ(known.size(), 1U);
  EXPECT_EQ(known[0].name, "cellar");
  const auto head = decode_head(known[0].head);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->id, net_.node(cellar_).self().id());
  EXPECT_TRUE(verify_head(*net_[attic_].crypto, peer.key, known[0].head, known[0].signature));
  SharedSecret secret;
  ASSERT_TRUE(net_[attic_].crypto->agree(peer.key, secret));
  ASSERT_TRUE(peer.secret);
  EXPECT_TRUE(std::ranges::equal(peer.secret->view(), secret.view()));
}

TEST_F(StateToSave, KeepsThoseOfEarlierRunsAndTheHighestIncarnation) {
  SavedState earlier = state();
  earlier.peers[0].incarnation = 9;
  earlier.peers[0].name = "its old name";
  SavedPeer forgotten;
  forgotten.key[0] = 4;
  forgotten.name = "shed";
  forgotten.incarnation = 3;
  earlier.peers.push_back(forgotten);
  const SavedState saved = state(earlier);
  ASSERT_EQ(saved.peers.size(), 2U);
  const bool cellar_first = saved.peers[0].name == "cellar";
  EXPECT_EQ(saved.peers[cellar_first ? 0 : 1].name, "cellar");
  EXPECT_EQ(saved.peers[cellar_first ? 0 : 1].incarnation, 9U);
  EXPECT_EQ(saved.peers[cellar_first ? 1 : 0].name, "shed");
  EXPECT_EQ(saved.peers[cellar_first ? 1 : 0].incarnation, 3U);
}

TEST_F(StateToSave, SaysWhoWasThereAndForHowLongNot) {
  net_.kill(cellar_);
  net_.run_for(hours(3) + minutes(1));
  SavedState saved = state();
  ASSERT_TRUE(saved.peers[0].presence);
  EXPECT_EQ(saved.peers[0].presence->absent_hours, 3U);
  ASSERT_TRUE(known_nodes(saved)[0].remembered);
  EXPECT_EQ(known_nodes(saved)[0].remembered->last, net_[cellar_].endpoint);
  EXPECT_EQ(known_nodes(saved)[0].remembered->absent, hours(3));
  ASSERT_EQ(net_.node(attic_).forget(net_.now(attic_), net_.node(cellar_).self().id()),
            Forgotten::done);
  saved = state(saved);
  ASSERT_EQ(saved.peers.size(), 1U) << "how far it had got";
  EXPECT_FALSE(saved.peers[0].presence);
}

TEST_F(StateToSave, IsTheSameWhileNothingChanges) {
  test::FakeCrypto crypto(1);
  const Bytes before = encode_saved_state(crypto, state());
  net_.set(cellar_, "site", Value::text("Bern"));
  net_.run_for(minutes(30));
  EXPECT_EQ(encode_saved_state(crypto, state()), before);
}

TEST_F(StateToSave, HasRoomForThePresentBeforeThePast) {
  SavedState earlier;
  earlier.peers.resize(kSavedPeersMax);
  for (std::size_t i = 0; i < earlier.peers.size(); ++i) {
    earlier.peers[i].key[1] = static_cast<std::uint8_t>(i >> 8);
    earlier.peers[i].key[2] = static_cast<std::uint8_t>(i);
  }
  const SavedState saved = state(earlier);
  EXPECT_EQ(saved.peers.size(), kSavedPeersMax);
  EXPECT_EQ(std::ranges::count(saved.peers, "cellar", &SavedPeer::name), 1);
}

// The loopback interface is the one that every machine has, as number 1.
TEST_F(StateToSave, RemembersALinkLocalAddressByTheNameOfItsInterface) {
  const std::array<std::uint8_t, 16> address{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9};
  net_.move(cellar_, Endpoint::ipv6(address, 17373, 1));
  net_.set(cellar_, "site", Value::text("Bern"));
  net_.run_for(minutes(1));
  SavedState saved = state();
  ASSERT_TRUE(saved.peers.at(0).endpoint);
  EXPECT_EQ(saved.peers[0].interface_name, "lo");
  EXPECT_EQ(saved.peers[0].endpoint->scope, 0U);
  EXPECT_EQ(remembered_endpoints(saved), std::vector{Endpoint::ipv6(address, 17373, 1)});
  saved.peers[0].interface_name = "no-such-one";
  EXPECT_TRUE(remembered_endpoints(saved).empty());
}

}  // namespace
}  // namespace dsn::node
