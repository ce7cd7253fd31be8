// SPDX-License-Identifier: Apache-2.0
// Whose heads are verified first where there are more than this machine affords.
#include "core/join/head_verifier.hpp"

#include <gtest/gtest.h>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

NetworkOptions slow_machine() {
  NetworkOptions options;
  options.public_key_operations_per_second = 5;
  return options;
}

class HeadVerifierTest : public ::testing::Test {
 protected:
  HeadVerifierTest() : attic_(net_.add("attic")) {}

  Puppet& meet() {
    puppets_.push_back(std::make_unique<Puppet>(net_, attic_, puppets_.size() + 1));
    puppets_.back()->join();
    net_.run_for(300ms);
    say_state(*puppets_.back());
    return *puppets_.back();
  }
  void say_state(Puppet& puppet) {
    const StateVersion version{1, ++puppet.version};
    puppet.say([&](CborWriter& out) { encode_snapshot(out, {version, {}}); });
  }
  void show_head(Puppet& puppet, bool forged = false) {
    Puppet::Signed made = puppet.sign({1, puppet.version}, Bytes{0xa0});
    if (forged) made.signature[0] ^= 1;
    puppet.say([&](CborWriter& out) { encode_head_message(out, made.view()); });
  }
  bool is_verified(const Puppet& puppet) {
    const auto& checkpoint = puppet.seen()->copy.checkpoint;
    return checkpoint && checkpoint->head.version.version == puppet.version;
  }
  /// The others show a new head each, forged or not, every 100 ms.
  void crowd(Duration span, Puppet& but) {
    for (Duration passed{}; passed < span; passed += 100ms) {
      for (const auto& puppet : puppets_) {
        if (puppet.get() == &but) continue;
        say_state(*puppet);
        show_head(*puppet, puppet->version % 2 == 0);
      }
      net_.run_for(100ms);
    }
  }

  VirtualNetwork net_{slow_machine()};
  std::size_t attic_;
  std::vector<std::unique_ptr<Puppet>> puppets_;
};

// protocol.md [verified-in-turn]
TEST_F(HeadVerifierTest, NodesThatAreKnownForLongComeFirst) {
  Puppet& known = meet();
  for (int i = 0; i < 70; ++i) {
    known.beat(known.version);
    net_.run_for(1s);
  }
  for (int i = 0; i < 60; ++i) meet();
  crowd(1s, known);
  say_state(known);
  show_head(known);
  crowd(700ms, known);
  EXPECT_TRUE(is_verified(known)) << "60 others wait, 5 a second have their turn";
}

// protocol.md [verified-in-turn]
TEST_F(HeadVerifierTest, WhoShowsManyHeadsWaitsOnceLikeAllOthers) {
  std::vector<Puppet*> few;
  for (int i = 0; i < 10; ++i) few.push_back(&meet());
  for (int i = 0; i < 20; ++i) {
    say_state(*few[0]);
    show_head(*few[0], true);
  }
  for (Puppet* puppet : few) {
    say_state(*puppet);
    show_head(*puppet);
  }
  net_.run_for(2500ms);
  for (Puppet* puppet : few) EXPECT_TRUE(is_verified(*puppet));
}

}  // namespace
}  // namespace dsn::test
