// SPDX-License-Identifier: Apache-2.0
// sim: runs random networks under faults in virtual time.
//   sim --seed S [--trace [--pcap FILE]] [--real-crypto]   one network, with a log of everything,
//                                                     and a capture of it for Wireshark
//   sim --seeds FROM COUNT [--seconds-max N] [--real-crypto]   many
//   sim --new-seeds COUNT [--seconds-max N]           many that nobody has seen before
//   sim --seed-file PATH                              those that broke something once
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "crypto/entropy.hpp"
#include "sim/pcap.hpp"
#include "sim/trace.hpp"

namespace dsn::sim {

using namespace crypto;

namespace {

struct Options {
  std::vector<std::uint64_t> single;
  std::uint64_t from = 0;
  std::uint64_t count = 0;
  std::uint64_t seconds_max = 0;
  bool trace = false;
  const char* pcap = nullptr;
  CryptoKind crypto = CryptoKind::fake;
  bool valid = true;
};

std::uint64_t number(const char* text) { return std::strtoull(text, nullptr, 10); }

void read_seed_file(const char* path, Options& options) {
  std::ifstream file(path);
  options.valid &= file.good();
  std::string line;
  while (std::getline(file, line)) {
    if (!line.empty() && line[0] != '#') options.single.push_back(number(line.c_str()));
  }
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const int left = argc - i - 1;
    if (word == "--trace") {
      options.trace = true;
    } else if (word == "--pcap" && left >= 1) {
      options.pcap = argv[++i];
    } else if (word == "--real-crypto") {
      options.crypto = CryptoKind::real;
    } else if (word == "--seed" && left >= 1) {
      options.single.push_back(number(argv[++i]));
    } else if (word == "--seeds" && left >= 2) {
      options.from = number(argv[++i]);
      options.count = number(argv[++i]);
    } else if (word == "--new-seeds" && left >= 1) {
      std::random_device device;
      options.from = (std::uint64_t{device()} << 20) + (device() & 0xfffff);
      options.count = number(argv[++i]);
    } else if (word == "--seed-file" && left >= 1) {
      read_seed_file(argv[++i], options);
    } else if (word == "--seconds-max" && left >= 1) {
      options.seconds_max = number(argv[++i]);
    } else {
      options.valid = false;
    }
  }
  options.valid &= !options.single.empty() || options.count > 0;
  options.valid &= options.pcap == nullptr || (options.trace && options.single.size() == 1);
  return options;
}

bool run_traced(std::uint64_t seed, const Options& options) {
  Simulation simulation(Parameters::draw(seed), options.crypto);
  trace_to_stdout(simulation, options.crypto == CryptoKind::fake);
  std::ofstream file;
  if (options.pcap != nullptr) file.open(options.pcap, std::ios::binary);
  PcapWriter pcap(file);
  if (options.pcap != nullptr) capture(simulation.network(), pcap);
  fmt::print("*** {}\n", simulation.run());
  file.close();
  if (options.pcap == nullptr || file.good()) return true;
  fmt::print(stderr, "sim: cannot write {}\n", options.pcap);
  return false;
}

bool run_one(std::uint64_t seed, const Options& options) {
  if (options.trace && !run_traced(seed, options)) return false;
  const std::string report = run_seed(seed, options.crypto);
  fmt::print("{}", report);
  std::fflush(stdout);
  return report.empty();
}

int run_all(const Options& options) {
  const auto begin = std::chrono::steady_clock::now();
  std::uint64_t run = 0;
  std::uint64_t failed = 0;
  for (const std::uint64_t seed : options.single) {
    ++run;
    if (!run_one(seed, options)) ++failed;
  }
  std::chrono::duration<double> spent{};
  for (std::uint64_t i = 0; i < options.count; ++i) {
    ++run;
    if (!run_one(options.from + i, options)) ++failed;
    spent = std::chrono::steady_clock::now() - begin;
    const bool out_of_time =
        options.seconds_max > 0 && spent.count() > static_cast<double>(options.seconds_max);
    if (out_of_time) break;
  }
  fmt::print("{} networks from seed {} in {:.1f} s: {} failed\n", run, options.from, spent.count(),
             failed);
  return failed == 0 ? 0 : 1;
}

int main_of(int argc, char** argv) {
  const Options options = parse(argc, argv);
  if (!options.valid) {
    std::fputs(
        "usage: sim --seed S [--trace [--pcap FILE]] | --seeds FROM COUNT | --new-seeds COUNT |\n"
        "       --seed-file PATH, with [--seconds-max N] [--real-crypto]\n",
        stderr);
    return 2;
  }
  if (options.crypto == CryptoKind::real && !initialise_crypto()) {
    std::fputs("sim: the crypto library does not start\n", stderr);
    return 1;
  }
  return run_all(options);
}

}  // namespace
}  // namespace dsn::sim

int main(int argc, char** argv) { return dsn::sim::main_of(argc, argv); }
