// SPDX-License-Identifier: Apache-2.0
// crowd [NODES] [LOSS_PERCENT] [--all] [--idle MINUTES] [--updates N]
//       [--csv FILE]
// How a large network boots cold, idles, and takes updates. Figures for docs/benchmarks.md;
// structural fake in place of cryptography. The loss is that of multicast; with --all, of
// everything.
#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "support/virtual_network.hpp"

namespace dsn::sim {

using namespace core;

namespace {

constexpr Duration kSwitchedOnWithin = 2s;
constexpr Duration kBootLimit = 180s;
constexpr Duration kSample = 100ms;
constexpr double kIpUdpHeaders = 28;

struct Arguments {
  std::size_t nodes = 1000;
  double loss = 0.1;
  bool all_lost = false;
  Duration idle = 120s;
  std::size_t updates = 20;
  std::string csv;
};

double seconds(Duration span) { return static_cast<double>(span.count()) / 1e6; }

template <typename T>
T percentile(std::vector<T> values, double share) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

struct Traffic {
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;
  Traffic operator-(const Traffic& before) const {
    return {frames - before.frames, bytes - before.bytes};
  }
};

class Crowd {
 public:
  explicit Crowd(const Arguments& arguments)
      : arguments_(arguments), random_(42), net_(options_of(arguments)) {
    net_.arriving = [this](std::size_t, const Endpoint&, ByteView bytes) {
      ++received_.frames;
      received_.bytes += bytes.size();
    };
  }

  void boot();
  void report_drops() const;
  void report_memory();
  void idle();
  void update();

 private:
  static test::NetworkOptions options_of(const Arguments& arguments) {
    test::NetworkOptions options;
    (arguments.all_lost ? options.loss : options.multicast_loss) = arguments.loss;
    return options;
  }
  [[nodiscard]] double nodes() const { return static_cast<double>(net_.size()); }
  [[nodiscard]] Traffic sent() const { return {net_.datagrams_sent, net_.bytes_sent}; }
  [[nodiscard]] Traffic sent_by(std::size_t index) const {
    const Counters& counters = net_[index].node->counters();
    return {counters[Counter::frames_out], counters[Counter::bytes_out]};
  }
  [[nodiscard]] double share_met() const;
  void switch_on(Duration since_begin);
  void note_second();
  void report_traffic(std::string_view what, const Traffic& sent, const Traffic& received,
                      Duration span) const;
  void update_one(std::vector<double>& arrivals, std::vector<std::uint64_t>& rounds);

  Arguments arguments_;
  Random random_;
  test::VirtualNetwork net_;
  std::vector<Duration> switched_on_;  // those that are still to be, last first
  Traffic received_;
  // Of the boot, second by second.
  Traffic second_sent_, second_received_, peak_sent_, peak_received_, peak_of_one_;
  std::vector<Traffic> second_of_each_;
};

double Crowd::share_met() const {
  std::size_t met = 0;
  for (std::size_t i = 0; i < net_.size(); ++i) met += net_[i].node->peers().reachable_count();
  return static_cast<double>(met) /
         (static_cast<double>(arguments_.nodes) * static_cast<double>(arguments_.nodes - 1));
}

// Runs until then, switching nodes on at their moments.
void Crowd::switch_on(Duration since_begin) {
  const Instant begin = Instant{} + 1h;  // where virtual time starts
  while (!switched_on_.empty() && switched_on_.back() <= since_begin) {
    net_.run_for(begin + switched_on_.back() - net_.now());
    net_.add("node" + std::to_string(net_.size()));
    switched_on_.pop_back();
  }
  net_.run_for(begin + since_begin - net_.now());
}

void keep_larger(Traffic& peak, const Traffic& one) {
  peak.frames = std::max(peak.frames, one.frames);
  peak.bytes = std::max(peak.bytes, one.bytes);
}

void Crowd::note_second() {
  keep_larger(peak_sent_, sent() - second_sent_);
  keep_larger(peak_received_, received_ - second_received_);
  second_sent_ = sent();
  second_received_ = received_;
  second_of_each_.resize(net_.size());
  for (std::size_t i = 0; i < net_.size(); ++i) {
    keep_larger(peak_of_one_, sent_by(i) - second_of_each_[i]);
    second_of_each_[i] = sent_by(i);
  }
}

void Crowd::report_traffic(std::string_view what, const Traffic& sent, const Traffic& received,
                           Duration span) const {
  const auto print = [&](const char* verb, const Traffic& traffic) {
    const double frames = static_cast<double>(traffic.frames) / nodes() / seconds(span);
    const double bytes = static_cast<double>(traffic.bytes) / nodes() / seconds(span);
    fmt::print("{}: {} {:.1f} frames, {:.0f} bytes, {:.0f} with IP and UDP, a node and second\n",
               what, verb, frames, bytes, bytes + frames * kIpUdpHeaders);
  };
  print("sent", sent);
  print("received", received);
  std::fflush(stdout);
}

void Crowd::boot() {
  for (std::size_t i = 0; i < arguments_.nodes; ++i) {
    switched_on_.push_back(random_.between(Duration(0), kSwitchedOnWithin));
  }
  std::ranges::sort(switched_on_, std::greater<>());
  std::ofstream csv(arguments_.csv);
  csv << "seconds,share_met,frames,bytes\n";
  std::vector<double> shares{0.5, 0.9, 0.99, 0.999, 1.0};
  Duration at{};
  while (!shares.empty() && at < kBootLimit) {
    at += kSample;
    switch_on(at);
    const double share = share_met();
    csv << fmt::format("{:.1f},{:.6f},{},{}\n", seconds(at), share, net_.datagrams_sent,
                       net_.bytes_sent);
    csv.flush();
    if (at.count() % Duration(1s).count() == 0) note_second();
    while (!shares.empty() && share >= shares.front()) {
      fmt::print(
          "{:5.1f} % of all pairs met after {:.1f} s: sent {:.0f} frames, {:.0f} bytes a "
          "node, {} multicasts\n",
          shares.front() * 100, seconds(at), static_cast<double>(net_.datagrams_sent) / nodes(),
          static_cast<double>(net_.bytes_sent) / nodes(), net_.multicasts_sent);
      std::fflush(stdout);
      shares.erase(shares.begin());
    }
  }
  if (!shares.empty()) fmt::print("not all pairs met: {:.4f} %\n", share_met() * 100);
  report_traffic("boot", sent(), received_, at);
  fmt::print(
      "peak second, each node on average: sent {:.0f} frames, {:.0f} bytes; received {:.0f} "
      "frames, {:.0f} bytes\n",
      static_cast<double>(peak_sent_.frames) / nodes(),
      static_cast<double>(peak_sent_.bytes) / nodes(),
      static_cast<double>(peak_received_.frames) / nodes(),
      static_cast<double>(peak_received_.bytes) / nodes());
  fmt::print("peak second of any one node: sent {} frames, {} bytes\n", peak_of_one_.frames,
             peak_of_one_.bytes);
}

void Crowd::report_drops() const {
  for (std::size_t c = 0; c < std::size(kCounterNames); ++c) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < net_.size(); ++i) sum += net_[i].node->counters().values()[c];
    const std::string_view name = kCounterNames[c];
    if (name.starts_with("drop_") && sum > 0) {
      fmt::print("{}: {:.1f} a node\n", name, static_cast<double>(sum) / nodes());
    }
  }
}

