// SPDX-License-Identifier: Apache-2.0
// One of each message, to be read, changed and cut by tests.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <numeric>
#include <optional>
#include <string_view>

#include "dsn/value.hpp"
#include "wire/messages.hpp"
#include "wire/wire_limits.hpp"

namespace dsn::test {

using namespace wire;

using Write = std::function<void(CborWriter&)>;
using Read = std::function<void(CborReader&, const MessageStart&, CborWriter&)>;

inline Bytes encode(const Write& write) {
  Bytes bytes(kPlaintextBytesMax);
  CborWriter out(bytes);
  write(out);
  EXPECT_TRUE(out.ok());
  bytes.resize(out.size());
  return bytes;
}

inline Bytes counting(std::size_t size) {
  Bytes bytes(size);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{1});
  return bytes;
}

struct Sample {
  const char* name;
  Write write;
  Read read_and_write;  ///< decodes and encodes what it understood
};

inline const Bytes kHead = counting(110);
inline const Bytes kSignature = counting(64);
inline const Bytes kKey = counting(65);
inline const Bytes kHashes = counting(32);
inline const NodeId kThird{{3, 3, 3}};
inline const Beat kBeat{304, {1, 2, 3, 4, 5, 6, 7, 8}};
inline const Bytes kRumours = counting(2 * kRumourBytes);
inline const Bytes kBuckets512 = counting(512);
inline const Bytes kPart = counting(kDataPartBytes);

inline Bytes some_entries() {
  const Value value = Value::real(21.5);
  return encode([&](CborWriter& out) {
    out.text("a");
    encode_entry(out, {3, 100, 5000, "Cel", value.cbor(), ""});
    out.text("b");
    encode_entry(out, {4, 101, 0, "", value.cbor(), "broken"});
    out.text("room/temperature");
    encode_entry(out, {5, 102, 0, "", value.cbor(), ""});
  });
}
inline const Bytes kEntries = some_entries();
inline const Bytes kDeleted = encode([](CborWriter& out) { out.text("c"), out.text("door"); });

inline Bytes some_items() {
  return encode([](CborWriter& out) {
    encode_item(out, {0xffffffffffffffff, {0xffffffff, 0xffffffffffffffff}, 1});
    encode_item(out, {1, {0, 0}, 0});
  });
}
inline const Bytes kItems = some_items();
inline const Bytes kAddresses = encode([](CborWriter& out) {
  std::array<std::uint8_t, 16> six{0xfe, 0x80};
  encode_peer_address(out, {{}, Endpoint::ipv4({192, 168, 1, 7}, 17373)});
  encode_peer_address(out, {{}, Endpoint::ipv6(six, 65535)});
});

inline Hello some_hello(bool welcome) {
  Hello hello{{kHead, kSignature}, kKey, 0x1234567890abcdef, 17, std::nullopt};
  if (welcome) hello.echo = 0xfedcba0987654321;
  return hello;
}

template <typename Decode, typename Encode>
Read via(Decode decode, Encode encode_again) {
  return [=](CborReader& in, const MessageStart& head, CborWriter& out) {
    const auto message = decode(in, head);
    if (in.ok()) encode_again(out, message);
  };
}

inline const auto kReadHello =
    via(decode_hello, [](CborWriter& out, const Hello& h) { encode_hello(out, h); });
inline Read read_update(MessageType type) {
  return via(decode_update,
             [type](CborWriter& out, const Update& u) { encode_update(out, type, u); });
}

inline const Update kUpdate{2, 7, 9, 1, {3, kEntries}, {2, kDeleted}};

