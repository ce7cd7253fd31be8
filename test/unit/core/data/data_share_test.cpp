// SPDX-License-Identifier: Apache-2.0
// What members that acknowledge nothing, or send too much, leave to others.
#include "unit/core/data/data_fixture.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

// protocol.md [data-share]
TEST_F(DataTest, WhoAcknowledgesNothingHoldsUpNoOthers) {
  Puppet silent(net_, a_, 1);
  connect(net_, {&silent});
  silent.join();
  const std::size_t to_all = 200;
  for (std::size_t i = 0; i < to_all; ++i) {
    ASSERT_TRUE(net_.tell_all(a_, {AppMessageKind::send, "light", text_payload(60'000), 0}, 60s));
    net_.run_for(200ms);
  }
  const auto all = outcomes(net_[a_]);
  EXPECT_EQ(std::ranges::count(all, Outcome::delivered), static_cast<std::ptrdiff_t>(to_all));
  EXPECT_GT(std::ranges::count(all, Outcome::busy), 0);
}

// However many they are: each of the others has its share.
TEST_F(DataTest, ManyWhoAcknowledgeNothingLeaveRoomForOthers) {
  std::vector<std::unique_ptr<Puppet>> silent;
  std::vector<Puppet*> all;
  for (std::uint8_t i = 1; i <= 60; ++i) {
    silent.push_back(std::make_unique<Puppet>(net_, a_, i));
    all.push_back(silent.back().get());
  }
  connect(net_, all);
  Effects effects;
  std::size_t taken = 0;
  for (Puppet* puppet : all) {
    puppet->join();
    while (net_.node(a_).send(net_.now(), {&puppet->id, 1},
                              {AppMessageKind::send, "light", text_payload(10), 0}, 60s, effects)) {
      ++taken;
    }
  }
  EXPECT_GT(taken, kSendsMax / 2);
  EXPECT_FALSE(net_.node(a_).send(net_.now(), {&all.back()->id, 1},
                                  {AppMessageKind::send, "light", text_payload(10), 0}, 60s,
                                  effects));
  for (std::size_t i = 0; i < 10 * kSendsShare; ++i) {
    ASSERT_TRUE(tell(text_payload(kSendShareBytes - 100))) << i;
    if (i % kSendsShare == kSendsShare - 1) net_.run_for(500ms);
  }
}

// A member that begins messages and never ends them, under many identities.
class HalfMessagesTest : public DataTest {
 protected:
  void join_all() {
    std::vector<Puppet*> all;
    for (std::size_t i = 0; i < 2 * kAssembliesMax; ++i) {
      puppets_.push_back(std::make_unique<Puppet>(net_, b_, i + 1));
      all.push_back(puppets_.back().get());
    }
    connect(net_, all);
    for (Puppet* puppet : all) puppet->join();
  }
  void say_parts() {
    for (const auto& puppet : puppets_) {
      puppet->say([](CborWriter& out) {
        const Bytes part(kDataPartBytes, 0);
        encode_data(out, {1, 5 * kDataPartBytes, 1, part});
      });
    }
  }
  /// Whether a message in parts arrives while they go on.
  bool arrives() {
    say_parts();
    EXPECT_TRUE(tell(text_payload(20'000)));
    for (int i = 0; i < 20 && net_[a_].settled.empty(); ++i) {
      say_parts();
      net_.run_for(50ms);
    }
    return outcomes(net_[a_]) == std::vector{Outcome::delivered};
  }
  std::vector<std::unique_ptr<Puppet>> puppets_;
};

// protocol.md [data-room]
TEST_F(HalfMessagesTest, OfMembersMetLaterTakeNoRoomFromOthers) {
  join_all();
  EXPECT_TRUE(arrives());
}

// protocol.md [data-room]
TEST_F(HalfMessagesTest, TakeNoRoomFromWhoWasKnownInAnEarlierRun) {
  net_.run_for(1s);
  net_[b_].options.known = net_.node(b_).known(net_.now());
  ASSERT_EQ(net_[b_].options.known.size(), 1U);
  net_.kill(b_);
  net_.cut = {{a_, b_}, {b_, a_}};
  net_.cut_multicast = net_.cut;
  net_.restart(b_, 2);
  join_all();
  net_.run_for(100ms);
  net_.cut.clear();
  net_.cut_multicast.clear();
  ASSERT_TRUE(net_.run_until(
      [&] {
        const Peer* peer = net_.node(b_).peers().find(net_.node(a_).self().id());
        const Peer* back = net_.node(a_).peers().find(net_.node(b_).self().id());
        return peer != nullptr && peer->reachable() && back->reachable();
      },
      100s));
  EXPECT_TRUE(arrives());
}

// protocol.md [data-rate]
TEST_F(HalfMessagesTest, OfManyMembersLeaveEachItsShareOfParts) {
  join_all();
  for (int i = 0; i < 3000; ++i) {
    puppets_[0]->say([](CborWriter& out) {
      const Bytes part(kDataPartBytes, 0);
      encode_data(out, {1, 5 * kDataPartBytes, 1, part});
    });
  }
  EXPECT_GT(net_.node(b_).counters()[Counter::drop_answer_limit], 0U);
  ASSERT_TRUE(tell(text_payload(20'000)));
  net_.run_for(kDataResendMin);
  EXPECT_EQ(outcomes(net_[a_]), std::vector{Outcome::delivered});
}

}  // namespace
}  // namespace dsn::test
