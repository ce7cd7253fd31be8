// SPDX-License-Identifier: Apache-2.0
// A peer whose frames come from another address than before.
#include <gtest/gtest.h>

#include <map>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace wire;

namespace {

const Endpoint kElsewhere = Endpoint::ipv4({10, 0, 77, 7}, 17373);

class MovedPeerTest : public testing::Test {
 protected:
  MovedPeerTest() : a_(net_.add("attic")), puppet_(net_, a_, 1) {
    net_.filter = [this](std::size_t, const Endpoint& to, ByteView bytes) {
      sent_[to] += bytes.size();
      puppet_.note_sent(to, bytes);
      return true;
    };
    for (const char* key : {"a", "b", "c", "d"})
      net_.set(a_, key, Value::text(std::string(99, 'x')));
  }
  /// A question whose answer is large. Returns its size.
  std::size_t ask_for_all() {
    std::array<std::uint8_t, 64> text;
    CborWriter out(text);
    encode_pull(out, {StateVersion{}});
    const Bytes datagram = puppet_.pair(out.written());
    puppet_.send(datagram);
    return datagram.size();
  }
  bool is_answered(MessageType type) {
    for (const Bytes& text : puppet_.heard()) {
      CborReader in(text);
      const MessageStart start = decode_message_start(in);
      if (start.type == static_cast<std::uint64_t>(type)) return true;
    }
    return false;
  }

  VirtualNetwork net_;
  std::size_t a_;
  Puppet puppet_;
  std::map<Endpoint, std::size_t> sent_;
};

// protocol.md [address-unproven] [address-newest]
TEST_F(MovedPeerTest, AnAddressThatDoesNotAnswerGetsThreeTimesWhatCame) {
  puppet_.join();
  const Endpoint home = puppet_.endpoint;
  puppet_.endpoint = kElsewhere;
  std::size_t came = 0;
  for (int i = 0; i < 30; ++i) {
    came += ask_for_all();
    net_.run_for(100ms);
    EXPECT_LE(sent_[kElsewhere], kMovedBytesFactor * came);
  }
  EXPECT_GT(sent_[kElsewhere], came);
  EXPECT_EQ(puppet_.seen()->path.endpoint, home);
}

// protocol.md [address-unproven]
TEST_F(MovedPeerTest, SoDoesTheFirstAddressOfAPeer) {
  const Bytes knock = puppet_.knock();
  puppet_.send(knock);
  std::size_t came = knock.size();
  for (int i = 0; i < 30; ++i) {
    came += ask_for_all();
    net_.set(a_, "e", Value::integer(i));
    net_.run_for(100ms);
    EXPECT_LE(sent_[puppet_.endpoint], kMovedBytesFactor * came);
  }
  EXPECT_FALSE(puppet_.seen()->path.is_proven());
  EXPECT_GT(net_.node(a_).counters()[Counter::held_back], 0U);
}

// protocol.md [address-both]
TEST_F(MovedPeerTest, WhoOnlySeemsToMoveGoesOnToBeReached) {
  puppet_.join();
  const Endpoint home = puppet_.endpoint;
  puppet_.endpoint = kElsewhere;
  net_.run_for(100ms);  // rounds of mail are not closer together
  puppet_.send(puppet_.knock());
  sent_.clear();
  net_.set(a_, "a", Value::text("y"));
  EXPECT_GT(sent_[home], 0U);
  EXPECT_EQ(sent_[kElsewhere], sent_[home]);
  puppet_.endpoint = home;
  puppet_.beat();
  EXPECT_FALSE(puppet_.seen()->path.unproven);
}

// protocol.md [address-asked]
TEST_F(MovedPeerTest, IsThereOnceItHasReturnedTheToken) {
  puppet_.join();
  puppet_.endpoint = kElsewhere;
  puppet_.send_and_prove(puppet_.knock());
  EXPECT_EQ(puppet_.seen()->path.endpoint, kElsewhere);
  EXPECT_TRUE(puppet_.seen()->path.is_proven());
}

// protocol.md [address-asked]
TEST_F(MovedPeerTest, IsAskedAgainWhileNothingComes) {
  puppet_.send(puppet_.knock());
  puppet_.raw.clear();
  net_.run_for(900ms);
  EXPECT_TRUE(is_answered(MessageType::run)) << "with a SYN behind it";
}

// protocol.md [address-asked]
TEST_F(MovedPeerTest, IsNotAskedAnyMoreWhenItIsGone) {
  puppet_.send(puppet_.knock());
  for (int i = 0; i < 1000; ++i) puppet_.beat();  // which pays for many questions
  net_.run_for(200s);
  ASSERT_EQ(puppet_.seen()->life.state, PeerState::gone);
  puppet_.raw.clear();
  net_.run_for(60s);
  EXPECT_EQ(puppet_.raw.size(), 0U);
}

// protocol.md [syn-token]
TEST_F(MovedPeerTest, IsNotProvenByTokensOfOtherSyns) {
  puppet_.join();
  const Endpoint home = puppet_.endpoint;
  std::vector<std::uint64_t> tokens;
  net_.run_for(5s);
  for (const Bytes& text : puppet_.heard()) {
    CborReader in(text);
    const MessageStart start = decode_message_start(in);
    if (start.type != static_cast<std::uint64_t>(MessageType::syn)) continue;
    tokens.push_back(decode_syn(in, start).token);
  }
  ASSERT_FALSE(tokens.empty());
  puppet_.endpoint = kElsewhere;
  for (const std::uint64_t token : tokens) {
    for (std::uint64_t near = token; near < token + 8; ++near) {
      puppet_.say([&](CborWriter& out) { encode_ack(out, {near, {}, {}, 0}); });
    }
  }
  EXPECT_EQ(puppet_.seen()->path.endpoint, home);
}

// protocol.md [address-kept]
TEST_F(MovedPeerTest, IsToldThatWeAreHereWhateverElseIsHeldBack) {
  puppet_.send(puppet_.knock());
  for (int i = 0; i < 20; ++i) net_.set(a_, "e", Value::integer(i));
  puppet_.raw.clear();
  puppet_.say([](CborWriter& out) { encode_syn(out, {77, 0, {}, 0}); });
  EXPECT_TRUE(is_answered(MessageType::ack));
}

}  // namespace
}  // namespace dsn::test
