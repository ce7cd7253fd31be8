// SPDX-License-Identifier: Apache-2.0
// The life of one random network: work and faults, then peace, in which all must come to agree.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/disk.hpp"
#include "sim/hogs.hpp"
#include "sim/insider.hpp"
#include "sim/invariants.hpp"
#include "sim/key_events.hpp"
#include "sim/later_version.hpp"
#include "sim/message_register.hpp"
#include "sim/parameters.hpp"
#include "sim/value_register.hpp"
#include "sim/watched_crypto.hpp"
#include "support/virtual_network.hpp"

namespace dsn::sim {

using namespace core;

enum class CryptoKind : std::uint8_t {
  fake,  ///< structural, for many networks
  real,  ///< PSA; needs initialise_crypto()
};

class Simulation {
 public:
  Simulation(const Parameters& parameters, CryptoKind crypto);
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// Runs it all. Empty, or what broke first.
  std::string run();

  /// Called with each thing that is done to the network.
  std::function<void(std::string_view)> trace;
  [[nodiscard]] test::VirtualNetwork& network() { return net_; }

 private:
  void populate();
  void disturb();
  void heal();
  void settle();
  void mourn();
  void rotate_in_peace();
  void act();
  void act_later();
  void strike(Fault fault, std::size_t index);
  void strike_one_of(std::size_t first, std::size_t end, Random& random);
  void cut(Fault fault, std::size_t index);
  void suspend(std::size_t index);
  void fall_asleep(std::size_t index);
  void die(Fault fault, std::size_t index);
  void boot(std::size_t index);
  void write(std::size_t index);
  [[nodiscard]] Write draw_write(std::size_t index);
  void refuse_to_send(std::size_t index);
  void clone(std::size_t index);
  void rewrite(std::size_t index);
  void send_astray(std::size_t index);
  void cut_pair(std::size_t index);
  void cut_power(std::size_t index);
  void live_shortly(std::size_t index);
  void end_clone();
  bool save(std::size_t index, std::uint32_t incarnation);
  void move(std::size_t index);
  void say(std::string_view what);
  [[nodiscard]] bool clocks_are_exact() const;
  [[nodiscard]] bool runs_until(const std::function<bool()>& condition, Duration limit);
  std::unique_ptr<CryptoPort> make_crypto(std::uint64_t seed);
  std::unique_ptr<CryptoPort> make_bare_crypto(std::uint64_t seed);

  const Parameters parameters_;
  const CryptoKind crypto_;
  Random random_;
  Random later_random_;  ///< for the later kinds of fault
  Random sleep_random_;
  Random latest_random_;  ///< for the latest kinds
  NonceRegister nonces_;
  test::VirtualNetwork net_;
  Invariants invariants_;
  std::vector<Disk> disks_;
  std::optional<Insider> insider_;
  std::optional<Hogs> hogs_;  ///< until all agree
  LaterVersion later_version_;
  ObserverWatch observer_watch_{net_,
                                [this](const std::string& what) { invariants_.broken(what); }};
  std::optional<MessageRegister> messages_;
  std::optional<ValueRegister> values_;
  std::optional<KeyEvents> key_events_;
  std::size_t moved_ = 0;     ///< machines, to addresses that nobody had
  std::size_t replaced_ = 0;  ///< identities, by new ones
  bool clone_ended_ = false;
};

/// Runs the network of a seed. Empty, or the report of what broke.
[[nodiscard]] std::string run_seed(std::uint64_t seed, CryptoKind crypto);

}  // namespace dsn::sim
