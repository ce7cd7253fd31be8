// SPDX-License-Identifier: Apache-2.0
// mutant: the simulator around a core with one known mistake in it.
//   mutant --list               the mistakes, a line each
//   mutant NAME FROM COUNT      seeds until it is caught: at which, and how
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "core/common/injected_bugs.hpp"
#include "sim/simulation.hpp"

namespace dsn::core {

InjectedBug injected_bug = InjectedBug::none;

}  // namespace dsn::core

namespace dsn::sim {

using namespace core;

namespace {

struct Named {
  std::string_view name;
  InjectedBug bug;
  std::string_view what;
};

constexpr Named kBugs[] = {
#define X(name, what) {#name, InjectedBug::name, what},
    DSN_BUGS(X)
#undef X
};

int list() {
  for (const Named& bug : kBugs) fmt::print("{}\t{}\n", bug.name, bug.what);
  return 0;
}

int hunt(const Named& named, std::uint64_t from, std::uint64_t count) {
  injected_bug = named.bug;
  for (std::uint64_t seed = from; seed < from + count; ++seed) {
    // A crash counts as well; then this line is the last one.
    fmt::print("{}\t{}\t", named.name, seed);
    std::fflush(stdout);
    const std::string broken = Simulation(Parameters::draw(seed), CryptoKind::fake).run();
    if (!broken.empty()) {
      fmt::print("{}\n", broken);
      return 0;
    }
    fmt::print("\n");
  }
  return 1;
}

int main_of(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--list") return list();
  for (const Named& named : kBugs) {
    if (argc == 4 && named.name == argv[1]) {
      return hunt(named, std::strtoull(argv[2], nullptr, 10), std::strtoull(argv[3], nullptr, 10));
    }
  }
  std::fputs("usage: mutant --list | mutant NAME FROM COUNT\n", stderr);
  return 2;
}

}  // namespace
}  // namespace dsn::sim

int main(int argc, char** argv) { return dsn::sim::main_of(argc, argv); }
