// SPDX-License-Identifier: Apache-2.0
#include "fuzz/stage.hpp"

#include "base/check.hpp"
#include "core/state/state_root.hpp"

namespace dsn::fuzz {

using namespace core;
using namespace wire;

namespace {

constexpr std::size_t kMembers = 4;

Bytes pair_of(std::string_view key, const Value& value, std::uint64_t version) {
  Bytes bytes(kPlaintextBytesMax);
  CborWriter out(bytes);
  out.text(key);
  encode_entry(out, {.version = version, .sampled_ms = 5, .value = value.cbor()});
  DSN_CHECK(out.ok());
  bytes.resize(out.size());
  return bytes;
}

std::vector<Write> own_state() {
  std::vector<Write> writes;
  for (const char* key : {"a", "b", "door", "load/one", "room/temperature"}) {
    Write& write = writes.emplace_back();
    write.key = key;
    write.value = Value::text(std::string(key[1] == '\0' ? 1000 : 3, 'x'));
  }
  return writes;
}

}  // namespace

Stage::Stage() : target(net.add("attic")) {
  invariants_ = std::make_unique<Invariants>(net, target);
  for (std::uint64_t i = 0; i < kMembers; ++i) {
    auto& member = members_.emplace_back(std::make_unique<test::Puppet>(net, target, i + 1));
    member->name = std::string("member") + static_cast<char>('0' + i);
  }
  DSN_CHECK(net.commit(target, own_state()).ok());
  join_all();
}

void Stage::join_all() {
  test::Puppet& known = member(0);
  known.join();
  const Bytes entry = pair_of("door", Value::boolean(true), 1);
  known.say([&](CborWriter& out) {
    encode_update(out, MessageType::mail, {1, 0, 1, 0, {1, entry}, {}});
  });
  member(2).send(member(2).hello(), true);
  member(3).join();
  begin_transfer(member(1));
}

void Stage::begin_transfer(test::Puppet& owner) {
  owner.join();
  owner.beat(7);
  net.run_for(50ms);  // the mail did not come, so it asks
  Bytes state{0xa2};
  for (const char* key : {"a", "b"}) {
    const Bytes pair = pair_of(key, Value::text(std::string(1000, 'y')), 7);
    state.insert(state.end(), pair.begin(), pair.end());
  }
  Bytes hashes;
  chunk_hashes(*machine().crypto, state, hashes);
  owner.say([&](CborWriter& out) { encode_manifest(out, {{1, 7}, 9, state.size(), hashes}); });
  const ByteView first = ByteView(state).first(kChunkBytes);
  owner.say([&](CborWriter& out) { encode_chunk(out, {{1, 7}, 0, first}); });
}

void Stage::pass_time(std::uint8_t how_long) {
  constexpr Duration kSteps[] = {0ms, 1ms, 20ms, 250ms, 1s, 3s, 8s, 20s};
  net.run_for(kSteps[how_long % std::size(kSteps)]);
}

}  // namespace dsn::fuzz
