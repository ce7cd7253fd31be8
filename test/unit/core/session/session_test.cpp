// SPDX-License-Identifier: Apache-2.0
// Sessions between two nodes, with an eye on every frame.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/node.hpp"
#include "core/peers/outbox.hpp"
#include "core/session/frame_codec.hpp"
#include "support/fake_crypto.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

struct Side {
  Side(std::uint64_t seed, const std::string& name, Instant now)
      : crypto(seed),
        endpoint(Endpoint::ipv4({10, 0, 0, static_cast<std::uint8_t>(seed)}, 17373)),
        node(crypto, options(seed, name), now) {}

  static NodeOptions options(std::uint64_t seed, const std::string& name) {
    NodeOptions options;
    options.name = name;
    options.session = SessionId{seed * 0x1111};
    options.seed = seed;
    return options;
  }

  FakeCrypto crypto;
  Endpoint endpoint;
  Node node;
  std::set<std::uint64_t> pair_sequences;  // of the frames it sent
  std::size_t pair_frames = 0;
  std::size_t largest_hello = 0, smallest_hello = kDatagramBytesMax;
};

// Two nodes on one link that loses what the test wants lost.
class Pair {
 public:
  Pair(const std::string& name_a, const std::string& name_b)
      : a(1, name_a, now), b(2, name_b, now) {
    call(a, b, [&](Effects& effects) { a.node.start(now, effects); });
    call(b, a, [&](Effects& effects) { b.node.start(now, effects); });
  }

  template <typename Call>
  void call(Side& side, Side& other, Call input) {
    Effects effects;
    input(effects);
    for (const Effects::Datagram& datagram : effects.datagrams()) {
      deliver(side, other, datagram, effects.bytes(datagram));
    }
  }

  void run_for(Duration span) {
    const Instant end = now + span;
    while (true) {
      const Instant due = std::min(a.node.next_deadline(), b.node.next_deadline());
      if (due > end) break;
      now = std::max(now, due);
      call(a, b, [&](Effects& effects) { a.node.handle_timeout(now, effects); });
      call(b, a, [&](Effects& effects) { b.node.handle_timeout(now, effects); });
    }
    now = end;
  }

  Instant now{std::chrono::seconds(1)};
  bool lose_pair_frames = false;
  Side a, b;

 private:
  void deliver(Side& from, Side& to, const Effects::Datagram& datagram, ByteView bytes) {
    const FrameHeader header = decode_frame_header(bytes).value();
    const bool pair = header.frame_class == FrameClass::pair;
    if (pair) {
      ++from.pair_frames;
      from.pair_sequences.insert(header.sequence);
    } else if (datagram.multicast) {
      from.largest_hello = std::max(from.largest_hello, bytes.size());
      from.smallest_hello = std::min(from.smallest_hello, bytes.size());
    }
    if (pair && lose_pair_frames) return;
    const Bytes copy(bytes.begin(), bytes.end());
    const Arrival arrival{from.endpoint, datagram.multicast, "eth0"};
    call(to, from, [&](Effects& effects) { to.node.handle_datagram(now, arrival, copy, effects); });
  }
};

// The two ask each other for a session again and again, because no PAIR frame comes through: the
// keys are the same each time, so the numbers must not be.
// protocol.md [nonce-once]
TEST(Session, NoNumberIsUsedTwiceInSessionsThatAreAskedForAgain) {
  Pair pair("attic", "cellar");
  pair.lose_pair_frames = true;
  pair.run_for(30s);
  ASSERT_GT(pair.a.pair_frames + pair.b.pair_frames, 2U);
  EXPECT_EQ(pair.a.pair_sequences.size(), pair.a.pair_frames);
  EXPECT_EQ(pair.b.pair_sequences.size(), pair.b.pair_frames);
}

// The padding hides how long the name is and leaves room for the
// largest answer.
// protocol.md [hello-padded]
TEST(Session, HellosHaveRoomForTheLargestWelcome) {
  for (const std::string& name : {std::string("a"), std::string(kNameBytesMax, 'n')}) {
    Pair pair(name, "cellar");
    pair.run_for(5s);
    EXPECT_GE(pair.a.smallest_hello, 398U) << name;
    EXPECT_LE(pair.a.largest_hello, kHelloBytes) << name;
  }
}

TEST(Session, TheLargestWelcomeIsSmallerThanTheSmallestHello) {
  Head head;
  head.version = {0xffffffff, ~std::uint64_t{0}};
  head.key_count = kKeysPerNodeMax;
  head.state_bytes = kStateBytesMax;
  head.session = SessionId{~std::uint64_t{0}};
  head.clock_ms = kSessionClockMsMax;
  head.anchor.index = head.flags = ~std::uint64_t{0};
  const std::string name(kNameBytesMax, 'n');
  head.name = name;
  std::array<std::uint8_t, kHeadBytesMax> encoded{};
  const std::size_t head_bytes = encode_head(head, encoded);
  const Signature signature{};
  const PublicKey public_key{};
  Hello welcome;
  welcome.head = {ByteView(encoded).first(head_bytes), signature};
  welcome.public_key = public_key;
  welcome.member_sum = ~std::uint64_t{0};
  welcome.member_count = kNodesMax;
  welcome.echo = ~std::uint64_t{0};
  std::array<std::uint8_t, kPlaintextBytesMax> plaintext{};
  CborWriter out(plaintext);
  encode_hello(out, welcome);
  EXPECT_EQ(kGroupHeaderBytes + out.size() + kFrameTagBytes + kNetworkTagBytes, 374U);
}

// protocol.md [number-clock]
TEST(Session, NoFrameIsAheadOfTheClock) {
  FakeCrypto crypto(1);
  Counters counters;
  Outbox outbox(crypto, SessionId{1}, counters);
  Session one, other;
  std::array<std::uint8_t, 100> frame{};
  const auto seal = [&](Session& session) -> std::uint64_t {
    if (outbox.seal_pair(session, as_bytes("x"), frame) == 0) return 0;
    return decode_frame_header(ByteView(frame).first(30)).value().sequence;
  };
  outbox.set_clock(5);
  for (std::uint64_t i = 0; i < kFramesPerMs; ++i) {
    ASSERT_EQ(seal(i % 2 == 0 ? one : other), sequence_at(5) + i);
  }
  EXPECT_EQ(seal(one), 0U);
  EXPECT_EQ(one.sent_count, kFramesPerMs / 2) << "it was not sent";
  EXPECT_EQ(counters[Counter::held_back], 1U);
  outbox.set_clock(6);
  EXPECT_EQ(seal(one), sequence_at(6));
}

TEST(Session, LossIsWhatIsMissingBetweenTwoCountsOfTheSender) {
  Session session;
  const auto receive = [&](std::uint64_t from, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) session.accept(from + i);
  };
  receive(100, 3);
  EXPECT_FALSE(session.loss.loss());
  session.note_sent(10);  // some of which were sent before it could be heard
  EXPECT_FALSE(session.loss.loss()) << "one count says nothing";
  receive(200, 6);
  session.note_sent(18);
  EXPECT_EQ(session.loss.loss(), 0.25);
  session.note_sent(11);  // delayed on its way
  EXPECT_EQ(session.loss.loss(), 0.25);
  receive(300, 20);
  session.note_sent(30);
  EXPECT_EQ(session.loss.loss(), 0.0) << "more came than it says";
}

}  // namespace
}  // namespace dsn::test
