// SPDX-License-Identifier: Apache-2.0
#include "cli/show/node_table.hpp"

#include <gtest/gtest.h>

namespace dsn::cli {
namespace {

TEST(NodeTable, NodesThatAreHeardOnlyHaveALineEach) {
  EXPECT_EQ(half_met_table({}, {}), "");
  EXPECT_EQ(
      half_met_table({{.node = "barn", .address = "10.77.0.9:17373", .left_out = true},
                      {.node = "coop\x1b", .address = "10.77.0.7:1", .interface_name = "eth0"}},
                     {}),
      "barn      heard at 10.77.0.9:17373, not in whitelist_node_ids\n"
      "coop\\x1b  heard at 10.77.0.7:1 on eth0, does not answer\n");
}

}  // namespace
}  // namespace dsn::cli
