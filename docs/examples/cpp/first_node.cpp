// SPDX-License-Identifier: Apache-2.0
// The simplest network is a single node, which needs no agent.
//
//   g++ -std=c++20 first_node.cpp $(pkg-config --cflags --libs dsn-node) -o first_node
#include <cstdio>
#include <dsn/node.hpp>

int main() {
  auto node = dsn::Node::start({.node_id = "my_first_node", .port = 8000});
  if (!node) {
    std::fprintf(stderr, "%s\n", node.error().c_str());
    return 1;
  }
  node->set("status", dsn::Value::text("online"));
  node->set("temperature", dsn::Value::real(72.5));
  for (const auto& reading : node->read()) std::printf("%s\n", reading.key.c_str());
}
