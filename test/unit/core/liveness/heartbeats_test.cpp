// SPDX-License-Identifier: Apache-2.0
// Which beats are believed, and of when they are.
#include "core/liveness/heartbeats.hpp"

#include <gtest/gtest.h>

#include "core/session/keys.hpp"
#include "support/fake_crypto.hpp"
#include "support/start_time.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

class HeartbeatsTest : public testing::Test {
 protected:
  HeartbeatsTest() {
    peer_.session.peer = kSession;
    peer_.session.confirmed = true;
  }
  bool own(std::uint64_t index, Instant now) {
    return heartbeats_.take_own(peer_, chain_.show(index), now);
  }
  std::optional<Instant> relayed(const Beat& beat, Instant now) {
    return heartbeats_.take_relayed(peer_,
                                    {0, static_cast<std::uint16_t>(beat.index), beat.element}, now);
  }
  std::optional<Instant> relayed(std::uint64_t index, Instant now) {
    return relayed(chain_.show(index), now);
  }

  static constexpr SessionId kSession{7};
  test::FakeCrypto crypto_{1};
  const NodeId id_ = node_id_of(crypto_, crypto_.public_key());
  BeatChain chain_{crypto_, {id_, kSession}, Secret<32>{}};
  Peer peer_{id_, crypto_.public_key()};
  Heartbeats heartbeats_{crypto_};
};

// protocol.md [beat-own]
TEST_F(HeartbeatsTest, BelievesThePeerItselfUnlessItIsOld) {
  EXPECT_TRUE(own(100, kStart));
  EXPECT_FALSE(own(100, kStart + 1s)) << "nothing new";
  EXPECT_FALSE(own(99, kStart + 2s));
  EXPECT_EQ(peer_.life.beat.index, 100U);
  EXPECT_TRUE(own(5000, kStart + 3s)) << "its word needs no proof";
  EXPECT_FALSE(heartbeats_.take_own(peer_, {~std::uint64_t{0}, {}}, kStart));
}

// protocol.md [beat-relayed]
TEST_F(HeartbeatsTest, BelievesOthersOnlyWhatIsOfTheChain) {
  EXPECT_FALSE(relayed(101, kStart)) << "nothing to begin with";
  own(100, kStart);
  const Instant later = kStart + 20s;
  Beat altered = chain_.show(101);
  altered.element[3] ^= 1;
  EXPECT_FALSE(relayed(altered, later));
  EXPECT_FALSE(relayed({102, chain_.show(101).element}, later));
  EXPECT_FALSE(relayed(100, later)) << "known";
  EXPECT_FALSE(relayed(99, later)) << "older";
  EXPECT_TRUE(relayed(103, later));
  EXPECT_EQ(peer_.life.beat.index, 103U);
  peer_.session.peer = SessionId{8};
  EXPECT_FALSE(relayed(104, later)) << "of an earlier run";
}

TEST_F(HeartbeatsTest, HashesNothingThatCannotBeYet) {
  own(100, kStart);
  EXPECT_FALSE(relayed(500, kStart + 10s));
  EXPECT_TRUE(relayed(500, kStart + 800s));
}

// protocol.md [beat-age]
TEST_F(HeartbeatsTest, TakesABeatForAsOldAsItIs) {
  own(100, kStart);
  EXPECT_EQ(relayed(101, kStart + 2s), kStart + 2s);
  EXPECT_EQ(relayed(102, kStart + 60s), kStart + 2s + kBeatTickMax);
  // Those that were held back, one by one, are worth no more than all at once.
  Instant last{};
  for (std::uint64_t i = 103; i <= 120; ++i) {
    last = relayed(i, kStart + 60s * static_cast<int>(i - 100)).value();
  }
  EXPECT_EQ(last, kStart + 2s + 19 * kBeatTickMax);
  own(700, kStart + 1200s);
  EXPECT_EQ(relayed(701, kStart + 1202s), kStart + 1202s);
}

// protocol.md [relay-clock]
TEST_F(HeartbeatsTest, ABeatOfARelayMustLeadBackToTheHead) {
  Head head;
  head.id = id_;
  head.session = kSession;
  head.anchor = chain_.anchor_of(100);
  EXPECT_TRUE(heartbeats_.is_proven(head, chain_.show(100), kStart));
  Beat altered = chain_.show(100);
  altered.element[7] ^= 1;
  EXPECT_FALSE(heartbeats_.is_proven(head, altered, kStart));
  EXPECT_FALSE(heartbeats_.is_proven(head, {101, chain_.show(100).element}, kStart));
  EXPECT_FALSE(heartbeats_.is_proven(head, chain_.show(2048), kStart)) << "of another segment";
  const Beat last = chain_.show(2047);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(heartbeats_.is_proven(head, last, kStart));
  EXPECT_FALSE(heartbeats_.is_proven(head, last, kStart)) << "as many hashes as a second may have";
  head.session = SessionId{8};
  EXPECT_FALSE(heartbeats_.is_proven(head, chain_.show(100), kStart + 1s)) << "of another run";
}

TEST_F(HeartbeatsTest, NeedsASignedHeadForTheNextSegment) {
  own(2047, kStart);
  EXPECT_FALSE(relayed(2049, kStart + 10s));
  Head head;
  head.session = kSession;
  head.anchor = chain_.anchor_of(2048);
  heartbeats_.take_anchor(peer_, head, kStart + 10s);
  EXPECT_TRUE(relayed(2049, kStart + 10s));
  head.anchor = chain_.anchor_of(2047);
  heartbeats_.take_anchor(peer_, head, kStart + 10s);
  EXPECT_EQ(peer_.life.beat.index, 2049U) << "an older head";
}

}  // namespace
}  // namespace dsn::test
