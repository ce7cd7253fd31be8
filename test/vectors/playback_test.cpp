// SPDX-License-Identifier: Apache-2.0
// Plays datagrams of the test vectors to real nodes.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

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
    options.network_key = network_key();
    options.session = session(name);
    options.multicast = false;
    return options;
  }

  void pass_time(Node& node) {
    Effects effects;
    now_ += 10ms;
    node.handle_timeout(now_, effects);
  }

  /// The number of datagrams that it sends in answer.
  std::size_t receive(Node& node, const json& datagram, bool multicast = false) {
    Effects effects;
    node.handle_datagram(now_, {Endpoint::ipv4({192, 0, 2, 1}, 17373), multicast, "eth0"},
                         bytes_of(datagram), effects);
    return effects.datagrams().size();
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
};

TEST_F(Playback, ANodeTakesInTheSmallState) { play("a"); }
TEST_F(Playback, ANodeTakesInTheLargeState) { play("b"); }

// protocol.md [knock-proof]
TEST_F(Playback, AKnockThatProvesNothingIsNotAnswered) {
  const json frames = load("frames.json");
  ASSERT_FALSE(frames["refused_knocks"].empty());
  for (const json& knock : frames["refused_knocks"]) {
    SCOPED_TRACE(name_of(knock));
    ASSERT_TRUE(open(bytes_of(knock["datagram"]), knock["from"]))
        << "it is the KNOCK that is wrong";
    pass_time(b_);
    EXPECT_EQ(receive(b_, knock["datagram"]), 0U);
    EXPECT_EQ(b_.peers().count(), 0U);
    now_ += 1s;  // no limit of rates refuses the next one
  }
  EXPECT_EQ(b_.counters()[Counter::drop_flood], 0U);
}

TEST_F(Playback, AKnockThatProvesItsSenderIsAnswered) {
  const json frames = load("conversation.json")["frames"];
  const auto knock = std::ranges::find_if(frames, [](const json& frame) {
    return frame["messages"][0]["type"] == static_cast<int>(MessageType::knock);
  });
  ASSERT_NE(knock, frames.end());
  EXPECT_GE(receive(b_, (*knock)["datagram"]), 1U);
  EXPECT_EQ(b_.peers().count(), 1U);
}

}  // namespace
}  // namespace dsn::vectors
