// SPDX-License-Identifier: Apache-2.0
#include "core/state/held_values.hpp"

#include <gtest/gtest.h>

#include "dsn/value.hpp"
#include "support/fake_crypto.hpp"

namespace dsn::core {
namespace {

NodeId node(std::uint8_t number) {
  NodeId id;
  id.bytes.fill(number);
  return id;
}

class HeldValuesTest : public testing::Test {
 protected:
  void hold(std::uint8_t origin, const std::string& key, const Value& value) {
    held_.hold(node(origin), key, value.cbor());
  }
  bool has(std::uint8_t origin, const std::string& key, const Value& value) {
    const Bytes* found = held_.find(node(origin), key, held_.name_of(value.cbor()));
    return found != nullptr && std::ranges::equal(*found, value.cbor());
  }

  test::FakeCrypto crypto_{1};
  HeldValues held_{crypto_, node(0)};
};

// protocol.md [value-hash]
TEST_F(HeldValuesTest, AreFoundByTheirHashAndNoOther) {
  hold(1, "a", Value::integer(1));
  EXPECT_TRUE(has(1, "a", Value::integer(1)));
  EXPECT_FALSE(has(1, "a", Value::integer(2)));
  EXPECT_FALSE(has(1, "b", Value::integer(1)));
  EXPECT_FALSE(has(2, "a", Value::integer(1)));
  hold(1, "a", Value::integer(2));
  EXPECT_FALSE(has(1, "a", Value::integer(1))) << "the latest one is held";
  held_.drop(node(1), "a");
  EXPECT_FALSE(has(1, "a", Value::integer(2)));
  EXPECT_EQ(held_.bytes(), 0U);
}

TEST_F(HeldValuesTest, OfOthersGiveWayAndOwnOnesDoNot) {
  const Value large = Value::text(std::string(16'000, 'x'));
  const std::size_t room = kHeldBytesMax / large.cbor().size();
  hold(0, "own", large);
  for (std::size_t i = 0; i <= room; ++i) hold(1, std::to_string(i), large);
  EXPECT_LE(held_.bytes(), kHeldBytesMax);
  EXPECT_TRUE(has(0, "own", large));
  EXPECT_FALSE(has(1, "0", large)) << "the first gave way";
  EXPECT_TRUE(has(1, "1", large));
  EXPECT_TRUE(has(1, std::to_string(room), large));
}

}  // namespace
}  // namespace dsn::core
