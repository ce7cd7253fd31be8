// SPDX-License-Identifier: Apache-2.0
// What goes wrong in a simulated network, one function a kind.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "sim/simulation.hpp"

namespace dsn::sim {

using namespace core;
using namespace wire;

void Simulation::strike(Fault fault, std::size_t index) {
  say(fmt::format("{} {}", name_of(fault), net_[index].options.name));
  switch (fault) {
    case Fault::cut_one_way:
    case Fault::cut_in_two:
    case Fault::cut_multicast:
    case Fault::isolate:
    case Fault::flap:
      return cut(fault, index);
    case Fault::move:
      return move(index);
    case Fault::network_change:
      if (net_[index].running && !net_[index].paused) net_.network_changed(index);
      return;
    case Fault::clock_rate:
      return net_.set_clock_rate(index, static_cast<double>(50 + random_.below(151)) / 100);
    case Fault::suspend:
      return suspend(index);
    case Fault::pause:
      net_[index].paused = net_[index].running;
      return;
    case Fault::send_error:
      return refuse_to_send(index);
    case Fault::clone:
      return clone(index);
    case Fault::rewrite:
      return rewrite(index);
    case Fault::cut_pair:
      return cut_pair(index);
    case Fault::wrong_route:
      return send_astray(index);
    case Fault::power_cut:
      return cut_power(index);
    case Fault::short_life:
      return live_shortly(index);
    case Fault::clone_ends:
      return end_clone();
    case Fault::crash_in_saving:
      disks_[index].die_in_next_save(static_cast<Disk::Death>(1 + later_random_.below(3)));
      return die(fault, index);
    case Fault::crash:
    case Fault::crash_in_sending:
    case Fault::disk_torn:
    case Fault::disk_full:
    case Fault::disk_lost:
    case Fault::disk_read_only:
    case Fault::disk_rolled_back:
    case Fault::replace_card:
    case Fault::say_bye:
      return die(fault, index);
    case Fault::kCount:
      return;
  }
}

void Simulation::suspend(std::size_t index) {
  const Duration span = random_.between(1s, random_.one_in(2) ? 60s : 30h);
  if (span > kRetain / 2) invariants_.expect_forgetting();
  net_.suspend(index, span);
}

void Simulation::cut(Fault fault, std::size_t index) {
  if (fault == Fault::cut_one_way) net_.cut.insert({index, random_.below(net_.size())});
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (i == index || fault == Fault::cut_one_way) continue;
    if (fault == Fault::cut_multicast) {
      net_.cut_multicast.insert({index, i});
      net_.cut_multicast.insert({i, index});
    } else if (fault != Fault::cut_in_two || i % 2 != index % 2) {
      net_.cut.insert({index, i});
      net_.cut.insert({i, index});
    }
  }
  if (fault != Fault::flap) return;
  const auto cuts = net_.cut;
  for (int i = 0; i < 6; ++i) {
    net_.run_for(random_.between(50ms, 1s));
    net_.cut = i % 2 == 0 ? std::set<std::pair<std::size_t, std::size_t>>{} : cuts;
    if (net_[index].running && !net_[index].paused) net_.network_changed(index);
  }
  net_.cut.clear();
}

void Simulation::move(std::size_t index) {
  // Sometimes to where another machine was: addresses are leased anew.
  const auto host = static_cast<std::uint8_t>(++moved_);
  net_.move(index, Endpoint::ipv4({10, 1, 0, host}, 17373));
  if (net_[index].running && !net_[index].paused) net_.network_changed(index);
}

void Simulation::die(Fault fault, std::size_t index) {
  if (!net_[index].running) return boot(index);
  if (net_[index].paused) net_.resume(index);
  Disk& disk = disks_[index];
  // Of other nodes the disk has what it had when it was last written: a while ago, or just now.
  const bool writes = disk.mode == Disk::Mode::works && later_random_.one_in(2);
  std::vector<KnownNode>& known = net_[index].options.known;
  if (writes) known = net_.node(index).known(net_.now(index));
  if (fault == Fault::crash_in_sending) {
    net_[index].sends_left = random_.below(8);
    return write(index);
  }
  if (fault == Fault::say_bye) {
    net_.stop(index, random_.one_in(2) ? ByeReason::leaving : ByeReason::restarting);
  } else {
    net_.kill(index);
  }
  if (fault == Fault::disk_lost) disk.lose();
  if (fault == Fault::disk_lost || fault == Fault::replace_card) known.clear();
  if (fault == Fault::disk_rolled_back) disk.roll_back();
  if (fault == Fault::disk_read_only) disk.toggle(Disk::Mode::read_only);
  if (fault == Fault::disk_full) disk.toggle(Disk::Mode::full);
  if (fault == Fault::disk_torn) disk.tear(later_random_.one_in(2));
  if (fault == Fault::replace_card) {
    disk.lose();
    ++replaced_;
    net_.replace_identity(index);
    return boot(index);
  }
  const bool later = static_cast<std::size_t>(fault) >= kFirstFaults;
  if ((later ? later_random_ : random_).one_in(2)) boot(index);
}

