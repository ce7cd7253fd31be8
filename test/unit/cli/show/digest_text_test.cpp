// SPDX-License-Identifier: Apache-2.0
#include "cli/show/digest_text.hpp"

#include <gtest/gtest.h>

#include "unit/cli/samples.hpp"

namespace dsn::cli {
namespace {

NodeInfo node_of(const std::string& name, NodeState state, std::chrono::milliseconds since) {
  NodeInfo node;
  node.name = name;
  node.state = state;
  node.since = since;
  return node;
}

TEST(Digest, IsOneLineWhenAllIsWell) {
  EXPECT_EQ(digest_text({.nodes = {node_of("attic", NodeState::self, std::chrono::hours(99))},
                         .readings = {},
                         .warnings = {}}),
            "DSN: 1 node, 0 keys; all is well\n");
}

TEST(Digest, TellsTroubleAndWhatHappened) {
  NodeInfo shed = node_of("shed", NodeState::gone, std::chrono::hours(3));
  shed.reason = "silent";
  NodeInfo cellar = node_of("cellar", NodeState::live, std::chrono::hours(90));
  cellar.uptime = std::chrono::hours(2);
  Reading door = reading_of("shed", "do\x1bor", Value::text("open"), "", seconds(243));
  door.freshness = Freshness::late;
  const std::string text = digest_text(
      {.nodes = {shed, cellar},
       .readings = {door, reading_of("cellar", "load", Value::real(1), "", seconds(1))},
       .warnings = {{"code", "about", "no room for shed", "forget nodes"}},
       .ranges = parse_ranges("cellar\troom/t\tCel\t-1.5\t21.25\nnonsense\n\t\t\t1\t")});
  EXPECT_EQ(text,
            "DSN: 2 nodes (1 live, 1 gone), 0 keys; 2 not well\n"
            "\nNot well\n"
            "  shed  gone for 3h00m: silent\n"
            "  shed do\\x1bor  open, 4m03s old: late (max 30s)\n"
            "\nWarnings of this node\n"
            "  no room for shed; forget nodes\n"
            "\nCame and went within 1d\n"
            "  shed  gone for 3h00m: silent\n"
            "  cellar  its agent started 2h00m ago\n"
            "\nLowest and highest within 1d\n"
            "  cellar room/t  -1.5 to 21.25 °C\n");
}

}  // namespace
}  // namespace dsn::cli
