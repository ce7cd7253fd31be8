// SPDX-License-Identifier: Apache-2.0
// Goal: whatever of an owner's mails, deltas, snapshots, manifests and chunks comes, in whatever
// order, twice, late or damaged, the replica is exactly one state that the owner committed
// (docs/protocol.md, sections 5 and 7.3).
#include <map>

#include "base/check.hpp"
#include "core/state/state_root.hpp"
#include "fuzz/input.hpp"
#include "fuzz/invariants.hpp"
#include "support/puppet.hpp"

namespace dsn::fuzz {

using namespace core;
using namespace wire;

namespace {

using State = std::map<std::string, Bytes, CborTextLess>;

// An honest owner: each of its versions, and when each key was last removed.
class Owner {
 public:
  void set(std::uint8_t key, std::size_t value_bytes) {
    State next = states_.back();
    Bytes entry(kPlaintextBytesMax);
    CborWriter out(entry);
    const Value value = Value::text(std::string(value_bytes, static_cast<char>('a' + key % 26)));
    encode_entry(out, {.version = version() + 1, .value = value.cbor()});
    entry.resize(out.size());
    next[name(key)] = entry;
    states_.push_back(std::move(next));
  }
  void unset(std::uint8_t key) {
    State next = states_.back();
    if (next.erase(name(key)) == 0) return;
    states_.push_back(std::move(next));
    removed_[name(key)] = version();
  }

  [[nodiscard]] std::uint64_t version() const { return states_.size() - 1; }
  [[nodiscard]] const State& at(std::uint64_t version) const { return states_[version]; }

  /// The pairs that were written after `from` and are there now.
  [[nodiscard]] Bytes written_since(std::uint64_t from, std::uint64_t at,
                                    std::size_t& count) const {
    Bytes pairs;
    for (const auto& [key, entry] : states_[at]) {
      CborReader in(entry);
      if (decode_entry(in).version <= from) continue;
      append_text(pairs, key);
      pairs.insert(pairs.end(), entry.begin(), entry.end());
      ++count;
    }
    return pairs;
  }
  [[nodiscard]] Bytes removed_since(std::uint64_t from, std::size_t& count) const {
    Bytes keys;
    for (const auto& [key, version] : removed_) {
      if (version <= from || states_.back().contains(key)) continue;
      append_text(keys, key);
      ++count;
    }
    return keys;
  }
  [[nodiscard]] Bytes canonical(std::uint64_t at) const {
    std::size_t count = 0;
    const Bytes pairs = written_since(0, at, count);
    Bytes bytes(8 + pairs.size());
    CborWriter out(bytes);
    out.map(count);
    out.raw(pairs);
    bytes.resize(out.size());
    return bytes;
  }

 private:
  static constexpr std::uint8_t kKeys = 20;
  static std::string name(std::uint8_t key) {
    return "key/" + std::string(1, static_cast<char>('a' + key % kKeys));
  }
  static void append_text(Bytes& out, const std::string& text) {
    out.push_back(static_cast<std::uint8_t>(0x60 + text.size()));
    out.insert(out.end(), text.begin(), text.end());
  }
  std::vector<State> states_{1};
  std::map<std::string, std::uint64_t, CborTextLess> removed_;
};

class Play {
 public:
  Play() : target_(net_.add("attic")), watch_(net_, target_), puppet_(net_, target_, 1) {
    puppet_.join();
  }

  void act(fuzz::Input& input) {
    const std::uint8_t what = input.byte();
    switch (what % 8) {
      case 0:
        owner_.set(input.byte(), input.number(2) % 1000);
        break;
      case 1:
        owner_.unset(input.byte());
        break;
      case 2:
        say_update(what & 8 ? MessageType::mail : MessageType::delta, some_version(input));
        break;
      case 3:
        say_snapshot(some_version(input));
        break;
      case 4:
        say_manifest(some_version(input));
        break;
      case 5:
        say_chunk(some_version(input), input);
        break;
      case 6:
        net_.run_for(std::chrono::milliseconds(input.number(2)));
        break;
      case 7:
        answer(what);
        break;
    }
    check();
  }

