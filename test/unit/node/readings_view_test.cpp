// SPDX-License-Identifier: Apache-2.0
#include "node/readings_view.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "node/node_labels.hpp"
#include "node/unheld_states.hpp"
#include "support/puppet.hpp"
#include "unit/node/two_nodes.hpp"

namespace dsn::node {

using namespace core;
using namespace wire;

namespace {

using test::VirtualNetwork;

class Views : public TwoNodes {};

// protocol.md [memory-told]
TEST(UnheldStates, AreSaidWhileTheCauseLasts) {
  test::NetworkOptions options;
  options.common_replica_bytes = 0;
  VirtualNetwork net(options);
  const std::size_t attic = net.add("attic");
  const std::size_t cellar = net.add("cellar");
  const auto write = [&](int from, int to, std::size_t bytes) {
    for (int i = from; i < to; ++i) {
      net.set(cellar, "k" + std::to_string(i), Value::text(std::string(bytes, 'x')));
    }
  };
  const auto freshness = [&] {
    return list_readings(net.node(attic), {"cellar", "k0"}, net.now()).at(0).freshness;
  };
  const auto warnings = [&] { return memory_warnings(net.node(attic), net.now()); };
  write(0, 12, 1000);
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 10s));
  EXPECT_EQ(freshness(), Freshness::ok);
  EXPECT_TRUE(warnings().empty());
  write(12, 20, 1000);
  net.run_for(130s);
  EXPECT_EQ(freshness(), Freshness::late);
  EXPECT_EQ(find_info(net.node(attic), net.node(cellar).self().id(), net.now())->reason,
            "no room for its newest state");
  ASSERT_EQ(warnings().size(), 1U);
  EXPECT_EQ(warnings()[0].text.substr(0, 51),
            "no room for the state of cellar (20 KiB) for 2m: it");
  write(0, 20, 10);
  EXPECT_TRUE(net.run_until([&] { return net.in_sync(); }, kUnheldPause + 5s));
  EXPECT_EQ(freshness(), Freshness::ok);
  EXPECT_TRUE(warnings().empty());
}

TEST_F(Views, TwoNodesOfOneNameAreToldApart) {
  const NodeId first = net.node(cellar).self().id();
  const auto other = net.add("cellar");
  net.set(other, "door", Value::boolean(true));
  ASSERT_TRUE(net.run_until([this] { return net.in_sync(); }, 5s));
  const NodeId second = net.node(other).self().id();
  const std::string label = disputed_label("cellar", second);
  EXPECT_EQ(label, "cellar~" + second.hex().substr(0, 4));
  const auto read = [&](const std::string& name) {
    return list_readings(net.node(attic), {name, std::nullopt}, net.now());
  };
  EXPECT_EQ(read("cellar").size(), 2U) << "the name means the node that had it first";
  EXPECT_EQ(one("site").freshness, Freshness::ok);
  EXPECT_EQ(read(disputed_label("cellar", first)).size(), 2U);
  for (const std::string& name : {label, second.hex()}) {
    const auto found = read(name);
    ASSERT_EQ(found.size(), 1U) << name;
    EXPECT_EQ(found[0].node, label);
    EXPECT_EQ(found[0].freshness, Freshness::conflict);
  }
  const auto all = list_nodes(net.node(attic), net.now());
  EXPECT_EQ(std::ranges::count(all, true, &NodeInfo::conflict), 1);
  const auto shown = std::ranges::find(all, label, &NodeInfo::name);
  ASSERT_NE(shown, all.end());
  EXPECT_EQ(shown->reason, "the name belongs to " + first.hex().substr(0, 8));
  EXPECT_EQ(find_node(net.node(attic), "cellar"), first);
  EXPECT_EQ(find_node(net.node(attic), label), second);
  EXPECT_FALSE(find_node(net.node(attic), "shed"));
  const auto warnings = conflict_warnings(net.node(attic));
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_TRUE(warnings.front().text.starts_with("two machines are called "))
      << warnings.front().text;
  EXPECT_EQ(refusal_text(net.node(attic), first, Forgotten::is_present),
            "cellar is live: only a node that is gone or has left can be forgotten; if " + label +
                " took its place: dsn forget " + label);
}

