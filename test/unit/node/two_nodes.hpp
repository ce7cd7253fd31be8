// SPDX-License-Identifier: Apache-2.0
// Two nodes in virtual time, of which attic looks at what cellar has.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "node/readings_view.hpp"
#include "support/virtual_network.hpp"

namespace dsn::node {

class TwoNodes : public ::testing::Test {
 protected:
  TwoNodes() : attic(net.add("attic")), cellar(net.add("cellar")) {
    net.set(cellar, "pump/temperature", Value::real(38.6), std::chrono::seconds(3));
    net.set(cellar, "site", Value::text("Bern"));
    EXPECT_TRUE(net.run_until([this] { return net.in_sync(); }, std::chrono::seconds(5)));
  }

  Reading one(const std::string& key) {
    const auto found = list_readings(net.node(attic), {"cellar", key}, net.now());
    EXPECT_EQ(found.size(), 1U);
    return found.empty() ? Reading{} : found.front();
  }

  test::VirtualNetwork net;
  std::size_t attic;
  std::size_t cellar;
};

}  // namespace dsn::node
