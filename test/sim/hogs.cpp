// SPDX-License-Identifier: Apache-2.0
#include "sim/hogs.hpp"

#include <utility>

namespace dsn::sim {

using namespace core;
using namespace wire;

namespace {

constexpr std::uint64_t kHogSeed = 0x1d52'0000;
constexpr std::uint64_t kLargeKeys = 26;  // of 1 KiB each: more than its share
constexpr Duration kHogDelay = 1ms;

}  // namespace

Hogs::Hogs(test::VirtualNetwork& net, std::size_t count, Insider::MakeCrypto make_crypto)
    : net_(net), make_crypto_(std::move(make_crypto)), hogs_(count) {}

std::unique_ptr<test::Puppet> Hogs::make(std::size_t hog, std::size_t to) {
  return std::make_unique<test::Puppet>(net_, to, kHogSeed + hog, make_crypto_(kHogSeed + hog));
}

std::vector<NodeId> Hogs::ids() const {
  std::vector<NodeId> ids;
  for (std::size_t hog = 0; hog < hogs_.size(); ++hog) {
    const std::unique_ptr<CryptoPort> crypto = make_crypto_(kHogSeed + hog);
    ids.push_back(node_id_of(*crypto, crypto->public_key()));
  }
  return ids;
}

test::Puppet& Hogs::puppet(std::size_t hog, std::size_t to) {
  std::vector<String>& strings = hogs_[hog];
  if (strings.size() < net_.size()) strings.resize(net_.size());
  String& string = strings[to];
  if (!string.puppet || string.key_seed != net_[to].key_seed) {
    string.key_seed = net_[to].key_seed;
    string.puppet = make(hog, to);
  }
  return *string.puppet;
}

void Hogs::act() {
  for (std::size_t hog = 0; hog < hogs_.size(); ++hog) {
    for (std::size_t to = 0; to < net_.size(); ++to) {
      if (!net_[to].running || net_[to].paused) continue;
      test::Puppet& string = puppet(hog, to);
      const Peer* seen = string.seen();
      const bool known = seen != nullptr && seen->session.peer == string.session;
      if (known && !seen->copy.unheld) {
        mail(string, to, kLargeKeys, {});
      } else {
        tell_state(string, to);
      }
    }
  }
}

// As one of a new run, so that it is taken whatever is held.
void Hogs::tell_state(test::Puppet& puppet, std::size_t to) {
  post(puppet, to, puppet.knock());
  ++puppet.incarnation;
  const Value large = Value::text(std::string(1000, 'x'));
  for (std::uint64_t i = 0; i < kLargeKeys; ++i) {
    Bytes pair(kPlaintextBytesMax);
    CborWriter out(pair);
    out.text("k" + std::to_string(10 + i));
    encode_entry(out, {.version = i + 1, .value = large.cbor()});
    mail(puppet, to, i, {1, out.written()});
  }
}

void Hogs::mail(test::Puppet& puppet, std::size_t to, std::uint64_t from,
                const ChangeMap& entries) {
  std::array<std::uint8_t, kPlaintextBytesMax> text;
  CborWriter out(text);
  encode_update(out, MessageType::mail,
                {puppet.incarnation, from, from + entries.count, 0, entries, {}});
  post(puppet, to, puppet.pair(out.written()));
}

void Hogs::post(const test::Puppet& puppet, std::size_t to, ByteView datagram) {
  if (sending) sending(datagram);
  net_.post(to, puppet.endpoint, datagram, false, kHogDelay);
}

}  // namespace dsn::sim
