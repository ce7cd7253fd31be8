// SPDX-License-Identifier: Apache-2.0
// Plays datagrams of the test vectors to real nodes.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/node.hpp"
#include "vectors_fixture.hpp"

namespace dsn::vectors {
namespace {

using nlohmann::json;

// One side of a recorded conversation is played to a real node, which has the other's key and
// session.
class Playback : public Vectors {
 protected:
  Playback() : a_(*crypto_a, options_of("a"), now_), b_(*crypto_b, options_of("b"), now_) {
    Effects effects;
    a_.start(now_, effects);
    b_.start(now_, effects);
  }

  NodeOptions options_of(const std::string& name) const {
    NodeOptions options;
    options.name = "listener";
    options.keys = only_key(network_key());
    options.session = session(name);
    options.multicast = false;
    return options;
  }

  void pass_time(Node& node) {
    Effects effects;
    now_ += 10ms;
    node.handle_timeout(now_, effects);
  }

  /// The datagrams that it sends in answer.
  std::vector<Bytes> receive(Node& node, const json& datagram, bool multicast = false) {
    Effects effects;
    node.handle_datagram(now_, {Endpoint::ipv4({192, 0, 2, 1}, 17373), multicast, "eth0"},
                         bytes_of(datagram), effects);
    std::vector<Bytes> sent;
    for (const Effects::Datagram& answer : effects.datagrams()) {
      const ByteView bytes = effects.bytes(answer);
      sent.emplace_back(bytes.begin(), bytes.end());
    }
    for (const ReceivedMessage& message : effects.received_messages()) told_.push_back(message);
    return sent;
  }

  /// The first datagram of the conversation with a message of this type.
  static json spoken(MessageType type) {
    const json vectors = load("conversation.json");
    for (const json& frame : vectors["frames"]) {
      if (frame["messages"][0]["type"] == static_cast<int>(type)) return frame["datagram"];
    }
    return {};
  }

  /// It must come to know the same peer with the same state.
  void play(const std::string& from) {
    Node& node = from == "a" ? b_ : a_;
    const json vectors = load("conversation.json");
    for (const json& frame : vectors["frames"]) {
      pass_time(node);
      const auto type = static_cast<MessageType>(frame["messages"][0]["type"].get<int>());
      if (frame["from"] != from || type == MessageType::bye) continue;
      receive(node, frame["datagram"], type == MessageType::hello);
      if (type != MessageType::run) continue;
      pass_time(node);
      now_ += 1s;  // it waits for a token, which nobody can have recorded
    }
    ASSERT_EQ(node.peers().count(), 1U);
    const Peer& peer = *node.peers().all()[0];
    EXPECT_EQ(peer.id, id(from));
    EXPECT_EQ(peer.name, from == "a" ? "attic" : "cellar");
    EXPECT_EQ(peer.life.state, PeerState::live);
    const json& state = vectors["state_" + from];
    EXPECT_EQ(peer.copy.replica.version().incarnation, state["incarnation"].get<std::uint32_t>());
    EXPECT_EQ(peer.copy.replica.version().version, state["version"].get<std::uint64_t>());
    Bytes canonical;
    peer.copy.replica.store().encode_canonical(canonical);
    EXPECT_EQ(to_hex(canonical), state["canonical"].get<std::string>());
  }

  Instant now_{std::chrono::seconds(1)};
  Node a_, b_;
  std::vector<ReceivedMessage> told_;
};

TEST_F(Playback, ANodeTakesInTheSmallState) { play("a"); }
TEST_F(Playback, ANodeTakesInTheLargeState) { play("b"); }

TEST_F(Playback, ANodeTakesInAnAsk) {
  play("a");
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_EQ(told_[0].kind, AppMessageKind::ask);
  EXPECT_EQ(told_[0].name, "light");
  EXPECT_EQ(told_[0].from, id("a"));
}

TEST_F(Playback, ANodeTakesInAReplyInParts) {
  play("b");
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_EQ(told_[0].kind, AppMessageKind::reply);
  EXPECT_EQ(told_[0].payload.size(), 1503U);
  EXPECT_EQ(told_[0].answers, (static_cast<std::uint64_t>(session("a")) >> 16) + 1);
}

// protocol.md [knock-proof]
TEST_F(Playback, AKnockThatProvesNothingIsNotAnswered) {
  const json frames = load("frames.json");
  ASSERT_FALSE(frames["refused_knocks"].empty());
  for (const json& knock : frames["refused_knocks"]) {
    SCOPED_TRACE(name_of(knock));
    ASSERT_TRUE(open(bytes_of(knock["datagram"]), knock["from"]))
        << "it is the KNOCK that is wrong";
    pass_time(b_);
    EXPECT_TRUE(receive(b_, knock["datagram"]).empty());
    EXPECT_EQ(b_.peers().count(), 0U);
    now_ += 1s;  // no limit of rates refuses the next one
  }
  EXPECT_EQ(b_.counters()[Counter::drop_flood], 0U);
}

// protocol.md [knock-proof] [run-said]
TEST_F(Playback, AKnockThatProvesItsSenderIsAnsweredWithRun) {
  const std::vector<Bytes> answers = receive(b_, spoken(MessageType::knock));
  EXPECT_EQ(b_.peers().count(), 1U);
  ASSERT_FALSE(answers.empty());
  const auto plaintext = open(answers[0], "b");
  ASSERT_TRUE(plaintext);
  CborReader in(*plaintext);
  const MessageStart start = decode_message_start(in);
  ASSERT_EQ(static_cast<MessageType>(start.type), MessageType::run);
  EXPECT_EQ(decode_run(in, start).version.incarnation, b_.self().version().incarnation);
}

// protocol.md [head-hint]
TEST_F(Playback, AHelloIsAnsweredAndLeavesNothingBehind) {
  const std::vector<Bytes> answers = receive(b_, spoken(MessageType::hello));
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_TRUE(open(answers[0], "b"));
  EXPECT_EQ(b_.peers().count(), 0U);
  pass_time(b_);
  EXPECT_EQ(b_.names().holder("attic"), std::nullopt);
}

}  // namespace
}  // namespace dsn::vectors