inline const Sample kSamples[] = {
    {"HELLO", [](CborWriter& out) { encode_hello(out, some_hello(false)); }, kReadHello},
    {"WELCOME", [](CborWriter& out) { encode_hello(out, some_hello(true)); }, kReadHello},
    {"MAIL", [](CborWriter& out) { encode_update(out, MessageType::mail, kUpdate); },
     read_update(MessageType::mail)},
    {"DELTA", [](CborWriter& out) { encode_update(out, MessageType::delta, kUpdate); },
     read_update(MessageType::delta)},
    {"MAIL in parts",
     [](CborWriter& out) {
       encode_update(out, MessageType::mail, {0, 3, 9, 1, {}, {}, 1, 3});
     },
     read_update(MessageType::mail)},
    {"beat",
     [](CborWriter& out) {
       encode_update(out, MessageType::mail, {1, 5, 5, 0, {}, {}});
     },
     read_update(MessageType::mail)},
    {"SNAPSHOT",
     [](CborWriter& out) {
       encode_snapshot(out, {{1, 5}, {3, kEntries}});
     },
     via(decode_snapshot, encode_snapshot)},
    {"MANIFEST",
     [](CborWriter& out) {
       encode_manifest(out, {{1, 5}, 6, 1025, kHashes});
     },
     via(decode_manifest, encode_manifest)},
    {"MANIFEST of a third node",
     [](CborWriter& out) {
       encode_manifest(out, {{1, 5}, 6, 1025, kHashes, kThird});
     },
     via(decode_manifest, encode_manifest)},
    {"PULL of a third node",
     [](CborWriter& out) {
       encode_pull(out, {{1, 5}, kThird});
     },
     via(decode_pull, encode_pull)},
    {"WANT of a third node",
     [](CborWriter& out) {
       encode_want(out, {{1, 5}, {7}, 1, kThird});
     },
     via(decode_want, encode_want)},
    {"CHUNK of a third node",
     [](CborWriter& out) {
       encode_chunk(out, {{1, 5}, 0, kHashes, kThird});
     },
     via(decode_chunk, encode_chunk)},
    {"RUMOURS",
     [](CborWriter& out) {
       encode_rumours(out, {kBeat, kRumours});
     },
     via(decode_rumours, encode_rumours)},
    {"LATE",
     [](CborWriter& out) {
       encode_late(out, {{1, 0xffffffffffffffff}, 2});
     },
     via(decode_late, encode_late)},
    {"HEAD",
     [](CborWriter& out) {
       encode_head_message(out, {kHead, kSignature});
     },
     via(decode_head_message, encode_head_message)},
    {"ORIGIN",
     [](CborWriter& out) {
       encode_origin(out, {{kHead, kSignature}, kKey, kBeat});
     },
     via(decode_origin, encode_origin)},
    {"DATA",
     [](CborWriter& out) {
       encode_data(out, {0xffffffffffffffff, kAppMessageBytesMax, 7, kPart});
     },
     via(decode_data, encode_data)},
    {"DATA_ACK",
     [](CborWriter& out) {
       encode_data_ack(out, {0xffffffffffffffff, DataOutcome::malformed, 0xffffffffffffffff});
     },
     via(decode_data_ack, encode_data_ack)},
    {"PULL",
     [](CborWriter& out) {
       encode_pull(out, {{0, 0}});
     },
     via(decode_pull, encode_pull)},
    {"WANT",
     [](CborWriter& out) {
       encode_want(out, {{1, 5}, {0, 63, 7}, 3});
     },
     via(decode_want, encode_want)},
    {"CHUNK",
     [](CborWriter& out) {
       encode_chunk(out, {{1, 5}, 63, kHashes});
     },
     via(decode_chunk, encode_chunk)},
    {"SYN",
     [](CborWriter& out) {
       encode_syn(out, {0xffff, 99, {2, kItems}, 0xffff});
     },
     via(decode_syn, encode_syn)},
    {"ACK",
     [](CborWriter& out) {
       encode_ack(out, {1, {2, kItems}, kBuckets512, 7});
     },
     via(decode_ack, encode_ack)},
    {"ACK in sync",
     [](CborWriter& out) {
       encode_ack(out, {1, {}, {}, 0});
     },
     via(decode_ack, encode_ack)},
    {"LIST",
     [](CborWriter& out) {
       encode_list(out, {3, true, 0x8000000000000001, {2, kItems}});
     },
     via(decode_list, encode_list)},
    {"OWNHEAD",
     [](CborWriter& out) {
       encode_own_head(out, {kHead, kSignature});
     },
     via(decode_own_head, encode_own_head)},
    {"WHO",
     [](CborWriter& out) {
       encode_who(out, {{1, 0xffffffffffffffff}, 2});
     },
     via(decode_who, encode_who)},
    {"PEERS",
     [](CborWriter& out) {
       encode_peers(out, {2, kAddresses});
     },
     via(decode_peers, encode_peers)},
    // protocol.md [run-roles]
    {"RUN of an observer",
     [](CborWriter& out) {
       encode_run(out, {{1, 7}, "attic", 3});
     },
     via(decode_run, encode_run)},
    // protocol.md [run-program]
    {"RUN that says its program",
     [](CborWriter& out) {
       encode_run(out, {{1, 7}, "attic", 0, "0.1.0"});
     },
     via(decode_run, encode_run)},
    {"BYE", [](CborWriter& out) { encode_bye(out, ByeReason::leaving); },
     via(decode_bye, encode_bye)},
    {"BYE, asleep",
     [](CborWriter& out) {
       encode_bye(out, {ByeReason::asleep, 600'000});
     },
     via(decode_bye, encode_bye)},
};

// What was understood, written again; nothing if it was refused or something was left.
inline std::optional<Bytes> read(const Sample& sample, ByteView bytes) {
  CborReader in(bytes);
  const MessageStart head = decode_message_start(in);
  Bytes again(kPlaintextBytesMax);
  CborWriter out(again);
  sample.read_and_write(in, head, out);
  if (!in.at_end()) return std::nullopt;
  again.resize(out.size());
  return again;
}

inline Sample sample_of(const char* name) {
  for (const Sample& sample : kSamples) {
    if (std::string_view(sample.name) == name) return sample;
  }
  ADD_FAILURE() << name;
  return kSamples[0];
}

}  // namespace dsn::test
