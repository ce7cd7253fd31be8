// SPDX-License-Identifier: Apache-2.0
// What one seed stands for: the size of the network, its work, and what may go wrong in it.
#pragma once

#include <cstdint>
#include <string>

#include "support/virtual_network.hpp"

namespace dsn::sim {

/// Things that are done to a network while it runs.
enum class Fault : std::uint8_t {
  cut_one_way,       ///< from one machine to another nothing gets through
  cut_in_two,        ///< two halves do not hear each other
  cut_multicast,     ///< of one machine, only multicast is lost
  isolate,           ///< a cable is pulled; the machine notices when it is back
  flap,              ///< many short cuts in a row
  move,              ///< another address
  network_change,    ///< the kernel reports one, and nothing is different
  clock_rate,        ///< half to twice as fast as the world's
  suspend,           ///< sleeps while the clock goes on, up to 30 h
  pause,             ///< starved: hears nothing, does nothing
  crash,             ///< dies at once
  crash_in_sending,  ///< dies between two effects
  disk_lost,         ///< and so is the incarnation
  disk_read_only,
  disk_rolled_back,  ///< also what is left of a torn file: the copy before
  replace_card,      ///< the key is lost as well: another node under the same name
  say_bye,
  // Those from here on are drawn from a stream of their own, so that an older seed still stands for
  // what it stood for.
  send_error,  ///< the kernel refuses to send, with any errno
  disk_torn,   ///< the newest copy cannot be read, or none
  disk_full,
  crash_in_saving,
  clone,    ///< a second machine with the same key
  rewrite,  ///< a large state changes wholly while others fetch it
  // And again from another stream.
  cut_pair,     ///< between two machines nothing gets through, either way
  wrong_route,  ///< of one machine, only multicast arrives
  power_cut,    ///< all go off at once, and one of them does not return
  short_life,   ///< a good-bye in the first second
  clone_ends,   ///< the second machine with the same key is switched off for good
  kCount,
};

inline constexpr std::size_t kFaults = static_cast<std::size_t>(Fault::kCount);
inline constexpr std::size_t kFirstFaults = static_cast<std::size_t>(Fault::send_error);
inline constexpr std::size_t kLatestFaults = static_cast<std::size_t>(Fault::cut_pair);
[[nodiscard]] const char* name_of(Fault fault);

struct Parameters {
  std::uint64_t seed = 0;
  std::size_t nodes = 2;
  std::size_t actions = 0;
  Duration pause_max{};       ///< between two actions
  std::uint64_t keys = 8;     ///< of each node
  std::size_t batch_max = 4;  ///< writes in a commit
  std::uint64_t unset_percent = 30;
  std::uint64_t clear_one_in = 0;  ///< commits that remove every key there is
  std::uint64_t large_one_in = 0;  ///< values that make a state need several datagrams
  bool bootstrap = false;
  double loss_in_peace = 0.05;  ///< when the faults have stopped
  test::NetworkOptions network;
  bool enabled[kFaults] = {};              ///< each is off in a third of the seeds or more
  bool insider = false;                    ///< a member that lies, until the faults stop
  bool insider_stays = false;              ///< and while the others are to agree
  bool messages = false;                   ///< applications send each other messages
  bool values = false;                     ///< and fetch values, and have each other sample
  std::size_t hogs = 0;                    ///< members that fill the memory of the others
  std::size_t observers = 0;               ///< the last of the nodes
  bool sleepers = false;                   ///< nodes say for how long they sleep
  bool keys_change = false;                ///< the network key is replaced
  bool puts_out = false;                   ///< and a node is put out by it
  std::uint64_t later_version_one_in = 0;  ///< machines that speak a later minor version

  [[nodiscard]] bool allows(Fault fault) const { return enabled[static_cast<std::size_t>(fault)]; }
  [[nodiscard]] static Parameters draw(std::uint64_t seed);
  /// One line a group, for the report of a failure.
  [[nodiscard]] std::string describe() const;
};

}  // namespace dsn::sim
