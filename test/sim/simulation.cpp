// SPDX-License-Identifier: Apache-2.0
#include "sim/simulation.hpp"

#include <fmt/format.h>

#include <bit>

#include "base/check.hpp"
#include "crypto/psa_crypto.hpp"
#include "sim/commit.hpp"
#include "support/fake_crypto.hpp"

namespace dsn::sim {

using namespace core;
using namespace crypto;
using namespace wire;

namespace {

// Two who never met have only HELLOs to the group, which may be 768 s apart after a long silence;
// and one in twenty is lost.
constexpr Duration kMeetingMax = 1600s;
// Sums differ while some still wait for a node that is no more, and a frame of it may have been on
// its way for long.
constexpr Duration kDetectionMax = 30s + kSilenceMin + kGoneAfterDeaf;
// After so long nobody takes a dead node for alive.
constexpr Duration kGhostMax = kSilenceMin + kGoneAfterDeaf + 20s;
// Frames a minute of an idle node: a SYN and its answer in each round, that of a pause which was
// cut by a quarter, and what it says to all.
constexpr std::uint64_t kIdleFramesPerNode = 2 * 40 + 60;
// What a clone stirs up: one of the two is not heard, and probes everybody.
constexpr std::uint64_t kIdleFramesPerClone = 2400;

}  // namespace

Simulation::Simulation(const Parameters& parameters, CryptoKind crypto)
    : parameters_(parameters),
      crypto_(crypto),
      random_(parameters.seed),
      later_random_(parameters.seed ^ 0x6c61'7465'7200'0001),
      sleep_random_(parameters.seed ^ 0x736c'6565'7000'0001),
      latest_random_(parameters.seed ^ 0x6c61'7465'7374'0001),
      net_(parameters.network),
      invariants_(net_, nonces_, clocks_are_exact()) {
  net_.make_crypto = [this](std::uint64_t seed) { return make_crypto(seed); };
  if (parameters_.later_version_one_in > 0) {
    net_.rewrite = [this](std::size_t from, ByteView bytes) {
      return later_version_.rewrite(bytes, net_.node(from).keyring());
    };
  }
  if (crypto_ == CryptoKind::real) {
    net_.authority = test::KeyAuthority(make_bare_crypto(parameters.seed ^ 0xa07));
  }
  net_.persist = [this](std::size_t index) {
    if (!save(index, net_.node(index).self().version().incarnation)) net_.kill(index);
  };
}

std::unique_ptr<CryptoPort> Simulation::make_bare_crypto(std::uint64_t seed) {
  if (crypto_ == CryptoKind::fake) return std::make_unique<test::FakeCrypto>(seed);
  Random random(seed);
  std::array<std::uint8_t, 32> scalar;
  for (std::uint8_t& byte : scalar) byte = static_cast<std::uint8_t>(random.next());
  scalar[0] = 0;  // below the order of the curve
  return std::make_unique<PsaCrypto>(*identity_of(PrivateKey(scalar)));
}

std::unique_ptr<CryptoPort> Simulation::make_crypto(std::uint64_t seed) {
  std::unique_ptr<CryptoPort> port = make_bare_crypto(seed);
  const std::uint64_t one_in = parameters_.later_version_one_in;
  if (one_in > 0 && Random(seed).one_in(one_in)) port = later_version_.speak(std::move(port));
  ObserverWatch* const observers = parameters_.observers > 0 ? &observer_watch_ : nullptr;
  return std::make_unique<WatchedCrypto>(std::move(port), nonces_, observers);
}

bool Simulation::clocks_are_exact() const {
  // A frame that was lost and comes again is one that was long on its way.
  return parameters_.network.replay == 0 && !parameters_.allows(Fault::clock_rate) &&
         !parameters_.allows(Fault::suspend);
}

void Simulation::say(std::string_view what) {
  if (trace) trace(what);
}

std::string Simulation::run() {
  populate();
  disturb();
  if (!invariants_.first_broken().empty()) return invariants_.first_broken();
  heal();
  settle();
  return invariants_.first_broken();
}

void Simulation::populate() {
  disks_.resize(parameters_.nodes);
  for (std::size_t i = 0; i < parameters_.nodes; ++i) {
    std::vector<std::size_t> bootstrap;
    if (i > 0 && (!parameters_.network.multicast || (parameters_.bootstrap && random_.one_in(2)))) {
      bootstrap = {0};
    }
    save(i, 1);
    const bool observer = i + parameters_.observers >= parameters_.nodes;
    net_.add("node" + std::to_string(i), bootstrap, observer);
  }
  if (parameters_.insider) {
    insider_.emplace(net_, parameters_.seed,
                     [this](std::uint64_t seed) { return make_bare_crypto(seed); });
    invariants_.expect_insider(*insider_);
  }
  if (parameters_.hogs > 0) {
    hogs_.emplace(net_, parameters_.hogs,
                  [this](std::uint64_t seed) { return make_bare_crypto(seed); });
    invariants_.expect_hogs(*hogs_);
  }
  if (parameters_.values) values_.emplace(net_, parameters_.seed, invariants_);
  if (parameters_.messages) messages_.emplace(net_, parameters_.seed, invariants_);
  if (parameters_.keys_change) {
    key_events_.emplace(
        net_, parameters_.seed, [this](std::uint64_t seed) { return make_bare_crypto(seed); },
        [this](const std::string& what) { invariants_.broken(what); });
    key_events_->may_put_out = parameters_.puts_out;
    key_events_->trace = [this](std::string_view what) { say(what); };
    invariants_.expect_thief(*key_events_);
  }
  if (messages_ && insider_) messages_->expect_insider(insider_->id());
}

void Simulation::disturb() {
  for (std::size_t i = 0; i < parameters_.actions && invariants_.first_broken().empty(); ++i) {
    act();
    act_later();
    if (messages_ && i == parameters_.actions / 2 && parameters_.seed % 8 == 0) messages_->fill();
    Duration pause_max = random_.one_in(8) ? 20s : parameters_.pause_max;
    if (random_.one_in(200)) pause_max = 30min;  // long enough for HELLOs to become rare
    net_.run_for(random_.between(Duration(0), pause_max));
    invariants_.check_everything();
  }
}

void Simulation::act() {
  const std::size_t index = random_.below(net_.size());
  if (random_.one_in(2)) {
    if (net_[index].running && !net_[index].paused) write(index);
    return;
  }
  if (random_.one_in(3)) {  // something gets better
    if (net_[index].paused) net_.resume(index);
    if (!net_[index].running) return boot(index);
    say("all cuts are mended");
    net_.mend_cuts();
    return;
  }
  const auto fault = static_cast<Fault>(random_.below(kFirstFaults));
  if (parameters_.allows(fault)) strike(fault, index);
}

void Simulation::act_later() {
  if (insider_) insider_->act();
  if (hogs_) hogs_->act();
  if (key_events_) {
    for (std::size_t i = 0; i < net_.size(); ++i) {
      net_[i].keeps_keys = disks_[i].mode == Disk::Mode::works;
    }
    key_events_->act(insider_ ? &*insider_ : nullptr);
    key_events_->check();
  }
  if (messages_) {
    messages_->act();
    if (insider_) insider_->lie_in_messages();
  }
  if (values_) values_->act();
  if (parameters_.sleepers && sleep_random_.one_in(8))
    fall_asleep(sleep_random_.below(net_.size()));
  if (later_random_.one_in(4)) {
    strike_one_of(kFirstFaults, kLatestFaults, later_random_);
  }
  if (latest_random_.one_in(8)) strike_one_of(kLatestFaults, kFaults, latest_random_);
}

void Simulation::strike_one_of(std::size_t first, std::size_t end, Random& random) {
  const auto fault = static_cast<Fault>(first + random.below(end - first));
  if (parameters_.allows(fault)) strike(fault, random.below(net_.size()));
}

bool Simulation::save(std::size_t index, std::uint32_t incarnation) {
  return disks_[index].save(incarnation);
}

void Simulation::boot(std::size_t index) {
  const std::uint32_t incarnation = disks_[index].load() + 1;
  say(fmt::format("boot {} with incarnation {}", net_[index].options.name, incarnation));
  if (!save(index, incarnation)) return;
  net_.restart(index, incarnation);
}

void Simulation::write(std::size_t index) {
  std::vector<Write> writes(1 + random_.below(parameters_.batch_max));
  for (Write& one : writes) one = draw_write(index);
  if (parameters_.clear_one_in > 0 && random_.one_in(parameters_.clear_one_in)) {
    writes.clear();
    for (const auto& [key, entry] : net_.node(index).self().state().store().entries()) {
      if (!key.starts_with("key")) continue;  // those of ValueRegister
      writes.emplace_back().kind = Write::Kind::unset;
      writes.back().key = key;
    }
  }
  const Result<std::uint64_t> version = net_.commit(index, writes);
  if (version) say(fmt::format("{} commits {}", net_[index].options.name, *version));
}

Write Simulation::draw_write(std::size_t index) {
  Write write;
  write.key = "key" + std::to_string(random_.below(parameters_.keys));
  if (random_.below(100) < parameters_.unset_percent) {
    write.kind = Write::Kind::unset;
  } else if (random_.one_in(8)) {
    write.kind = Write::Kind::fail;
    write.error = "broken";
  } else {
    const bool large = parameters_.large_one_in > 0 && random_.one_in(parameters_.large_one_in);
    const char letter = static_cast<char>('a' + random_.below(26));
    write.value = Value::text(std::string(large ? 900 : random_.below(20), letter));
    write.sampled = net_.now(index);
    write.max_age = random_.one_in(8) ? 30s : 0s;
  }
  return write;
}

void Simulation::heal() {
  say("the faults stop");
  if (insider_ && !parameters_.insider_stays) insider_->leave();
  static_cast<test::LinkFaults&>(net_.options) = {};
  net_.options.loss = parameters_.loss_in_peace;
  net_.mend_cuts();
  if (key_events_) {
    if (const auto flashed = key_events_->flash_outcast()) {
      disks_[*flashed].lose();
      ++replaced_;
    }
  }
  for (std::size_t i = 0; i < net_.size(); ++i) {
    net_[i].keeps_keys = true;
    net_[i].sends_left.reset();
    net_[i].send_errors = {};
    disks_[i].live();
    disks_[i].mode = Disk::Mode::works;
    net_.set_clock_rate(i, 1);
    if (net_[i].paused) net_.resume(i);
    if (!net_[i].running && !(clone_ended_ && i >= parameters_.nodes)) boot(i);
  }
}

bool Simulation::runs_until(const std::function<bool()>& condition, Duration limit) {
  constexpr Duration kStep = 200ms;
  for (Duration waited{}; waited < limit; waited += kStep) {
    if (condition()) return true;
    if (insider_ && later_random_.one_in(5)) insider_->act();
    if (hogs_ && waited % 1s == 0s) hogs_->act();
    net_.run_for(kStep);
  }
  return condition();
}

void Simulation::settle() {
  if (!runs_until([this] { return invariants_.all_meet(); }, kMeetingMax)) {
    return invariants_.broken(
        "not all meet after the faults have stopped: " + invariants_.stranger() +
        (key_events_ ? key_events_->holdings() : ""));
  }
  const auto rounds = static_cast<int>(std::bit_width(net_.size())) + 4;
  const Duration distrust = parameters_.insider_stays ? kGossipBackoffMax : Duration(0);
  if (!runs_until([this] { return invariants_.in_agreement(); },
                  kDetectionMax + rounds * kRoundMax + distrust)) {
    return invariants_.broken("no agreement after log2(N) + 4 rounds: " + invariants_.behind() +
                              invariants_.holdings());
  }
  if (key_events_) {
    if (!runs_until([this] { return key_events_->all_have_newest(); }, kMeetingMax)) {
      invariants_.broken("not all have the newest key" + key_events_->holdings());
    }
    if (!runs_until([this] { return key_events_->all_know_who_is_out(); }, kMeetingMax)) {
      invariants_.broken("who was put out is not out everywhere" + key_events_->holdings());
    }
    key_events_->check();
  }
  mourn();
  if (insider_) insider_->leave();
  hogs_.reset();
  net_.options.loss = 0;
  net_.run_for(kDetectionMax);
  const std::uint64_t before = net_.datagrams_sent;
  net_.run_for(60s);
  const std::uint64_t n = net_.size();
  const std::uint64_t sent = net_.datagrams_sent - before;
  const std::uint64_t clones = n - parameters_.nodes;
  const std::uint64_t idle = n * kIdleFramesPerNode + clones * kIdleFramesPerClone;
  if (sent > idle) invariants_.broken(fmt::format("{} frames in an idle minute", sent));
  if (!invariants_.in_agreement()) {
    invariants_.broken("an agreement that does not last: " + invariants_.behind() +
                       invariants_.holdings());
  }
  rotate_in_peace();
  invariants_.check_everything();
  if (messages_) messages_->check_at_rest();
  if (values_) values_->check_at_rest();
  const std::size_t insiders = parameters_.hogs + (insider_ ? 1 : 0);
  invariants_.check_at_rest({.identities = net_.size() + replaced_ + insiders,
                             .addresses = net_.size() + moved_ + insiders});
}

// While nothing goes wrong, no update waits for a new key.
void Simulation::rotate_in_peace() {
  if (!key_events_ || net_.size() != parameters_.nodes) return;
  constexpr Duration kLate = 2s;
  if (!key_events_->rotate_in_peace()) return;
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (net_[i].running) write(i);
  }
  if (!runs_until([this] { return invariants_.in_agreement(); }, kLate)) {
    invariants_.broken("an update is late for a new key" + invariants_.holdings());
  }
}

// One dies. Another one heard nobody for a while before, and then only what an insider held back.
void Simulation::mourn() {
  if (net_.size() != parameters_.nodes || net_.size() < 3) return;
  const std::size_t dead = 1 + later_random_.below(net_.size() - 1);
  const std::size_t deaf = (dead + 1) % net_.size();
  const NodeId id = net_.node(dead).self().id();
  const auto gossip_for = [&](Duration span) {
    for (Duration waited{}; waited < span; waited += 1s) {
      if (insider_) insider_->gossip(deaf);
      if (insider_ && !net_[dead].running && waited % 8s == 0s) insider_->dole_out(deaf, id);
      net_.run_for(1s);
    }
  };
  if (insider_) {
    for (std::size_t i = 0; i < net_.size(); ++i) net_.cut.insert({i, deaf});
    insider_->hoard();
    gossip_for(40s);
  }
  if (parameters_.sleepers) {
    constexpr Duration kSilence = 30s;
    invariants_.sleeps().say_good_night(dead, kSilence);
    gossip_for(kSilence + kRestartGrace - 2s);
    invariants_.sleeps().check_awaited(id);
    gossip_for(kGoneAfter + 8s);
    invariants_.sleeps().check_missed(id);
  }
  net_.kill(dead);
  gossip_for(kGhostMax);
  const std::string ghost = invariants_.ghost_of(id);
  if (!ghost.empty()) invariants_.broken("a dead node lives for " + ghost);
  net_.cut.clear();
  boot(dead);
  if (!runs_until([this] { return invariants_.all_meet(); }, kMeetingMax)) {
    invariants_.broken("not all meet again: " + invariants_.stranger());
  }
  if (!runs_until([this] { return invariants_.in_agreement(); }, kDetectionMax)) {
    invariants_.broken("no agreement after a node was back: " + invariants_.behind() +
                       invariants_.holdings());
  }
}

std::string run_seed(std::uint64_t seed, CryptoKind crypto) {
  const Parameters parameters = Parameters::draw(seed);
  Simulation simulation(parameters, crypto);
  const std::string broken = simulation.run();
  if (broken.empty()) return {};
  return fmt::format("seed {} at {}: {}\n{}\nreplay with: sim --seed {} --trace\n", seed, commit(),
                     broken, parameters.describe(), seed);
}

}  // namespace dsn::sim
