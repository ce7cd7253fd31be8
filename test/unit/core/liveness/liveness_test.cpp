// SPDX-License-Identifier: Apache-2.0
// Who lives, and who only slept.
#include <gtest/gtest.h>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

using Kind = CoreEvent::Kind;

class LivenessTest : public testing::Test {
 protected:
  void SetUp() override {
    a_ = net_.add("attic");
    b_ = net_.add("cellar");
    ASSERT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 5s));
  }
  PeerState state(std::size_t observer, std::size_t of) {
    return net_.node(observer).peers().find(net_.node(of).self().id())->life.state;
  }
  VirtualNetwork net_;
  std::size_t a_ = 0;
  std::size_t b_ = 0;
};

TEST_F(LivenessTest, SaysLateThenGoneThenBack) {
  net_.cut = {{a_, b_}, {b_, a_}};
  EXPECT_TRUE(net_.run_until([&] { return state(a_, b_) == PeerState::late; }, 9s));
  EXPECT_TRUE(net_.run_until([&] { return state(a_, b_) == PeerState::gone; }, 9s));
  EXPECT_EQ(net_.events_of(a_, Kind::late), 1U);
  EXPECT_EQ(net_.events_of(a_, Kind::gone), 1U);
  net_.cut.clear();
  EXPECT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 61s));
  EXPECT_EQ(net_.events_of(a_, Kind::joined), 2U);
}

TEST_F(LivenessTest, HealsAPartitionWithoutMulticastAndWithoutBootstrap) {
  net_.options.multicast = false;
  net_.cut = {{a_, b_}, {b_, a_}};
  net_.run_for(10min);
  ASSERT_EQ(state(a_, b_), PeerState::gone);
  net_.cut.clear();
  net_.set(a_, "door", Value::boolean(true));
  EXPECT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 61s));
}

TEST_F(LivenessTest, KnowsANodeThatSaidItRestarts) {
  net_.stop(b_, ByeReason::restarting);
  net_.run_for(1s);
  EXPECT_EQ(state(a_, b_), PeerState::restarting);
  net_.run_for(30s);
  EXPECT_EQ(net_.events_of(a_, Kind::gone), 0U);
  net_.restart(b_, 2);
  EXPECT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 2s));
  net_.stop(b_, ByeReason::restarting);
  EXPECT_TRUE(net_.run_until([&] { return state(a_, b_) == PeerState::gone; }, 90s));
}

// protocol.md [bye]
TEST_F(LivenessTest, KnowsANodeThatLeft) {
  net_.stop(b_, ByeReason::leaving);
  net_.run_for(60s);
  EXPECT_EQ(state(a_, b_), PeerState::left);
  EXPECT_EQ(net_.events_of(a_, Kind::left), 1U);
  EXPECT_EQ(net_.events_of(a_, Kind::gone), 0U);
}

// protocol.md [sleep-awaited]
TEST_F(LivenessTest, WaitsForANodeThatSaidForHowLongItSleeps) {
  net_.stop(b_, {ByeReason::asleep, 600'000});
  net_.run_for(10min + kRestartGrace - 1s);
  EXPECT_EQ(state(a_, b_), PeerState::asleep);
  EXPECT_EQ(net_.events_of(a_, Kind::asleep), 1U);
  EXPECT_EQ(net_.events_of(a_, Kind::late) + net_.events_of(a_, Kind::gone), 0U);
  net_.run_for(2s);
  EXPECT_EQ(state(a_, b_), PeerState::overdue);
  EXPECT_EQ(net_.events_of(a_, Kind::late), 1U);
  net_.run_for(kGoneAfter);
  EXPECT_EQ(state(a_, b_), PeerState::gone);
  net_.run_for(kRetain - 2min);
  EXPECT_EQ(state(a_, b_), PeerState::gone) << "a week after it was to be back";
}

TEST_F(LivenessTest, TakesANodeBackThatSleptTooLong) {
  net_.stop(b_, {ByeReason::asleep, 1000});
  net_.run_for(1s + kRestartGrace + 2s);
  ASSERT_EQ(state(a_, b_), PeerState::overdue);
  net_.restart(b_, 2);
  EXPECT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 2s));
  EXPECT_EQ(net_.events_of(a_, Kind::gone), 0U);
  EXPECT_TRUE(net_.node(a_).sums_hold());
}

// protocol.md [sleep-max]
TEST_F(LivenessTest, WaitsForNobodyForEver) {
  net_.stop(b_, {ByeReason::asleep, kSessionClockMsMax});
  net_.run_for(kSleepMax + kRestartGrace + kGoneAfter + 1s);
  EXPECT_EQ(state(a_, b_), PeerState::gone);
}

