// SPDX-License-Identifier: Apache-2.0
// vigil NODES [--loss PERCENT] [--hours H] [--kills N]
// How soon the dead are missed, and how often the living are. Figures for docs/benchmarks.md;
// structural fake in place of cryptography. All nodes live for H hours of virtual time under that
// loss of everything; then, one after another, some are killed.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "support/virtual_network.hpp"

namespace dsn::sim {

using namespace core;

namespace {

using Kind = CoreEvent::Kind;

constexpr double kIpUdpHeaders = 28;
constexpr Duration kWatch = 5min;  // after each death

struct Arguments {
  std::size_t nodes = 50;
  double loss = 0;
  double hours = 0.1;
  std::size_t kills = 0;
};

double seconds(Duration span) { return static_cast<double>(span.count()) / 1e6; }

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

class Vigil {
 public:
  explicit Vigil(const Arguments& arguments) : arguments_(arguments), random_(42) {
    net_.arriving = [this](std::size_t, const Endpoint&, ByteView bytes) {
      ++received_frames_;
      received_bytes_ += bytes.size();
    };
  }
  void boot();
  void live();
  void die();

 private:
  /// Takes out of all nodes what they reported, and counts it.
  std::size_t take(Kind kind);
  void forget_events();
  void kill_one(std::size_t victim);
  [[nodiscard]] double traffic() const {
    const auto frames = static_cast<double>(net_.datagrams_sent + received_frames_);
    return (static_cast<double>(net_.bytes_sent + received_bytes_) + frames * kIpUdpHeaders) / 2;
  }

  Arguments arguments_;
  Random random_;
  test::VirtualNetwork net_;
  std::uint64_t received_frames_ = 0;
  std::uint64_t received_bytes_ = 0;
  std::vector<double> late_, gone_, last_;  // of each observer; of the last one
  std::size_t missed_ = 0;
  std::size_t wronged_ = 0;
};

std::size_t Vigil::take(Kind kind) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < net_.size(); ++i) count += net_.events_of(i, kind);
  return count;
}

void Vigil::forget_events() {
  for (std::size_t i = 0; i < net_.size(); ++i) net_[i].events.clear();
}

void Vigil::boot() {
  for (std::size_t i = 0; i < arguments_.nodes; ++i) net_.add("node" + std::to_string(i));
  if (!net_.run_until([&] { return net_.all_meet(); }, 10min)) fmt::print("not all have met\n");
  net_.options.loss = arguments_.loss;
  // Until most pairs had a round, and so a session: making these is not the traffic of rest.
  net_.run_for(2min + 3s * arguments_.nodes);
}

void Vigil::live() {
  const Duration step = 1min;
  const auto steps = static_cast<std::uint64_t>(arguments_.hours * 60);
  const double before = traffic();
  const std::uint64_t frames_before = net_.datagrams_sent;
  std::size_t late = 0;
  std::size_t gone = 0;
  forget_events();
  for (std::uint64_t i = 0; i < steps; ++i) {
    net_.run_for(step);
    late += take(Kind::late);
    gone += take(Kind::gone);
    forget_events();
  }
  const auto nodes = static_cast<double>(net_.size());
  const double span = seconds(step) * static_cast<double>(steps);
  const double samples = nodes * (nodes - 1) * span / seconds(kRoundMax);
  fmt::print(
      "{} nodes, {:.0f} % loss, {:.1f} h: {:.1f} million samples of a pair in a round, {} "
      "late, {} gone\n",
      net_.size(), arguments_.loss * 100, span / 3600, samples / 1e6, late, gone);
  fmt::print("{:.0f} B/s a node, {:.2f} frames/s sent\n", (traffic() - before) / span / nodes,
             static_cast<double>(net_.datagrams_sent - frames_before) / span / nodes);
}

void Vigil::kill_one(std::size_t victim) {
  const NodeId id = net_.node(victim).self().id();
  const Instant death = net_.now();
  forget_events();
  net_.kill(victim);
  std::vector<bool> found(net_.size());
  double last = 0;
  while (net_.now() - death < kWatch) {
    net_.run_for(100ms);
    for (std::size_t i = 0; i < net_.size(); ++i) {
      for (const CoreEvent& event : net_[i].events) {
        const double after = seconds(net_.now() - death);
        if (event.kind == Kind::late && event.origin == id) late_.push_back(after);
        if (event.kind == Kind::gone && event.origin != id) ++wronged_;
        if (event.kind != Kind::gone || event.origin != id || found[i]) continue;
        found[i] = true;
        gone_.push_back(after);
        last = after;
      }
      net_[i].events.clear();
    }
  }
  missed_ += net_.size() - 1 - static_cast<std::size_t>(std::ranges::count(found, true));
  last_.push_back(last);
  net_.restart(victim, net_[victim].options.incarnation + 1);
  if (!net_.run_until([&] { return net_.all_meet(); }, 10min)) fmt::print("not all have met\n");
  net_.run_for(random_.between(60s, 70s));
}

void Vigil::die() {
  for (std::size_t i = 0; i < arguments_.kills; ++i) kill_one(random_.below(net_.size()));
  fmt::print(
      "{} deaths: late p50 {:.1f} s; gone p50 {:.1f}, p99 {:.1f}, max {:.1f} s; at all p50 "
      "{:.1f}, max {:.1f} s; {} never, {} others gone\n",
      arguments_.kills, percentile(late_, 0.5), percentile(gone_, 0.5), percentile(gone_, 0.99),
      percentile(gone_, 1), percentile(last_, 0.5), percentile(last_, 1), missed_, wronged_);
}

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const bool more = i + 1 < argc;
    if (word == "--loss" && more) {
      arguments.loss = std::strtod(argv[++i], nullptr) / 100;
    } else if (word == "--hours" && more) {
      arguments.hours = std::strtod(argv[++i], nullptr);
    } else if (word == "--kills" && more) {
      arguments.kills = std::strtoull(argv[++i], nullptr, 10);
    } else {
      arguments.nodes = std::max<std::size_t>(std::strtoull(argv[i], nullptr, 10), 2);
    }
  }
  return arguments;
}

}  // namespace
}  // namespace dsn::sim

int main(int argc, char** argv) {
  const dsn::sim::Arguments arguments = dsn::sim::parse(argc, argv);
  dsn::sim::Vigil vigil(arguments);
  vigil.boot();
  if (arguments.hours > 0) vigil.live();
  if (arguments.kills > 0) vigil.die();
  return 0;
}
