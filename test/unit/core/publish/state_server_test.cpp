// SPDX-License-Identifier: Apache-2.0
// What an owner answers to those who are behind.
#include <gtest/gtest.h>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

class StateServerTest : public testing::Test {
 protected:
  StateServerTest() : owner_(net_.add("attic")), reader_(net_, owner_, 1) {
    connect(net_, {&reader_});
    reader_.join();
    net_.run_for(3s);
  }
  void write_large() {
    std::vector<Write> writes(3);
    for (std::size_t i = 0; i < writes.size(); ++i) {
      writes[i].key = "key" + std::to_string(i);
      writes[i].value = Value::text(std::string(900, 'x'));
    }
    ASSERT_TRUE(net_.commit(owner_, writes).ok());
  }
  StateVersion version() { return net_.node(owner_).self().version(); }
  std::vector<MessageType> answers(const std::function<void(CborWriter&)>& question) {
    reader_.raw.clear();
    reader_.say(question);
    std::vector<MessageType> types;
    for (const Bytes& text : reader_.heard()) {
      CborReader in(text);
      types.push_back(static_cast<MessageType>(decode_message_start(in).type));
    }
    return types;
  }
  std::vector<MessageType> answers_to_pull(const StateVersion& have) {
    return answers([&](CborWriter& out) { encode_pull(out, {have}); });
  }
  VirtualNetwork net_;
  std::size_t owner_;
  Puppet reader_;
};

using Types = std::vector<MessageType>;

// protocol.md [pull-answer]
TEST_F(StateServerTest, SendsTheSmallestThatHelps) {
  net_.set(owner_, "door", Value::boolean(true));
  net_.set(owner_, "door", Value::boolean(false));
  EXPECT_EQ(answers_to_pull({1, 1}), Types{MessageType::delta});
  EXPECT_EQ(answers_to_pull({0, 0}), Types{MessageType::snapshot});
  EXPECT_EQ(answers_to_pull({9, 1}), Types{MessageType::snapshot}) << "of another run";
  write_large();
  EXPECT_EQ(answers_to_pull({0, 0}), Types{MessageType::manifest});
  EXPECT_EQ(answers_to_pull({1, 1}), Types{MessageType::manifest}) << "the changes do not fit";
  EXPECT_EQ(answers_to_pull(version()), Types{MessageType::delta}) << "there is nothing to tell";
}

// protocol.md [pull-answer]
TEST_F(StateServerTest, SendsTheWholeStateWhenItForgotWhatWasDeleted) {
  for (int i = 0; i < 70; ++i) {
    net_.set(owner_, "key", Value::integer(i));
    net_.unset(owner_, "key");
    net_.set(owner_, "key" + std::to_string(i), Value());
    net_.unset(owner_, "key" + std::to_string(i));
  }
  EXPECT_EQ(answers_to_pull({1, 1}), Types{MessageType::snapshot});
}

// protocol.md [want-answer]
TEST_F(StateServerTest, SendsChunksOfTheStateThatItHandsOutAndElseAManifest) {
  write_large();
  ASSERT_EQ(answers_to_pull({0, 0}), Types{MessageType::manifest});
  const StateVersion handed_out = version();
  const auto want = [&](const StateVersion& of) {
    return answers([&](CborWriter& out) { encode_want(out, {of, {0, 2}, 2}); });
  };
  EXPECT_EQ(want(handed_out), (Types{MessageType::chunk, MessageType::chunk}));
  EXPECT_EQ(want({1, 99}), Types{MessageType::manifest});
}

}  // namespace
}  // namespace dsn::test
