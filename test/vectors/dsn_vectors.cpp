// SPDX-License-Identifier: Apache-2.0
// For check_cpp.py: two real nodes with random keys meet and share in virtual time, and messages of
// every type with random content; all of it as JSON, one object a line.
#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/big_endian.hpp"
#include "base/check.hpp"
#include "core/node.hpp"
#include "crypto/entropy.hpp"
#include "crypto/psa_crypto.hpp"
#include "message_json.hpp"

namespace dsn::vectors {

using namespace core;
using namespace crypto;
using namespace wire;

namespace {

using nlohmann::json;

void emit(const json& line) { std::puts(line.dump().c_str()); }

std::uint64_t random_number() {
  std::array<std::uint8_t, 9> bytes{};
  random_bytes(bytes);
  const auto number = get_big_endian<std::uint64_t>(std::span(bytes).first<8>());
  return number >> (bytes[8] % 64);  // of every size
}

template <std::size_t N>
std::array<std::uint8_t, N> random_array() {
  std::array<std::uint8_t, N> bytes{};
  random_bytes(bytes);
  return bytes;
}

// All 64 bits: two nodes with one session id do not occur by chance.
SessionId random_session() { return SessionId{get_big_endian<std::uint64_t>(random_array<8>())}; }

struct Side {
  Side(const Identity& identity, const NodeOptions& options, Instant now)
      : crypto(identity),
        endpoint(Endpoint::ipv4({192, 0, 2, 1}, 17373)),
        node(crypto, options, now) {}
  PsaCrypto crypto;
  Endpoint endpoint;
  Node node;
};

class Link {
 public:
  Link() {
    const Secret<16> network_key(random_array<16>());
    json nodes = json::array();
    for (const char* name : {"attic", "cellar"}) {
      const Identity identity = create_identity().value();
      NodeOptions options;
      options.name = name;
      options.keys = only_key(network_key);
      options.session = random_session();
      options.seed = random_number();
      options.incarnation = static_cast<std::uint32_t>(random_number() % 1000) + 1;
      sides_.push_back(std::make_unique<Side>(identity, options, now_));
      sides_.back()->endpoint.address[3] = static_cast<std::uint8_t>(sides_.size());
      nodes.push_back({{"private", to_hex(identity.private_key.view())},
                       {"sid", static_cast<std::uint64_t>(options.session)}});
    }
    emit({{"kind", "network"}, {"network_key", to_hex(network_key.view())}, {"nodes", nodes}});
    for (std::size_t i = 0; i < 2; ++i) {
      input(i, [&](Effects& effects) { sides_[i]->node.start(now_, effects); });
    }
  }

  void run_for(Duration span) {
    const Instant end = now_ + span;
    while (true) {
      const Instant due =
          std::min(sides_[0]->node.next_deadline(), sides_[1]->node.next_deadline());
      if (due > end) break;
      now_ = std::max(now_, due);
      for (std::size_t i = 0; i < 2; ++i) {
        input(i, [&](Effects& effects) { sides_[i]->node.handle_timeout(now_, effects); });
      }
    }
    now_ = end;
  }

  void commit(std::size_t side, std::vector<Write> writes) {
    for (Write& write : writes) write.sampled = now_;
    input(side, [&](Effects& effects) {
      DSN_CHECK(static_cast<bool>(sides_[side]->node.commit(now_, writes, effects)));
    });
  }

  void tell(std::size_t side, const AppMessage& message) {
    const NodeId to = sides_[1 - side]->node.self().id();
    std::uint64_t number = 0;
    input(side, [&](Effects& effects) {
      number = sides_[side]->node.send(now_, {&to, 1}, message, 10s, effects)->front();
    });
    emit({{"kind", "told"},
          {"node", side},
          {"number", number},
          {"message", to_hex(encode_app_message(message).value())}});
  }

  void stop(std::size_t side, ByeReason reason) {
    input(side, [&](Effects& effects) { sides_[side]->node.stop(now_, reason, effects); });
  }

  void emit_states() {
    for (std::size_t i = 0; i < 2; ++i) {
      const LocalNode& self = sides_[i]->node.self();
      Bytes canonical;
      self.state().store().encode_canonical(canonical);
      emit({{"kind", "state"},
            {"node", i},
            {"incarnation", self.version().incarnation},
            {"version", self.version().version},
            {"canonical", to_hex(canonical)}});
    }
  }

 private:
  void input(std::size_t from, const std::function<void(Effects&)>& call) {
    Effects effects;
    call(effects);
    const std::size_t to = 1 - from;
    for (const Effects::Datagram& datagram : effects.datagrams()) {
      const ByteView bytes = effects.bytes(datagram);
      emit({{"kind", "datagram"}, {"node", from}, {"datagram", to_hex(bytes)}});
      const Arrival arrival{sides_[from]->endpoint, datagram.multicast, "eth0"};
      input(to, [&](Effects& answer) {
        sides_[to]->node.handle_datagram(now_, arrival, bytes, answer);
      });
    }
    for (const ReceivedMessage& message : effects.received_messages()) {
      input(from, [&](Effects& answer) {
        sides_[from]->node.settle(message.from, message.number, DataOutcome::delivered, 1, answer);
      });
    }
  }

