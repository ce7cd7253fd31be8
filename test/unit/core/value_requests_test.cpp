// SPDX-License-Identifier: Apache-2.0
// Values and samples that one node asks another for.
#include "core/value_requests.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "support/virtual_network.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

class ValueRequestsTest : public testing::Test {
 protected:
  ValueRequestsTest()
      : reader_(net_.add("desk")), owner_(net_.add("attic")), other_(net_.add("shed")) {
    net_.run_for(5s);
    net_.value_ended = [this](std::size_t, const ValueRequests::EndedRequest& ended) {
      ended_.push_back(ended);
    };
  }
  NodeId owner() { return net_.node(owner_).self().id(); }
  void write(const std::string& key, const Value& value) {
    const Bytes encoded(value.cbor().begin(), value.cbor().end());
    Write write;
    write.key = key;
    write.absent = net_.node(owner_).held().name_of(encoded);
    write.sampled = net_.now(owner_);
    ASSERT_TRUE(net_.commit(owner_, {write}));
    net_.node(owner_).hold(owner(), key, encoded);
    net_.run_for(1s);
  }

  VirtualNetwork net_;
  std::size_t reader_;
  std::size_t owner_;
  std::size_t other_;
  std::vector<ValueRequests::EndedRequest> ended_;
};

TEST_F(ValueRequestsTest, FetchesAValueOfItsOwner) {
  write("log/1", Value::text("a long one"));
  ASSERT_TRUE(net_.fetch(reader_, owner(), "log/1", 5s));
  net_.run_for(1s);
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_TRUE(ended_[0].result);
  const auto* held = net_.node(reader_).held().find(
      owner(), "log/1", net_.node(owner_).held().name_of(Value::text("a long one").cbor()));
  EXPECT_NE(held, nullptr);
}

TEST_F(ValueRequestsTest, SaysThatNobodyAnswers) {
  write("log/1", Value::text("a long one"));
  for (const std::size_t one : {reader_, other_}) {
    net_.cut.insert({one, owner_});
    net_.cut.insert({owner_, one});
  }
  ASSERT_TRUE(net_.fetch(reader_, owner(), "log/1", 3s));
  net_.run_for(4s);
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_FALSE(ended_[0].result);
}

// protocol.md [value-asked-of]
TEST_F(ValueRequestsTest, TakesNoReplyOfWhoWasNotAsked) {
  net_.cut = {{reader_, owner_}, {owner_, reader_}};
  // The question after this message has the next number.
  const auto before =
      net_.tell(reader_, other_, {AppMessageKind::send, "light", Value().cbor(), 0});
  ASSERT_TRUE(before);
  ASSERT_TRUE(net_.sample(reader_, owner(), "temperature", 3s));
  net_.run_for(100ms);
  const Value version = Value::integer(0);
  for (std::uint64_t number = *before; number < *before + 4; ++number) {
    ASSERT_TRUE(
        net_.tell(other_, reader_, {AppMessageKind::reply, "temperature", version.cbor(), number}));
  }
  net_.run_for(5s);
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_FALSE(ended_[0].result);
}

TEST_F(ValueRequestsTest, ASampleIsHereWhenTheStateThatHasItIs) {
  net_.sample_sensor = [this](std::size_t index, const std::string& key) {
    net_.set(index, key, Value::integer(21));
    return Result<void>{};
  };
  ASSERT_TRUE(net_.sample(reader_, owner(), "temperature", 3s));
  net_.run_for(1s);
  ASSERT_EQ(ended_.size(), 1U);
  EXPECT_TRUE(ended_[0].result);
  EXPECT_EQ(net_.read(reader_, owner_, "temperature"), Value::integer(21));
}

}  // namespace
}  // namespace dsn::test