TEST_F(Views, ANodeInContactHasAVersionAndAnUptime) {
  const auto cellar_as_shown = [&] {
    return *find_info(net.node(attic), net.node(cellar).self().id(), net.now());
  };
  EXPECT_EQ(cellar_as_shown().program, "") << "it did not say so";
  net.kill(cellar);
  EXPECT_TRUE(net.run_until([&] { return !cellar_as_shown().uptime; }, 1min)) << "it is gone";
  net[cellar].options.program = "0.2.0";
  net.restart(cellar, 2);
  const Instant restarted = net.now();
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 2min));
  for (const Duration more : {0s, 7s, 3600s}) {
    net.run_for(more);
    const NodeInfo shown = cellar_as_shown();
    EXPECT_EQ(shown.program, "0.2.0");
    ASSERT_TRUE(shown.uptime);
    EXPECT_GE(*shown.uptime, net.now() - restarted - 100ms);
    EXPECT_LE(*shown.uptime, net.now() - restarted + 100ms);
  }
  const NodeInfo self = *find_info(net.node(cellar), net.node(cellar).self().id(), net.now());
  EXPECT_EQ(self.program, "0.2.0");
  EXPECT_EQ(*self.uptime, std::chrono::milliseconds(to_ms(net.now() - restarted)));
}

TEST_F(Views, EachStateHasItsReasonAndItsAge) {
  const auto state = [&] {
    const auto all = list_nodes(net.node(attic), net.now());
    const NodeInfo& node = *std::ranges::find(all, "cellar", &NodeInfo::name);
    return std::tuple<NodeState, std::string>(node.state, node.reason);
  };
  EXPECT_EQ(state(), std::tuple(NodeState::live, ""));
  net.stop(cellar, ByeReason::restarting);
  net.run_for(1s);
  EXPECT_EQ(state(), std::tuple(NodeState::restarting, ""));
  ASSERT_TRUE(net.run_until([&] { return std::get<0>(state()) == NodeState::gone; }, 5min));
  EXPECT_EQ(state(), std::tuple(NodeState::gone, "did not come back"));
  net.run_for(10s);
  const auto all = list_nodes(net.node(attic), net.now());
  EXPECT_GE(all[1].since, 10s);
  EXPECT_LT(all[1].since, 11s);
  net.restart(cellar, 2);
  ASSERT_TRUE(net.run_until([&] { return std::get<0>(state()) == NodeState::live; }, 2min));
  net.kill(cellar);
  ASSERT_TRUE(net.run_until([&] { return std::get<0>(state()) == NodeState::late; }, 5min));
  EXPECT_EQ(std::get<1>(state()), "silent");
  ASSERT_TRUE(net.run_until([&] { return std::get<0>(state()) == NodeState::gone; }, 5min));
  EXPECT_EQ(std::get<1>(state()), "silent");
}

