// SPDX-License-Identifier: Apache-2.0
// crowd [NODES] [LOSS_PERCENT]: how a large network boots cold, idles, and takes one update.
// Figures for docs/benchmarks.md; structural fake in place of cryptography.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "support/virtual_network.hpp"

namespace dsn::sim {
namespace {

double seconds(Duration span) { return static_cast<double>(span.count()) / 1e6; }

/// Runs until the condition holds and returns how long it took; gives up at the limit.
template <typename Condition>
double time_until(test::VirtualNetwork& net, Duration step, Duration limit, Condition condition) {
  const Instant begin = net.now();
  while (!condition() && net.now() - begin < limit) net.run_for(step);
  return seconds(net.now() - begin);
}

double share_met(const test::VirtualNetwork& net) {
  std::size_t met = 0;
  for (std::size_t i = 0; i < net.size(); ++i) met += net[i].node->peers().reachable_count();
  return static_cast<double>(met) / static_cast<double>(net.size() * (net.size() - 1));
}

void boot(test::VirtualNetwork& net) {
  for (const double share : {0.5, 0.9, 0.99, 1.0}) {
    const double more = time_until(net, 100ms, 120s, [&] { return share_met(net) >= share; });
    fmt::print(
        "{:5.1f} % of all pairs met after {:.1f} s more: {:.1f} frames, {:.0f} bytes a node\n",
        share_met(net) * 100, more,
        static_cast<double>(net.datagrams_sent) / static_cast<double>(net.size()),
        static_cast<double>(net.bytes_sent) / static_cast<double>(net.size()));
    std::fflush(stdout);
  }
}

void idle(test::VirtualNetwork& net, Duration span) {
  const std::uint64_t frames = net.datagrams_sent;
  const std::uint64_t bytes = net.bytes_sent;
  net.run_for(span);
  const double node_seconds = seconds(span) * static_cast<double>(net.size());
  fmt::print("idle for {:.0f} s: {:.2f} frames, {:.0f} bytes a node and second\n", seconds(span),
             static_cast<double>(net.datagrams_sent - frames) / node_seconds,
             static_cast<double>(net.bytes_sent - bytes) / node_seconds);
  std::fflush(stdout);
}

void update(test::VirtualNetwork& net) {
  const Instant begin = net.now();
  net.set(0, "room/temperature", Value::real(21.5));
  std::vector<double> arrived(net.size(), -1);
  std::size_t left = net.size() - 1;
  while (left > 0 && net.now() - begin < 60s) {
    net.run_for(5ms);
    for (std::size_t i = 1; i < net.size(); ++i) {
      if (arrived[i] >= 0 || !net.read(i, 0, "room/temperature")) continue;
      arrived[i] = seconds(net.now() - begin);
      --left;
    }
  }
  arrived.erase(arrived.begin());
  std::ranges::sort(arrived);
  fmt::print("one update to all: p50 {:.3f} s, p99 {:.3f} s, max {:.3f} s, {} without it\n",
             arrived[arrived.size() / 2], arrived[arrived.size() * 99 / 100], arrived.back(), left);
}

void run(std::size_t nodes, double loss) {
  test::NetworkOptions options;
  options.loss = loss;
  test::VirtualNetwork net(options);
  for (std::size_t i = 0; i < nodes; ++i) net.add("node" + std::to_string(i));
  boot(net);
  idle(net, 60s);
  idle(net, 60s);
  update(net);
}

}  // namespace
}  // namespace dsn::sim

int main(int argc, char** argv) {
  const std::size_t nodes = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000;
  const double percent = argc > 2 ? std::strtod(argv[2], nullptr) : 10;
  dsn::sim::run(std::max<std::size_t>(nodes, 2), percent / 100);
  return 0;
}
