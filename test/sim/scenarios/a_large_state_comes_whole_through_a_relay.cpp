// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {

using namespace core;

TEST(Scenario, ALargeStateComesWholeThroughARelay) {
  NetworkOptions options;
  options.loss = 0.2;
  VirtualNetwork net(options);
  const auto owner = net.add("owner");
  const auto relay = net.add("relay");
  std::vector<Write> writes(60);
  for (std::size_t i = 0; i < writes.size(); ++i) {
    writes[i].key = "key" + std::to_string(i);
    writes[i].value = Value::text(std::string(1000, 'x'));
  }
  ASSERT_TRUE(net.commit(owner, writes).ok());
  const NodeId id = net.node(owner).self().id();
  const auto holds = [&](std::size_t reader) {
    const Peer* peer = net.node(reader).peers().find(id);
    return peer != nullptr && peer->copy.checkpoint &&
           peer->copy.checkpoint->head.version.version == 1;
  };
  ASSERT_TRUE(net.run_until([&] { return holds(relay); }, 90s));
  net.kill(owner);
  const auto late = net.add("late");
  ASSERT_TRUE(net.run_until([&] { return holds(late); }, 120s));
  EXPECT_EQ(net.node(late).peers().find(id)->copy.replica.store().entries(),
            net.node(owner).self().state().store().entries());
}

}  // namespace dsn::test