TEST_F(LivenessTest, DoesNotTakeAFrameThatComesAfterTheByeForALife) {
  Puppet puppet(net_, a_, 1);
  puppet.join();
  ASSERT_EQ(puppet.seen()->life.state, PeerState::live);
  const Bytes delayed = puppet.pair(Bytes{0x82, 0x18, 0x63, 0x00});
  puppet.say([](CborWriter& out) { encode_bye(out, ByeReason::leaving); });
  EXPECT_EQ(puppet.seen()->life.state, PeerState::left);
  puppet.send(delayed);
  puppet.beat();
  EXPECT_EQ(puppet.seen()->life.state, PeerState::left);
}

TEST_F(LivenessTest, JudgesNobodyAfterItSleptItself) {
  for (const Duration nap : {Duration(1500ms), Duration(3s), Duration(6500ms), Duration(20s)}) {
    const std::size_t late_before = net_.events_of(a_, Kind::late);
    net_.pause(a_);
    net_.run_for(nap);
    net_.resume(a_);
    net_.run_for(5s);
    EXPECT_EQ(net_.events_of(a_, Kind::late), late_before) << to_ms(nap);
    EXPECT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 61s));
  }
}

TEST_F(LivenessTest, HealsWhenOneSideOnlyIsHeard) {
  net_.cut = {{b_, a_}};  // b hears a, a does not hear b
  net_.run_for(5min);
  EXPECT_EQ(state(a_, b_), PeerState::gone);
  net_.set(b_, "door", Value::boolean(true));
  net_.cut.clear();
  EXPECT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 61s));
}

TEST_F(LivenessTest, FindsAPeerThatGotAnotherAddress) {
  const Endpoint moved = Endpoint::ipv4({10, 9, 9, 9}, 17373);
  net_.move(b_, moved);
  net_.run_for(3s);
  EXPECT_EQ(net_.node(a_).peers().find(net_.node(b_).self().id())->path.endpoint, moved);
  EXPECT_EQ(net_.events_of(a_, Kind::late), 0U);
}

TEST_F(LivenessTest, FindsEverybodyAfterAllAddressesChangedAtOnce) {
  net_.move(a_, Endpoint::ipv4({10, 9, 9, 8}, 17373));
  net_.move(b_, Endpoint::ipv4({10, 9, 9, 9}, 17373));
  net_.network_changed(a_);
  net_.network_changed(b_);
  net_.set(a_, "door", Value::boolean(true));
  EXPECT_TRUE(net_.run_until([&] { return net_.read(b_, a_, "door").has_value(); }, 4s));
}

// protocol.md [address-newest]
TEST_F(LivenessTest, LetsADelayedFrameNotMoveAPeerBack) {
  Puppet puppet(net_, a_, 1);
  puppet.join();
  const Bytes delayed = puppet.pair(Bytes{0x82, 0x18, 0x63, 0x00});
  const Endpoint old = puppet.endpoint;
  puppet.endpoint = Endpoint::ipv4({10, 7, 7, 7}, 1);
  puppet.send_and_prove(puppet.knock());
  net_.inject(a_, old, delayed);
  EXPECT_EQ(puppet.seen()->path.endpoint, puppet.endpoint);
}

// protocol.md [window-buried]
TEST_F(LivenessTest, ForgetsANodeAfterAWeekButNotHowFarItHadGot) {
  Puppet puppet(net_, a_, 1);
  puppet.incarnation = 5;
  const Bytes knock = puppet.knock();
  puppet.send(knock);
  const Bytes frame = puppet.pair(Bytes{0x82, 0x18, 0x63, 0x00});
  puppet.send(frame);
  puppet.show_head();
  ASSERT_EQ(puppet.seen()->life.state, PeerState::live);
  net_.run_for(kRetain + 1min);
  ASSERT_EQ(puppet.seen(), nullptr);
  // A recording of it, from its first frame on.
  puppet.send(knock);
  puppet.send(frame);
  EXPECT_TRUE(puppet.seen() == nullptr || !puppet.seen()->session.confirmed) << "no ghost";
  Puppet again(net_, a_, 1);
  again.session = SessionId{77};
  again.incarnation = 4;
  again.send(again.knock());
  EXPECT_TRUE(again.seen() == nullptr || !again.seen()->session.confirmed);
  again.incarnation = 6;
  again.join();
  ASSERT_NE(again.seen(), nullptr);
  EXPECT_EQ(again.seen()->life.state, PeerState::live);
}

}  // namespace
}  // namespace dsn::test
