// SPDX-License-Identifier: Apache-2.0
// Two of one identity shook a whole fleet (consul#2430).
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

using Kind = CoreEvent::Kind;

std::uint64_t frames_in_ten_minutes(VirtualNetwork& net) {
  const std::uint64_t before = net.datagrams_sent;
  net.run_for(10min);
  return net.datagrams_sent - before;
}

class Clones : public testing::TestWithParam<bool> {};

TEST_P(Clones, DoNotShakeTheOthers) {
  VirtualNetwork net;
  for (int i = 0; i < 8; ++i) net.add("node" + std::to_string(i));
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 10s));
  net.run_for(1min);
  const std::uint64_t without = frames_in_ten_minutes(net);
  const NodeId twin = net.node(0).self().id();
  for (std::size_t i = 0; i < 8; ++i) net[i].events.clear();
  net.add_clone(0, 1, GetParam());
  // A ninth node makes 36 pairs of 28; beyond that, at most fifteen a second: what each of the two
  // says of its run is pulled at once. Of two with one session the later one is not heard, since
  // its clock is behind, and goes on knocking.
  EXPECT_LE(frames_in_ten_minutes(net), without * 36 / 28 + 600 * 15);
  for (std::size_t i = 1; i < 8; ++i) {
    for (const CoreEvent& event : net[i].events) EXPECT_EQ(event.origin, twin);
    net.set(i, "door", Value::boolean(true));
  }
  net.run_for(10s);
  for (std::size_t i = 1; i < 8; ++i) EXPECT_TRUE(net.read(8 - i, i, "door"));
}

INSTANTIATE_TEST_SUITE_P(Scenario, Clones, testing::Bool(), [](const auto& test) {
  return test.param ? "WithTheSameEntropy" : "WithTheirOwnEntropy";
});

struct Aftermath {
  bool multicast;
  bool says_bye;
  std::chrono::seconds lasts;
};

class AfterTheClone : public testing::TestWithParam<Aftermath> {
 protected:
  void SetUp() override {
    net_.options.multicast = GetParam().multicast;
    net_.add("node0");
    net_.add("original", {0});
    for (int i = 2; i < 5; ++i) net_.add("node" + std::to_string(i), {0});
    ASSERT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 20s));
    net_.run_for(1min);
  }
  const Peer& original_at(std::size_t by) {
    return *net_.node(by).peers().find(net_.node(kOriginal).self().id());
  }
  /// All others show this run of it as live.
  bool is_believed(std::size_t machine) {
    for (const std::size_t i : kOthers) {
      const Peer& peer = original_at(i);
      if (!peer.reachable() || peer.session.peer != net_.node(machine).self().session()) {
        return false;
      }
    }
    return true;
  }
  static constexpr std::size_t kOriginal = 1;
  static constexpr std::size_t kOthers[] = {0, 2, 3, 4};
  VirtualNetwork net_;
};

// protocol.md [past-run-told] [refused-calls] [clone-told] [silent-greeted]
TEST_P(AfterTheClone, TheOneThatRemainsIsBelievedWithinFifteenSeconds) {
  const std::size_t clone = net_.add_clone(kOriginal, 2, false);
  net_.run_for(GetParam().lasts);
  if (GetParam().lasts > 30s) {
    EXPECT_NE(is_believed(kOriginal), is_believed(clone)) << "one of them, and for all alike";
    EXPECT_TRUE(net_.node(kOriginal).own_clone(net_.now()));
    EXPECT_TRUE(net_.node(clone).own_clone(net_.now()));
    // protocol.md [refused-calls]: at most one in 10 s, and most of the time none.
    EXPECT_LE(net_.node(kOriginal).self().version().incarnation, 30U);
    const bool is_original = is_believed(kOriginal);
    for (const std::size_t i : kOthers) {
      const Peer& peer = original_at(i);
      EXPECT_TRUE(peer.twin.is_there(net_.now()));
      EXPECT_EQ(peer.path.endpoint, net_[is_original ? kOriginal : clone].endpoint);
      EXPECT_EQ(peer.twin.at, net_[is_original ? clone : kOriginal].endpoint);
      EXPECT_GE(net_.events_of(i, Kind::clone), 1U);
    }
    net_[2].events.clear();
    net_.run_for(2min);
    EXPECT_EQ(is_believed(kOriginal), is_original) << "they do not take turns";
    EXPECT_EQ(net_.events_of(2, Kind::joined), 0U);
  }
  if (GetParam().says_bye) {
    net_.stop(clone, ByeReason::restarting);
  } else {
    net_.kill(clone);
  }
  EXPECT_TRUE(net_.run_until([&] { return is_believed(kOriginal); }, 15s));
  net_.run_for(kTwinKept + 1s);
  EXPECT_TRUE(is_believed(kOriginal));
  for (const std::size_t i : kOthers) EXPECT_FALSE(original_at(i).twin.is_there(net_.now()));
  EXPECT_FALSE(net_.node(kOriginal).own_clone(net_.now())) << "the warning ends";
}

INSTANTIATE_TEST_SUITE_P(Scenario, AfterTheClone,
                         testing::Values(Aftermath{true, true, 10s}, Aftermath{true, false, 10s},
                                         Aftermath{false, true, 10s}, Aftermath{false, false, 10s},
                                         Aftermath{true, false, 3s}, Aftermath{true, true, 600s},
                                         Aftermath{true, false, 600s},
                                         Aftermath{false, false, 600s}));

}  // namespace
}  // namespace dsn::test
