// SPDX-License-Identifier: Apache-2.0
// Deleted keys came back in others (piko#314), when the deletion was forgotten before all had it.
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {

using namespace core;

TEST(Scenario, DeletedKeysStayDeletedAfterALongPartition) {
  VirtualNetwork net;
  for (int i = 0; i < 3; ++i) net.add("node" + std::to_string(i));
  for (int key = 0; key < 100; ++key) net.set(0, "key" + std::to_string(key), Value::integer(key));
  net.set(0, "kept", Value::integer(1));
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 10s));
  net.cut = {{0, 2}, {2, 0}, {1, 2}, {2, 1}};
  // One by one, and more than the 64 that an owner remembers.
  for (int key = 0; key < 100; ++key) {
    net.unset(0, "key" + std::to_string(key));
    net.run_for(1min);
  }
  ASSERT_TRUE(net.read(2, 0, "key99"));
  net.cut.clear();
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 90s));
  net.run_for(1h);
  for (const std::size_t reader : {1U, 2U}) {
    const Peer* peer = net[reader].node->peers().find(net.node(0).self().id());
    EXPECT_EQ(peer->copy.replica.store().count(), 1U);
    EXPECT_EQ(net.read(reader, 0, "kept"), Value::integer(1));
  }
}

}  // namespace dsn::test
