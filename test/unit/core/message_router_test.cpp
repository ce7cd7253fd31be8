// SPDX-License-Identifier: Apache-2.0
// What a node does with a datagram before any mechanism sees a message of it.
#include <gtest/gtest.h>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

class DispatchTest : public testing::Test {
 protected:
  DispatchTest() : a_(net_.add("attic")), puppet_(net_, a_, 1) {
    connect(net_, {&puppet_});
    puppet_.join();
    net_.run_for(3s);
    puppet_.raw.clear();
  }
  std::uint64_t count(Counter counter) { return net_.node(a_).counters()[counter]; }
  Bytes text_of(const std::function<void(CborWriter&)>& write) {
    Bytes text(kPlaintextBytesMax);
    CborWriter out(text);
    write(out);
    text.resize(out.size());
    return text;
  }
  VirtualNetwork net_;
  std::size_t a_;
  Puppet puppet_;
};

void pull(CborWriter& out) { encode_pull(out, {{}}); }

// protocol.md [drop-echo]
TEST_F(DispatchTest, DropsItsOwnMulticast) {
  Bytes hello;
  net_.filter = [&](std::size_t, const Endpoint& to, ByteView bytes) {
    if (to == Endpoint{}) hello.assign(bytes.begin(), bytes.end());
    return to != Endpoint{};
  };
  net_.network_changed(a_);
  net_.run_for(2s);
  ASSERT_FALSE(hello.empty());
  const std::uint64_t in = count(Counter::frames_in);
  const std::uint64_t before = count(Counter::drop_own_echo);
  net_.inject(a_, puppet_.endpoint, hello, true);
  EXPECT_EQ(count(Counter::drop_own_echo), before + 1);
  EXPECT_EQ(count(Counter::frames_in), in);
}

// protocol.md [drop-stranger]
TEST_F(DispatchTest, DropsAFrameOfASessionThatItDoesNotKnow) {
  Puppet stranger(net_, a_, 2);
  connect(net_, {&stranger});
  stranger.say(pull);
  EXPECT_EQ(count(Counter::drop_unknown_session), 1U);
  EXPECT_EQ(stranger.datagrams_in, 0U);
}

// protocol.md [key-epoch]
TEST_F(DispatchTest, DropsAFrameOfAnotherKeyEpoch) {
  Bytes frame = puppet_.pair(text_of(pull));
  frame[0] ^= 3;  // epoch 2
  puppet_.send(frame);
  EXPECT_EQ(count(Counter::drop_key_epoch), 1U);
  EXPECT_TRUE(puppet_.heard().empty());
}

// protocol.md [window-authentic] [drop-forged] [open-first]
TEST_F(DispatchTest, LetsAForgedNumberShutNothingOut) {
  Bytes forged = puppet_.pair(text_of(pull), 1'000'000);
  forged.back() ^= 1;
  puppet_.send(forged);
  EXPECT_EQ(count(Counter::drop_forged), 1U);
  EXPECT_TRUE(puppet_.heard().empty()) << "the question in it was read";
  puppet_.say(pull);
  EXPECT_EQ(puppet_.heard().size(), 1U);
}

// protocol.md [clock-newest]
TEST_F(DispatchTest, TakesThePeersClockFromTheNewestFrameWhateverItSays) {
  const Bytes text = text_of(pull);
  puppet_.send(puppet_.pair(text, sequence_at(60'000)));
  const Instant zero = net_.now() - 60s;
  EXPECT_EQ(puppet_.seen()->copy.replica.local_time(0), zero);
  net_.run_for(1s);
  puppet_.send(puppet_.pair(text, sequence_at(59'999)));
  EXPECT_EQ(puppet_.seen()->copy.replica.local_time(0), zero) << "it was delayed on its way";
  EXPECT_EQ(count(Counter::drop_replayed), 0U);
}

// protocol.md [update-incarnation]
TEST_F(DispatchTest, TakesAnUpdateForOneOfTheRunThatBeganTheSessionUnlessItSaysAnother) {
  const auto mail = [&](std::uint32_t incarnation, std::uint64_t to) {
    puppet_.say([&](CborWriter& out) {
      encode_update(out, MessageType::mail, {incarnation, 0, to, 0, {}, {}});
    });
    return puppet_.seen()->copy.replica.version();
  };
  EXPECT_EQ(mail(0, 1), (StateVersion{1, 1}));
  EXPECT_EQ(mail(2, 1), (StateVersion{2, 1}));
  EXPECT_EQ(mail(0, 2), (StateVersion{2, 1})) << "it was sent before";
}

// protocol.md [malformed-ends]
TEST_F(DispatchTest, ReadsWhatStandsBeforeAMalformedMessageAndNothingAfterIt) {
  puppet_.say([](CborWriter& out) {
    pull(out);
    out.array(1);
    out.uint(static_cast<std::uint64_t>(MessageType::who));  // without its prefixes
    pull(out);
  });
  EXPECT_EQ(count(Counter::drop_malformed), 1U);
  EXPECT_EQ(puppet_.heard().size(), 1U);
}

// protocol.md [malformed-silent]
TEST_F(DispatchTest, AnswersNothingThatIsMalformed) {
  const Syn syn{7, 1, {}, 0};
  const List list{7, false, ~std::uint64_t{0}, {}};
  const Bytes questions[] = {text_of(pull), text_of([&](CborWriter& out) { encode_syn(out, syn); }),
                             text_of([&](CborWriter& out) { encode_list(out, list); }),
                             text_of([](CborWriter& out) {
                               encode_want(out, {{1, 0}, {0}, 1});
                             }),
                             text_of([&](CborWriter& out) {
                               encode_who(out, {{puppet_.id.prefix()}, 1});
                             })};
  for (const Bytes& question : questions) {
    for (std::size_t size = 1; size < question.size(); ++size) {
      puppet_.send(puppet_.pair(ByteView(question).first(size)));
    }
  }
  EXPECT_GT(count(Counter::drop_malformed), 20U);
  EXPECT_TRUE(puppet_.heard().empty());
}

// protocol.md [group-single]
TEST_F(DispatchTest, DropsAGroupFrameOfTwoMessages) {
  net_.run_for(2s);
  Puppet stranger(net_, a_, 2);
  connect(net_, {&stranger});
  const Bytes hello = stranger.hello();
  const auto opened = stranger.open(hello);
  ASSERT_TRUE(opened);
  Bytes twice(opened->begin(), opened->end());
  twice.insert(twice.end(), opened->begin(), opened->end());
  stranger.send(stranger.group(twice));
  EXPECT_EQ(count(Counter::drop_malformed), 1U);
  EXPECT_EQ(stranger.datagrams_in, 0U);
  stranger.send(stranger.group(*opened));
  EXPECT_EQ(stranger.datagrams_in, 1U) << "one alone is read";
}

}  // namespace
}  // namespace dsn::test