// It is switched off; what comes next finds it so, or it is back in time, or too late.
void Simulation::fall_asleep(std::size_t index) {
  if (!net_[index].running || net_[index].paused) return;
  const Duration silence = sleep_random_.between(1s, sleep_random_.one_in(4) ? 2min : 10s);
  say(fmt::format("asleep for {} ms", to_ms(silence)));
  invariants_.sleeps().say_good_night(index, silence);
  const bool is_back = sleep_random_.one_in(2);
  net_.run_for(is_back ? silence : sleep_random_.one_in(4) ? silence + 80s : Duration(0));
  if (is_back && !net_[index].running) boot(index);
}

void Simulation::refuse_to_send(std::size_t index) {
  constexpr int kErrors[] = {EPERM,    EACCES, EHOSTUNREACH,  ECONNREFUSED, EMSGSIZE,
                             ENOBUFS,  ENOMEM, EAGAIN,        EINTR,        ENETUNREACH,
                             ENETDOWN, EINVAL, EADDRNOTAVAIL, EIO,          EBADF};
  test::SendErrors& errors = net_[index].send_errors;
  errors.error = kErrors[later_random_.below(std::size(kErrors))];
  const std::size_t to = later_random_.below(net_.size() + 1);
  errors.to = to < net_.size() ? net_[to].endpoint : Endpoint{};  // or the group
  errors.until = net_.now() + later_random_.between(1s, later_random_.one_in(4) ? 120s : 10s);
}

void Simulation::clone(std::size_t index) {
  // The first is whom others are bootstrapped from. A copy of it that gets a key of its own would
  // know nobody, and nobody would know it.
  if (index == 0 || net_.size() > parameters_.nodes || !net_[index].running) return;
  const bool same_entropy = later_random_.one_in(4);
  invariants_.expect_clones(net_.node(index).self().id(), same_entropy);
  disks_.push_back(disks_[index]);
  const std::size_t copy = net_.size();
  const std::uint32_t incarnation = disks_[copy].load() + (same_entropy ? 0 : 1);
  net_.add_clone(index, std::max(incarnation, 1U), same_entropy);
}

// Small keys come and go with the large ones, so that their deletions are soon forgotten and the
// state that is being handed out is given up.
void Simulation::rewrite(std::size_t index) {
  constexpr std::size_t kLarge = 12;
  constexpr std::size_t kSmall = 80;
  for (std::uint64_t i = 0, count = 2 + later_random_.below(4); i < count; ++i) {
    if (!net_[index].running || net_[index].paused) return;
    std::vector<Write> writes(kLarge + kSmall);
    const char letter = static_cast<char>('a' + later_random_.below(26));
    for (std::size_t k = 0; k < writes.size(); ++k) {
      const bool large = k < kLarge;
      writes[k].key = (large ? "large" : "small") + std::to_string(k);
      if (!large && i % 2 == 1) writes[k].kind = Write::Kind::unset;
      writes[k].value = Value::text(std::string(large ? 900 : 1, letter));
      writes[k].sampled = net_.now(index);
    }
    (void)net_.commit(index, writes);
    net_.run_for(later_random_.between(2ms, 200ms));
  }
}

void Simulation::cut_pair(std::size_t index) {
  const std::size_t other = latest_random_.below(net_.size());
  net_.cut.insert({index, other});
  net_.cut.insert({other, index});
}

// As where another LAN has the same addresses: what it sends to one node goes there.
void Simulation::send_astray(std::size_t index) {
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (i != index) net_.cut_unicast.insert({index, i});
  }
}

// The disks have what they had when they were last written.
void Simulation::cut_power(std::size_t stays_off) {
  std::vector<std::size_t> were_on;
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (!net_[i].running) continue;
    if (net_[i].paused) net_.resume(i);
    net_[i].options.known = net_.node(i).known(net_.now(i));
    net_.kill(i);
    were_on.push_back(i);
  }
  for (const std::size_t i : were_on) {
    if (i != stays_off) boot(i);
  }
}

void Simulation::live_shortly(std::size_t index) {
  if (net_[index].paused) net_.resume(index);
  if (net_[index].running) net_.kill(index);
  boot(index);
  net_.run_for(latest_random_.between(Duration(0), 1s));
  if (!net_[index].running) return;
  net_.stop(index, latest_random_.one_in(2) ? ByeReason::leaving : ByeReason::restarting);
}

void Simulation::end_clone() {
  if (net_.size() == parameters_.nodes || !net_[parameters_.nodes].running) return;
  clone_ended_ = true;
  net_.kill(parameters_.nodes);
}

}  // namespace dsn::sim