  Instant now_{std::chrono::seconds(1)};
  std::vector<std::unique_ptr<Side>> sides_;
};

Write write_of(const std::string& key, Value value) {
  Write write;
  write.key = key;
  write.value = std::move(value);
  write.unit = "Cel";
  write.max_age = 30s;
  return write;
}

template <std::size_t bytes>
std::vector<Write> many_of() {
  std::vector<Write> many;
  for (int i = 0; i < 60; ++i) {
    many.push_back(write_of("raw/value" + std::to_string(i), Value::bytes(random_array<bytes>())));
  }
  return many;
}

// Small states, then an update in parts and one that takes chunks, changes, a deletion and a
// failure, and a good-bye.
void converse() {
  Link link;
  link.commit(0, {write_of("room/temperature", Value::real(21.5))});
  link.run_for(5s);
  for (int i = 0; i < 5; ++i) {
    link.commit(0, {write_of("room/temperature", Value::real(21.5 + 0.1 * i)),
                    write_of("door", Value::boolean(i % 2 == 0))});
    link.run_for(100ms);
  }
  link.commit(1, many_of<200>());
  link.run_for(5s);
  link.commit(1, many_of<400>());
  link.run_for(5s);
  Write unset, fail;
  unset.kind = Write::Kind::unset;
  unset.key = "door";
  fail.kind = Write::Kind::fail;
  fail.key = "room/temperature";
  fail.error = "no answer";
  link.commit(0, {unset, fail});
  link.run_for(40s);
  const Value level = Value::bytes(random_array<3000>());
  link.tell(0, {AppMessageKind::ask, "light", level.cbor(), 0});
  link.tell(1, {AppMessageKind::reply, "light", level.cbor(), random_number() | 1});
  link.run_for(1s);
  link.stop(0, ByeReason::restarting);
  link.stop(1, ByeReason::leaving);
  link.emit_states();
}

template <typename Encode>
void emit_message(Encode encode) {
  std::array<std::uint8_t, kPlaintextBytesMax> buffer{};
  CborWriter out(buffer);
  encode(out);
  CborReader in(out.written());
  const auto described = describe_next(in);
  DSN_CHECK(out.ok() && described && in.at_end());
  emit({{"kind", "message"}, {"message", to_hex(out.written())}, {"fields", described->fields}});
}

DigestItem random_item() {
  const auto incarnation = static_cast<std::uint32_t>(random_number());
  return {random_number(), {incarnation, random_number()}, random_number()};
}

struct RandomItems {
  RandomItems() {
    CborWriter out(buffer);
    items.count = random_number() % 16;
    for (std::size_t i = 0; i < items.count; ++i) encode_item(out, random_item());
    items.encoded = out.written();
  }
  std::array<std::uint8_t, 600> buffer{};
  DigestItems items;
};

void emit_random_comparisons() {
  const RandomItems random;
  const auto buckets = random_array<kBuckets * 8>();
  const bool flag = random_number() % 2 == 0;
  emit_message([&](CborWriter& out) {
    encode_syn(out, {random_number(), random_number(), random.items, 0});
  });
  emit_message([&](CborWriter& out) {
    encode_ack(out, {random_number(), random.items, flag ? ByteView(buckets) : ByteView(), 0});
  });
  emit_message([&](CborWriter& out) {
    encode_list(out, {random_number(), flag, random_number(), random.items});
  });
  Who who;
  who.count = random_number() % (who.prefixes.size() + 1);
  for (std::uint64_t& prefix : who.prefixes) prefix = random_number();
  emit_message([&](CborWriter& out) { encode_who(out, who); });
}

void emit_random_others() {
  const StateVersion version{static_cast<std::uint32_t>(random_number()), random_number()};
  const auto signature = random_array<64>();
  const auto head = random_array<100>();
  emit_message([&](CborWriter& out) { encode_own_head(out, {head, signature}); });
  emit_message([&](CborWriter& out) { encode_pull(out, {version}); });
  std::array<std::uint8_t, 256> buffer{};
  CborWriter addresses(buffer);
  encode_peer_address(addresses, {{random_array<16>()}, Endpoint::ipv4(random_array<4>(), 17373)});
  encode_peer_address(addresses, {{random_array<16>()}, Endpoint::ipv6(random_array<16>(), 1)});
  emit_message([&](CborWriter& out) { encode_peers(out, {2, addresses.written()}); });
  const StateVersion reached{std::max(version.incarnation, 1U), version.version};
  emit_message([&](CborWriter& out) { encode_run(out, {reached, "attic"}); });
  const auto key = random_array<65>();
  const auto frame = random_array<60>();
  const auto part = random_array<17>();
  emit_message([&](CborWriter& out) {
    encode_data(out, {random_number() | 1, kDataPartBytes + part.size(), 1, part});
  });
  emit_message([&](CborWriter& out) {
    encode_data_ack(out, {random_number() | 1, DataOutcome::incomplete, random_number()});
  });
  emit_message([&](CborWriter& out) { encode_knock(out, {key, random_number(), frame}); });
}

}  // namespace
}  // namespace dsn::vectors

int main() {
  if (const auto started = dsn::crypto::initialise_crypto(); !started) {
    std::fprintf(stderr, "%s\n", started.error().c_str());
    return 1;
  }
  dsn::vectors::converse();
  for (int i = 0; i < 50; ++i) {
    dsn::vectors::emit_random_comparisons();
    dsn::vectors::emit_random_others();
  }
}