TEST_F(Views, ANodeThatSleepsSaysWhenItIsBack) {
  const auto shown = [&] {
    return *find_info(net.node(attic), net.node(cellar).self().id(), net.now());
  };
  net.stop(cellar, {ByeReason::asleep, 600'000});
  net.run_for(2min);
  EXPECT_EQ(shown().state, NodeState::asleep);
  EXPECT_EQ(shown().reason, "back within 9m");
  net.run_for(9min + 2s);
  EXPECT_EQ(shown().state, NodeState::late);
  EXPECT_EQ(shown().reason, "did not come back");
}

TEST_F(Views, ANodeThatOnlyOthersHearIsViaWhoToldOfIt) {
  const std::size_t coop = net.add("coop");
  net.run_for(20s);  // each has shown the others a beat
  ASSERT_TRUE(net.in_sync());
  const auto via = [&] {
    return find_info(net.node(attic), net.node(cellar).self().id(), net.now())->via;
  };
  net.cut = {{attic, cellar}, {cellar, attic}};
  EXPECT_TRUE(net.run_until([&] { return via() == "via coop"; }, 60s));
  net.kill(coop);
  EXPECT_TRUE(net.run_until([&] { return via() != "via coop"; }, 90s)) << "it is gone";
}

TEST_F(Views, ANodeOfAnEarlierRunIsShownFromTheStart) {
  const NodeId id = net.node(cellar).self().id();
  net[attic].options.known = net.node(attic).known(net.now(attic));
  net[attic].options.expected = {"barn"};
  net.kill(cellar);
  net.kill(attic);
  net.restart(attic, 2);
  const auto shown = [&](const NodeId& of) { return *find_info(net.node(attic), of, net.now()); };
  EXPECT_EQ(shown(id).state, NodeState::late);
  EXPECT_EQ(shown(id).reason, "not heard since this agent started; last at 10.0.0.1");
  EXPECT_EQ(shown(id).via, "remembered");
  EXPECT_EQ(shown(id).address, net[cellar].endpoint.to_string());
  const NodeId barn = ExpectedNodes::id_of("barn");
  EXPECT_EQ(shown(barn).reason, "expected, never heard");
  EXPECT_EQ(find_nodes(net.node(attic), "barn", net.now()), std::vector<NodeId>{barn});
  std::size_t told = 0;
  const auto tell = [&](const NodeEvent&) { ++told; };
  tell_present(
      net.node(attic), net.now(), [](const NodeEvent&) { return true; }, tell);
  EXPECT_EQ(told, 0U) << "they may come yet";
  net.run_for(kAwaitedMax + 1s);
  EXPECT_EQ(shown(id).state, NodeState::gone);
  EXPECT_EQ(shown(id).since, 1s);
  EXPECT_EQ(shown(barn).state, NodeState::gone);
  EXPECT_EQ(count_nodes(net.node(attic)).known, 2U);
  tell_present(
      net.node(attic), net.now(), [](const NodeEvent&) { return true; }, tell);
  EXPECT_EQ(told, 2U);
  std::vector<std::string> gone;
  for (const CoreEvent& event : net[attic].events) {
    const auto described = describe_event(net.node(attic), event, net.now());
    if (event.kind == CoreEvent::Kind::gone) gone.push_back(described->node);
  }
  std::ranges::sort(gone);
  EXPECT_EQ(gone, (std::vector<std::string>{"barn", "cellar"}));
}

TEST_F(Views, NodesShowStateAndHowTheyWereFound) {
  const auto all = list_nodes(net.node(attic), net.now());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "attic");
  EXPECT_EQ(all[0].state, NodeState::self);
  EXPECT_EQ(all[1].state, NodeState::live);
  EXPECT_EQ(all[1].keys, 2U);
  EXPECT_EQ(all[1].via, "mcast4@eth0");
  EXPECT_EQ(all[1].address, "10.0.0.1:17373");
}

TEST_F(Views, AnEventCarriesTheReading) {
  const CoreEvent updated{CoreEvent::Kind::updated, net.node(cellar).self().id(), "site"};
  const auto shown = describe_event(net.node(attic), updated, net.now());
  ASSERT_TRUE(shown && shown->reading);
  EXPECT_EQ(shown->node, "cellar");
  EXPECT_EQ(shown->reading->value, Value::text("Bern"));
  const auto clone = describe_event(net.node(attic), {CoreEvent::Kind::clone, {}, ""}, net.now());
  ASSERT_TRUE(clone);
  EXPECT_EQ(clone->kind, NodeEvent::Kind::clone);
  EXPECT_EQ(clone->node, "attic");
}

}  // namespace
}  // namespace dsn::node
