// SPDX-License-Identifier: Apache-2.0
#include "sim/parameters.hpp"

#include <fmt/format.h>

namespace dsn::sim {
namespace {

constexpr const char* kFaultNames[] = {"cut_one_way",    "cut_in_two",     "cut_multicast",
                                       "isolate",        "flap",           "move",
                                       "network_change", "clock_rate",     "suspend",
                                       "pause",          "crash",          "crash_in_sending",
                                       "disk_lost",      "disk_read_only", "disk_rolled_back",
                                       "replace_card",   "say_bye",        "send_error",
                                       "disk_torn",      "disk_full",      "crash_in_saving",
                                       "clone",          "rewrite",        "cut_pair",
                                       "wrong_route",    "power_cut",      "short_life",
                                       "clone_ends"};
static_assert(std::size(kFaultNames) == kFaults);

// Swarm testing (Groce et al. 2012): a fault that is always there hides what happens without it.
bool is_on(Random& random) { return !random.one_in(3); }

double chance(Random& random, std::uint64_t percent_max) {
  return is_on(random) ? static_cast<double>(1 + random.below(percent_max)) / 100 : 0;
}

void draw_link(Random& random, test::NetworkOptions& network) {
  network.multicast = is_on(random);
  network.loss = chance(random, 50);
  network.bursts = is_on(random) && random.one_in(2);
  network.duplication = chance(random, 20);
  network.corruption = chance(random, 5);
  network.truncation = chance(random, 3);
  network.extension = chance(random, 3);
  network.splicing = chance(random, 3);
  network.straggling = chance(random, 5);
  network.replay = chance(random, 15);
  network.straggle_max = random.one_in(4) ? Duration(30s) : Duration(3s);
  if (is_on(random)) network.delay_max = random.one_in(4) ? 300ms : 30ms;
}

void draw_later_faults(Parameters& drawn) {
  Random random(drawn.seed ^ 0x6c61'7465'7200'0000);
  for (std::size_t i = kFirstFaults; i < kLatestFaults; ++i) drawn.enabled[i] = is_on(random);
  // What a clone does to its origin is no longer looked at, so it is rare.
  drawn.enabled[static_cast<std::size_t>(Fault::clone)] = random.one_in(5);
  drawn.insider = random.one_in(3);
  drawn.insider_stays = drawn.insider && random.one_in(2);
  drawn.later_version_one_in = random.one_in(3) ? 1 + random.below(3) : 0;
  drawn.messages = random.one_in(2);
  // Where the states of all others are within their shares.
  const bool small = drawn.large_one_in == 0 && !drawn.allows(Fault::rewrite);
  if (!small || random.one_in(2)) return;
  drawn.hogs = 2;
  drawn.network.common_replica_bytes = 8 * 1024;
}

// From streams of their own, so that an older seed still stands for what it stood for. The first
// node is whom others are bootstrapped from.
void draw_roles(Parameters& drawn) {
  Random random(drawn.seed ^ 0x726f'6c65'7300'0000);
  if (random.one_in(3)) drawn.observers = 1 + random.below(drawn.nodes - 1);
  drawn.sleepers = random.one_in(3);
}

void draw_values(Parameters& drawn) {
  Random random(drawn.seed ^ 0x7661'6c75'6573'0000);
  drawn.values = random.one_in(3);
}

void draw_latest_faults(Parameters& drawn) {
  Random random(drawn.seed ^ 0x6c61'7465'7374'0000);
  for (std::size_t i = kLatestFaults; i < kFaults; ++i) drawn.enabled[i] = random.one_in(3);
}

// Who forgets its peers, or comes with another identity and an old key, is shut out as it should
// be, so these faults are off.
void draw_keys(Parameters& drawn) {
  Random random(drawn.seed ^ 0x6b65'7973'0000'0000);
  drawn.keys_change = random.one_in(3);
  if (!drawn.keys_change) return;
  drawn.network.authority = true;
  for (const Fault fault :
       {Fault::disk_lost, Fault::replace_card, Fault::clone, Fault::clone_ends}) {
    drawn.enabled[static_cast<std::size_t>(fault)] = false;
  }
  drawn.puts_out = !drawn.sleepers && random.one_in(2);
}

}  // namespace

const char* name_of(Fault fault) { return kFaultNames[static_cast<std::size_t>(fault)]; }

Parameters Parameters::draw(std::uint64_t seed) {
  Random random(seed ^ 0x7369'6d75'6c61'7465);
  Parameters drawn;
  drawn.seed = seed;
  drawn.nodes = 2 + random.below(random.one_in(8) ? 9 : 4);
  drawn.actions = 10 + random.below(60);
  drawn.pause_max = random.one_in(2) ? 300ms : 1500ms;
  drawn.keys = 1 + random.below(random.one_in(4) ? 120 : 12);
  drawn.batch_max = random.one_in(4) ? 120 : 4;
  drawn.unset_percent = random.one_in(3) ? 5 : 30;
  drawn.clear_one_in = is_on(random) ? 0 : 6;
  drawn.large_one_in = is_on(random) ? 1 + random.below(20) : 0;
  drawn.loss_in_peace = is_on(random) ? 0.05 : 0;
  drawn.network.seed = seed;
  draw_link(random, drawn.network);
  drawn.bootstrap = !drawn.network.multicast || random.one_in(3);
  for (std::size_t i = 0; i < kFirstFaults; ++i) drawn.enabled[i] = is_on(random);
  draw_later_faults(drawn);
  draw_roles(drawn);
  draw_latest_faults(drawn);
  draw_keys(drawn);
  draw_values(drawn);
  return drawn;
}

std::string Parameters::describe() const {
  std::string text = fmt::format(
      "{} nodes, {} actions up to {} ms apart, {} keys, batches up to {}, {} % unset, "
      "cleared one in {}, large value one in {}\n"
      "multicast {}, bootstrap {}, delay up to {} ms, stragglers up to {} ms\n"
      "loss {:.2f}, bursts {}, duplication {:.2f}, corruption {:.2f}, truncation {:.2f}, "
      "extension {:.2f}, splicing {:.2f}, straggling {:.2f}, replay {:.2f}\n"
      "insider {}, who stays {}, hogs {}, later version one in {}, messages {}, values {}, "
      "observers {}, "
      "sleepers {}, keys change {}, and put a node out {}\n"
      "faults:",
      nodes, actions, to_ms(pause_max), keys, batch_max, unset_percent, clear_one_in, large_one_in,
      network.multicast, bootstrap, to_ms(network.delay_max), to_ms(network.straggle_max),
      network.loss, network.bursts, network.duplication, network.corruption, network.truncation,
      network.extension, network.splicing, network.straggling, network.replay, insider,
      insider_stays, hogs, later_version_one_in, messages, values, observers, sleepers, keys_change,
      puts_out);
  for (std::size_t i = 0; i < kFaults; ++i) {
    if (enabled[i]) text += fmt::format(" {}", kFaultNames[i]);
  }
  return text;
}

}  // namespace dsn::sim