void Crowd::report_memory() {
  for (std::size_t i = 0; i < net_.size(); ++i) net_[i].events = {};
  const double bytes = static_cast<double>(mallinfo2().uordblks + mallinfo2().hblkhd);
  fmt::print("memory: {:.0f} bytes for each node that a node knows\n",
             bytes / (nodes() * (nodes() - 1)));
}

void Crowd::idle() {
  net_.run_for(60s);  // whatever the boot has left to do
  const Traffic sent_before = sent();
  const Traffic received_before = received_;
  net_.run_for(arguments_.idle);
  report_traffic(fmt::format("idle for {:.0f} s", seconds(arguments_.idle)), sent() - sent_before,
                 received_ - received_before, arguments_.idle);
}

// One update of a random node: when each other one has it, and after how many of its own rounds.
void Crowd::update_one(std::vector<double>& arrivals, std::vector<std::uint64_t>& rounds) {
  const std::size_t owner = random_.below(net_.size());
  const auto rounds_of = [this](std::size_t i) {
    return net_[i].node->counters()[Counter::rounds];
  };
  std::vector<std::uint64_t> before(net_.size());
  for (std::size_t i = 0; i < net_.size(); ++i) before[i] = rounds_of(i);
  std::vector<std::size_t> waiting;
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (i != owner) waiting.push_back(i);
  }
  const Instant begin = net_.now();
  net_.set(owner, "room/temperature", Value::real(21.5 + static_cast<double>(arrivals.size())));
  const LocalNode& self = net_[owner].node->self();
  while (!waiting.empty() && net_.now() - begin < 120s) {
    net_.run_for(5ms);
    std::erase_if(waiting, [&](std::size_t i) {
      const Peer* peer = net_[i].node->peers().find(self.id());
      if (peer == nullptr || peer->copy.replica.version() < self.version()) return false;
      arrivals.push_back(seconds(net_.now() - begin));
      rounds.push_back(rounds_of(i) - before[i]);
      return true;
    });
  }
  if (!waiting.empty()) fmt::print("{} nodes are without an update\n", waiting.size());
}

void Crowd::update() {
  std::vector<double> arrivals;
  std::vector<std::uint64_t> rounds;
  for (std::size_t i = 0; i < arguments_.updates; ++i) {
    update_one(arrivals, rounds);
    net_.run_for(random_.between(20s, 40s));
  }
  fmt::print(
      "{} updates to all: p50 {:.3f} s, p99 {:.3f} s, max {:.3f} s; rounds until then: p50 "
      "{}, p99 {}, max {}\n",
      arguments_.updates, percentile(arrivals, 0.5), percentile(arrivals, 0.99),
      percentile(arrivals, 1), percentile(rounds, 0.5), percentile(rounds, 0.99),
      percentile(rounds, 1));
}

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  std::vector<double> numbers;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const bool more = i + 1 < argc;
    if (word == "--all") {
      arguments.all_lost = true;
    } else if (word == "--idle" && more) {
      arguments.idle = std::chrono::minutes(std::atoi(argv[++i]));
    } else if (word == "--updates" && more) {
      arguments.updates = std::strtoull(argv[++i], nullptr, 10);
    } else if (word == "--csv" && more) {
      arguments.csv = argv[++i];
    } else {
      numbers.push_back(std::strtod(argv[i], nullptr));
    }
  }
  if (!numbers.empty()) arguments.nodes = static_cast<std::size_t>(std::max(numbers[0], 2.0));
  if (numbers.size() > 1) arguments.loss = numbers[1] / 100;
  return arguments;
}

}  // namespace
}  // namespace dsn::sim

int main(int argc, char** argv) {
  const dsn::sim::Arguments arguments = dsn::sim::parse(argc, argv);
  dsn::sim::Crowd crowd(arguments);
  crowd.boot();
  crowd.report_drops();
  crowd.report_memory();
  if (arguments.idle > dsn::Duration(0)) crowd.idle();
  if (arguments.updates > 0) crowd.update();
  return 0;
}
