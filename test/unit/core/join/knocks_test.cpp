// SPDX-License-Identifier: Apache-2.0
// KNOCK: how a session is asked for and proven.
#include "core/join/knocks.hpp"

#include <gtest/gtest.h>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

class KnocksTest : public testing::Test {
 protected:
  VirtualNetwork net_;
};

// protocol.md [knock] [knock-room]
TEST_F(KnocksTest, MeetsANodeInWhoseNameAnotherSaysWelcome) {
  const auto a = net_.add("attic");
  Puppet puppet(net_, a, 1);
  connect(net_, {&puppet});
  const SessionId session = puppet.session;
  for (std::uint64_t i = 0; i < 10; ++i) {
    puppet.session = SessionId{4711 + i};
    puppet.send(puppet.hello(net_.node(a).self().session()));
  }
  puppet.session = session;
  puppet.send(puppet.hello(net_.node(a).self().session()));
  net_.run_for(10ms);
  bool knocked = false;
  for (const Bytes& text : puppet.heard()) {
    CborReader in(text);
    const MessageStart start = decode_message_start(in);
    if (start.type != static_cast<std::uint64_t>(MessageType::knock)) continue;
    const Knock knock = decode_knock(in, start);
    knocked |= knock.echo == static_cast<std::uint64_t>(session);
  }
  EXPECT_TRUE(knocked);
}

// protocol.md [knock] [knock-size] [confirmed-first]
TEST_F(KnocksTest, SendsNothingToWhoDidNotProveItselfButAnswers) {
  const auto a = net_.add("attic");
  net_.set(a, "secret", Value::integer(1));
  Puppet puppet(net_, a, 1);
  connect(net_, {&puppet});
  const Bytes hello = puppet.hello();
  puppet.send(hello);
  net_.run_for(30s);
  EXPECT_LE(puppet.bytes_in, hello.size());
  EXPECT_EQ(net_.node(a).peers().count(), 0U) << "nothing is remembered of it";
  const Bytes welcome = puppet.hello(net_.node(a).self().session());
  puppet.bytes_in = puppet.datagrams_in = 0;
  puppet.send(welcome);
  net_.run_for(30s);
  EXPECT_GT(puppet.datagrams_in, 2U) << "KNOCKs are sent there";
  EXPECT_LE(puppet.bytes_in, kMovedBytesFactor * welcome.size());
  EXPECT_EQ(net_.node(a).peers().count(), 0U);
}

// protocol.md [knock-proof]
TEST_F(KnocksTest, TakesNoKnockThatItsSenderDidNotSeal) {
  const auto a = net_.add("attic");
  Puppet puppet(net_, a, 1);
  Bytes knock = puppet.knock();
  Puppet other(net_, a, 2);
  const auto header = decode_frame_header(knock).value();
  const std::optional<Bytes> text = puppet.open(knock);
  ASSERT_TRUE(header.frame_class == FrameClass::group && text);
  for (std::size_t i = text->size() - 60; i < text->size(); ++i) {
    Bytes tampered = *text;
    tampered[i] ^= 1;
    other.send(other.group(tampered, puppet.session));
    net_.run_for(300ms);
    ASSERT_EQ(puppet.seen(), nullptr) << i;
  }
  puppet.send(knock);
  ASSERT_NE(puppet.seen(), nullptr);
  EXPECT_EQ(puppet.seen()->life.state, PeerState::live);
}

// protocol.md [window-buried]
// protocol.md [message-unknown] [knock-proof]
TEST_F(KnocksTest, TakesARunBehindAMessageOfALaterVersionAndBehindNoOther) {
  const auto a = net_.add("attic");
  Puppet puppet(net_, a, 1);
  std::array<std::uint8_t, 200> buffer;
  CborWriter run(buffer);
  encode_run(run, {{1, 0}, "barn"});
  const auto behind = [&](std::initializer_list<std::uint8_t> first) {
    Bytes plaintext(first);
    plaintext.insert(plaintext.end(), run.written().begin(), run.written().end());
    puppet.send(puppet.knock(plaintext));
    return puppet.seen() != nullptr;
  };
  EXPECT_FALSE(behind({0x82, 22, 0})) << "BYE";
  EXPECT_FALSE(behind({0x82, 0x18, 40})) << "a message that does not end";
  EXPECT_TRUE(behind({0x82, 0x18, 40, 0}));
}

TEST_F(KnocksTest, TakesNoRecordedKnockOfAnEarlierRun) {
  const auto a = net_.add("attic");
  std::vector<Bytes> knocks;
  for (std::uint64_t run = 1; run <= 4; ++run) {
    Puppet puppet(net_, a, 1);
    puppet.session = SessionId{run};
    puppet.incarnation = static_cast<std::uint32_t>(run);
    knocks.push_back(puppet.knock());
    puppet.send(knocks.back());
    ASSERT_EQ(puppet.seen()->session.peer, SessionId{run});
    net_.run_for(5s);
  }
  net_.run_for(61s);  // their tags are forgotten
  const Peer& peer = *net_.node(a).peers().all()[0];
  for (const Bytes& knock : knocks) {
    net_.inject(a, Endpoint::ipv4({6, 6, 6, 6}, 666), knock);
    EXPECT_EQ(peer.session.peer, SessionId{4});
  }
  EXPECT_EQ(peer.life.state, PeerState::gone);
}

}  // namespace
}  // namespace dsn::test
