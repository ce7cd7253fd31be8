// SPDX-License-Identifier: Apache-2.0
// A member that lies about a dead node, to one who never knew it.
#include <gtest/gtest.h>

#include "sim/insider.hpp"
#include "sim/invariants.hpp"
#include "support/fake_crypto.hpp"

namespace dsn::sim {

using namespace core;

TEST(Scenario, ARelayCannotAlterOrRollBack) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    test::NetworkOptions options;
    options.seed = seed;
    test::VirtualNetwork net(options);
    NonceRegister nonces;
    Invariants invariants(net, nonces, true);
    const auto owner = net.add("owner");
    net.add("witness");
    Insider insider(net, seed, [](std::uint64_t key) -> std::unique_ptr<CryptoPort> {
      return std::make_unique<test::FakeCrypto>(key);
    });
    invariants.expect_insider(insider);
    const auto live = [&](Duration span) {
      for (Duration lived{}; lived < span; lived += 200ms) {
        insider.act();
        net.run_for(200ms);
      }
    };
    for (int i = 1; i <= 3; ++i) {
      net.set(owner, "door", Value::integer(i));
      live(12s);
    }
    net.kill(owner);
    live(30s);
    const auto late = net.add("late");
    live(120s);
    EXPECT_EQ(invariants.first_broken(), "") << "seed " << seed;
    EXPECT_EQ(net.read(late, owner, "door"), Value::integer(3)) << "seed " << seed;
  }
}

}  // namespace dsn::sim
