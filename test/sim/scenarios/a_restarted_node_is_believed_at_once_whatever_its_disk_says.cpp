// SPDX-License-Identifier: Apache-2.0
// Others refused a node whose generation was too old or too new (scylladb#5164, #3331).
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {

TEST(Scenario, ARestartedNodeIsBelievedAtOnceWhateverItsDiskSays) {
  VirtualNetwork net;
  for (int i = 0; i < 4; ++i) net.add("node" + std::to_string(i));
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 5s));
  // Counted on, lost, as it was, rolled back, far ahead, and behind that again.
  int round = 0;
  for (const std::uint32_t incarnation : {2U, 1U, 3U, 2U, 4'000'000'000U, 5U}) {
    net.kill(0);
    net.run_for(round % 2 == 0 ? 1s : 5min);
    net.restart(0, incarnation);
    net.set(0, "round", Value::integer(++round));
    EXPECT_TRUE(net.run_until(
        [&] {
          return net.in_sync() && net.read(1, 0, "round") == Value::integer(round) &&
                 net.read(3, 0, "round") == Value::integer(round);
        },
        10s))
        << "incarnation " << incarnation;
  }
}

}  // namespace dsn::test
