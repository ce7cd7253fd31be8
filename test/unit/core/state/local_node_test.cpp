// SPDX-License-Identifier: Apache-2.0
#include "core/state/local_node.hpp"

#include <gtest/gtest.h>

#include "core/common/limits.hpp"
#include "support/fake_crypto.hpp"
#include "support/start_time.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

class LocalNodeTest : public testing::Test {
 protected:
  void write(int value) {
    Write write;
    write.key = "door";
    write.value = Value::integer(value);
    ASSERT_TRUE(node_.state().commit({&write, 1}).ok());
  }
  StateVersion signed_at(Instant now) {
    const SignedHead& head = node_.signed_head(now);
    Signature signature;
    std::ranges::copy(head.signature, signature.begin());
    EXPECT_TRUE(verify_head(crypto_, crypto_.public_key(), head.head, signature));
    return decode_head(head.head).value().version;
  }
  test::FakeCrypto crypto_{1};
  LocalNode node_{crypto_, "attic", NetworkId{}, SessionId{7}, 3, Secret<32>{}, kStart};
};

TEST_F(LocalNodeTest, SignsWhatItHasAtFirst) {
  write(1);
  EXPECT_EQ(signed_at(kStart), (StateVersion{3, 1}));
}

TEST_F(LocalNodeTest, SignsANewVersionOnlyWhenToldTo) {
  EXPECT_EQ(signed_at(kStart), (StateVersion{3, 0}));
  write(1);
  EXPECT_EQ(signed_at(kStart + 1h), (StateVersion{3, 0}));
  node_.sign(kStart + 1h);
  EXPECT_EQ(signed_at(kStart + 1h), (StateVersion{3, 1}));
}

// protocol.md [head-incarnation]
TEST_F(LocalNodeTest, SignsANewIncarnationAtOnce) {
  EXPECT_EQ(signed_at(kStart), (StateVersion{3, 0}));
  write(1);
  EXPECT_EQ(node_.raised_incarnation(), 0U);
  node_.raise_incarnation(8);
  EXPECT_EQ(signed_at(kStart), (StateVersion{9, 1}));
  EXPECT_EQ(node_.raised_incarnation(), 9U) << "updates have to say it from now on";
}

// protocol.md [head-segment]
TEST_F(LocalNodeTest, SignsTheFirstBeatOfEachSegment) {
  const Duration segment = kBeatTick * kBeatsPerSegment;
  for (const Instant now :
       {kStart, kStart + segment - 1ms, kStart + segment, kStart + 9 * segment}) {
    signed_at(now);
    const Beat anchor = decode_head(node_.signed_head(now).head).value().anchor;
    EXPECT_EQ(anchor.index, (now - kStart) / segment * kBeatsPerSegment);
    const Beat shown = node_.beat(now);
    EXPECT_EQ(shown.index, static_cast<std::uint64_t>((now - kStart) / kBeatTick));
    EXPECT_TRUE(leads_back(crypto_, {node_.id(), node_.session()}, shown, anchor));
  }
}

}  // namespace
}  // namespace dsn::test