 private:
  std::uint64_t some_version(fuzz::Input& input) const {
    return owner_.version() - std::min<std::uint64_t>(input.byte(), owner_.version());
  }

  void say(const std::function<void(CborWriter&)>& write) {
    std::array<std::uint8_t, kPlaintextBytesMax> text{};
    CborWriter out(text);
    write(out);
    if (out.ok()) puppet_.send(puppet_.pair(out.written()));
  }

  void say_update(MessageType type, std::uint64_t from) {
    std::size_t entries = 0;
    std::size_t keys = 0;
    const std::uint64_t to = owner_.version();
    const Bytes pairs = owner_.written_since(from, to, entries);
    const Bytes removed = owner_.removed_since(from, keys);
    say([&](CborWriter& out) {
      encode_update(out, type, {1, from, to, 0, {entries, pairs}, {keys, removed}});
    });
  }

  void say_snapshot(std::uint64_t at) {
    std::size_t count = 0;
    const Bytes pairs = owner_.written_since(0, at, count);
    say([&](CborWriter& out) { encode_snapshot(out, {{1, at}, {count, pairs}}); });
  }

  void say_manifest(std::uint64_t at) {
    const Bytes canonical = owner_.canonical(at);
    Bytes hashes;
    chunk_hashes(*net_[target_].crypto, canonical, hashes);
    say([&](CborWriter& out) {
      encode_manifest(out, {{1, at}, ++clock_ms_, canonical.size(), hashes});
    });
  }

  void say_chunk(std::uint64_t at, fuzz::Input& input) {
    const std::uint8_t index = input.byte();
    const std::uint8_t damage = input.byte();
    send_chunk(at, index % kChunksMax, damage);
  }

  void send_chunk(std::uint64_t at, std::size_t index, std::uint8_t damage) {
    const Bytes canonical = owner_.canonical(at);
    if (index * kChunkBytes >= canonical.size()) return;
    Bytes bytes(canonical.begin() + static_cast<std::ptrdiff_t>(index * kChunkBytes),
                canonical.end());
    bytes.resize(std::min(bytes.size(), kChunkBytes));
    if (damage % 4 == 1) bytes[damage % bytes.size()] ^= damage;
    if (damage % 4 == 2) bytes.resize(damage % bytes.size());
    say([&](CborWriter& out) { encode_chunk(out, {{1, at}, index, bytes}); });
  }

  // Does what the node asked for, or some of it.
  void answer(std::uint8_t lose) {
    Want want;
    for (const Bytes& text : puppet_.heard()) {
      CborReader in(text);
      const MessageStart head = decode_message_start(in);
      if (head.type == static_cast<std::uint64_t>(MessageType::pull))
        say_manifest(owner_.version());
      if (head.type == static_cast<std::uint64_t>(MessageType::want)) want = decode_want(in, head);
    }
    if (want.version.version > owner_.version()) return;
    for (std::size_t i = 0; i < want.count; ++i) {
      if (lose & 8 && i % 2 == 0) continue;
      send_chunk(want.version.version, want.indexes[i], 0);
    }
  }

  void check() {
    const Peer* peer = puppet_.seen();
    DSN_CHECK(peer != nullptr);
    const StateVersion version = peer->copy.replica.version();
    DSN_CHECK(version.version <= owner_.version());
    DSN_CHECK(peer->copy.replica.store().entries() == owner_.at(version.version));
    DSN_CHECK(peer->copy.replica.store().encoded_bytes() ==
              owner_.canonical(version.version).size());
  }

  test::VirtualNetwork net_;
  std::size_t target_;
  fuzz::Invariants watch_;
  test::Puppet puppet_;
  Owner owner_;
  std::uint64_t clock_ms_ = 1;
};

}  // namespace
}  // namespace dsn::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dsn::fuzz::Input input(data, size);
  dsn::fuzz::Play play;
  for (int acts = 0; acts < 120 && !input.at_end(); ++acts) play.act(input);
  return 0;
}
