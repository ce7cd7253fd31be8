// SPDX-License-Identifier: Apache-2.0
// Holds the product to the test vectors, which an implementation in Python made from
// docs/protocol.md. The files are beside this one.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "base/key_name.hpp"
#include "base/siphash.hpp"
#include "core/common/effects.hpp"
#include "core/peers/state_digest.hpp"
#include "core/state/beat_chain.hpp"
#include "core/state/head.hpp"
#include "core/state/replica.hpp"
#include "core/state/state_root.hpp"
#include "message_json.hpp"
#include "vectors_fixture.hpp"

namespace dsn::vectors {

using namespace core;
using namespace crypto;
using namespace wire;

namespace {

using nlohmann::json;

Bytes flat(const AeadKey& key) {
  Bytes bytes(key.key.view().begin(), key.key.view().end());
  bytes.insert(bytes.end(), key.iv.begin(), key.iv.end());
  return bytes;
}

Bytes flat(const DirectionKey& direction) {
  Bytes bytes = flat(direction.key);
  constexpr std::size_t kLabelBytes = 6;
  bytes.resize(bytes.size() + kLabelBytes);
  put_big_endian(std::span(bytes).last<kLabelBytes>(), direction.label);
  return bytes;
}

TEST_F(Vectors, Keys) {
  EXPECT_EQ(to_hex(keys->network_id().bytes), keys_json["network_id"].get<std::string>());
  EXPECT_EQ(to_hex(keys->sum_key()), keys_json["sum_key"].get<std::string>());
  const Endpoint ipv4 = multicast_group_ipv4(keys->network_id(), 1);
  const Endpoint ipv6 = multicast_group_ipv6(keys->network_id(), 1);
  EXPECT_EQ(to_hex(ipv4.address_bytes()), keys_json["group_ipv4"].get<std::string>());
  EXPECT_EQ(to_hex(ipv6.address_bytes()), keys_json["group_ipv6"].get<std::string>());
  for (const std::string name : {"a", "b"}) {
    EXPECT_EQ(to_hex(identity(name).public_key),
              keys_json["nodes"][name]["public"].get<std::string>());
    EXPECT_EQ(node_id_of(*crypto_a, identity(name).public_key), id(name));
    EXPECT_EQ(to_hex(flat(keys->group(session(name)))),
              keys_json["group_" + name].get<std::string>());
  }
  EXPECT_EQ(to_hex(flat(pair_key("a"))), keys_json["pair_ab"].get<std::string>());
  EXPECT_EQ(to_hex(flat(pair_key("b"))), keys_json["pair_ba"].get<std::string>());
  const std::uint64_t sum =
      siphash24(keys->sum_key(), id("a").bytes) + siphash24(keys->sum_key(), id("b").bytes);
  EXPECT_EQ(sum, keys_json["member_sum"].get<std::uint64_t>());
}

TEST_F(Vectors, SharedSecret) {
  SharedSecret secret;
  ASSERT_TRUE(crypto_b->agree(crypto_a->public_key(), secret));
  EXPECT_EQ(to_hex(secret.view()), keys_json["shared_secret"].get<std::string>());
  for (const json& point : keys_json["refused_points"]) {
    EXPECT_FALSE(crypto_b->agree(array_of<65>(point), secret)) << point;
  }
}

TEST_F(Vectors, FramesOpenAndSealToTheSameBytes) {
  const json frames = load("frames.json");
  ASSERT_FALSE(frames["accepted"].empty());
  for (const json& frame : frames["accepted"]) {
    SCOPED_TRACE(name_of(frame));
    const Bytes datagram = bytes_of(frame["datagram"]);
    const auto plaintext = open(datagram, frame["from"]);
    ASSERT_TRUE(plaintext);
    EXPECT_EQ(to_hex(*plaintext), frame["plaintext"].get<std::string>());
    const FrameHeader header = decode_frame_header(datagram).value();
    EXPECT_EQ(header.sequence, frame["sequence"].get<std::uint64_t>());
    Bytes sealed(datagram.size());
    const std::size_t size =
        seal_frame(*crypto_a, key_of(header, frame["from"]), header, *plaintext, sealed);
    if (header.frame_class == FrameClass::group) {
      EXPECT_EQ(header.session(), session(frame["from"]));
      ASSERT_EQ(size + kNetworkTagBytes, datagram.size());
      put_big_endian(std::span(sealed).last<kNetworkTagBytes>(), keys->tag_of(sealed));
    }
    EXPECT_EQ(to_hex(sealed), frame["datagram"].get<std::string>());
  }
}

Beat beat_of(const json& beat) {
  return {beat.at("index").get<std::uint64_t>(), array_of<8>(beat.at("element"))};
}

// protocol.md [beat-chain]
TEST_F(Vectors, BeatsLeadBackToThoseBefore) {
  const json beats = load("beats.json");
  const BeatOwner owner{id("a"), session("a")};
  BeatChain chain(*crypto_a, owner, Secret<32>(array_of<32>(beats["seed"])));
  for (const json& shown : beats["beats"]) {
    const Beat beat = beat_of(shown);
    EXPECT_EQ(chain.show(beat.index).element, beat.element) << beat.index;
  }
  for (const json& verdict : beats["verdicts"]) {
    const Beat later = beat_of(verdict["later"]);
    const Beat known = beat_of(verdict["known"]);
    EXPECT_EQ(leads_back(*crypto_a, owner, later, known), verdict["leads_back"])
        << name_of(verdict);
    if (later.index == known.index) continue;
    EXPECT_FALSE(leads_back(*crypto_a, {id("b"), owner.session}, later, known));
    EXPECT_FALSE(leads_back(*crypto_a, {owner.id, session("b")}, later, known));
  }
}

TEST_F(Vectors, MalformedFramesAreRefused) {
  const json frames = load("frames.json");
  ASSERT_FALSE(frames["refused"].empty());
  for (const json& frame : frames["refused"]) {
    EXPECT_FALSE(open(bytes_of(frame["datagram"]), frame["from"])) << name_of(frame);
  }
}

// protocol.md [head-deterministic]
TEST_F(Vectors, HeadsDecodeVerifyAndSignToTheSameBytes) {
  const json heads = load("heads.json");
  ASSERT_FALSE(heads["accepted"].empty());
  for (const json& vector : heads["accepted"]) {
    SCOPED_TRACE(name_of(vector));
    const Bytes encoded = bytes_of(vector["encoded"]);
    const auto head = decode_head(encoded);
    ASSERT_TRUE(head);
    EXPECT_EQ(describe_head(*head), vector["fields"]);
    std::array<std::uint8_t, kHeadBytesMax> again{};
    const std::size_t size = encode_head(*head, again);
    EXPECT_EQ(to_hex(ByteView(again).first(size)), vector["encoded"].get<std::string>());
    const auto signature = array_of<64>(vector["signature"]);
    EXPECT_TRUE(verify_head(*crypto_b, crypto_a->public_key(), encoded, signature));
    Signature own{};
    ASSERT_TRUE(sign_head(*crypto_a, encoded, own));
    EXPECT_EQ(to_hex(own), vector["signature"].get<std::string>()) << "both sign as RFC 6979 says";
  }
}

TEST_F(Vectors, MalformedHeadsAndWrongSignaturesAreRefused) {
  const json heads = load("heads.json");
  ASSERT_FALSE(heads["refused"].empty());
  for (const json& vector : heads["refused"]) {
    // A head of more than 160 bytes is refused with the message that it stands in.
    const Bytes encoded = bytes_of(vector["encoded"]);
    const bool decoded = encoded.size() <= kHeadBytesMax && decode_head(encoded);
    EXPECT_FALSE(decoded) << name_of(vector);
  }
  for (const json& vector : heads["wrong_signatures"]) {
    EXPECT_FALSE(verify_head(*crypto_b, crypto_a->public_key(), bytes_of(vector["head"]),
                             array_of<64>(vector["signature"])))
        << name_of(vector);
  }
}

TEST_F(Vectors, StatesHaveTheSameRootAndFingerprint) {
  const json states = load("states.json");
  ASSERT_FALSE(states["states"].empty());
  for (const json& vector : states["states"]) {
    SCOPED_TRACE(name_of(vector));
    const Bytes canonical = bytes_of(vector["canonical"]);
    CborReader in(canonical);
    const EntryMap entries = decode_entry_map(in);
    ASSERT_TRUE(in.at_end());
    EXPECT_EQ(describe_entries(entries), vector["entries"]);
    EntryStore store;
    CborReader pairs(entries.encoded);
    for (std::size_t i = 0; i < entries.count; ++i) {
      const KeyedEntry next = next_entry(pairs);
      store.set(next.key, next.encoded_entry);
    }
    Bytes again, hashes;
    store.encode_canonical(again);
    EXPECT_EQ(again, canonical);
    chunk_hashes(*crypto_a, canonical, hashes);
    EXPECT_EQ(to_hex(hashes), vector["hashes"].get<std::string>());
    EXPECT_EQ(to_hex(state_root(*crypto_a, canonical)), vector["root"].get<std::string>());
    const StateVersion version{vector["incarnation"].get<std::uint32_t>(),
                               vector["version"].get<std::uint64_t>()};
    const ShortHash root = state_root(*crypto_a, canonical);
    EXPECT_EQ(state_fingerprint(keys->sum_key(), id("a"), version, root),
              vector["fingerprint"].get<std::uint64_t>());
  }
  for (const json& key : states["keys"]) EXPECT_TRUE(is_key_name(key.get<std::string>())) << key;
  for (const json& key : states["refused_keys"]) {
    EXPECT_FALSE(is_key_name(key.get<std::string>())) << key;
  }
}

TEST_F(Vectors, MessagesDecodeAndEncodeToTheSameBytes) {
  const json messages = load("messages.json");
  ASSERT_FALSE(messages["accepted"].empty());
  for (const json& vector : messages["accepted"]) {
    SCOPED_TRACE(name_of(vector));
    const Bytes encoded = bytes_of(vector["message"]);
    CborReader in(encoded);
    const auto described = describe_next(in);
    ASSERT_TRUE(described);
    EXPECT_TRUE(in.at_end());
    EXPECT_EQ(described->fields, vector["fields"]);
    EXPECT_EQ(to_hex(described->again), vector["again"].get<std::string>());
  }
}

TEST_F(Vectors, MalformedMessagesAreRefused) {
  const json messages = load("messages.json");
  ASSERT_FALSE(messages["refused"].empty());
  for (const json& vector : messages["refused"]) {
    const Bytes encoded = bytes_of(vector["message"]);
    CborReader in(encoded);
    EXPECT_FALSE(describe_next(in)) << name_of(vector);
  }
}

TEST_F(Vectors, ApplicationMessagesDecodeAndEncodeToTheSameBytes) {
  const json messages = load("app_messages.json");
  ASSERT_FALSE(messages["accepted"].empty());
  for (const json& vector : messages["accepted"]) {
    SCOPED_TRACE(name_of(vector));
    const auto described = describe_app_message(bytes_of(vector["message"]));
    ASSERT_TRUE(described);
    EXPECT_EQ(described->fields, vector["fields"]);
    EXPECT_EQ(to_hex(described->again), vector["again"].get<std::string>());
  }
}

TEST_F(Vectors, MalformedApplicationMessagesAreRefused) {
  const json messages = load("app_messages.json");
  ASSERT_FALSE(messages["refused"].empty());
  for (const json& vector : messages["refused"]) {
    EXPECT_FALSE(describe_app_message(bytes_of(vector["message"]))) << name_of(vector);
  }
}

TEST_F(Vectors, PartsMakeTheApplicationMessage) {
  const json vector = load("app_messages.json")["in_parts"];
  Bytes whole;
  for (const json& part : vector["parts"]) {
    const Bytes encoded = bytes_of(part);
    CborReader in(encoded);
    const Data data = decode_data(in, decode_message_start(in));
    ASSERT_TRUE(in.at_end());
    EXPECT_EQ(data.part * kDataPartBytes, whole.size());
    whole.insert(whole.end(), data.bytes.begin(), data.bytes.end());
  }
  EXPECT_EQ(to_hex(whole), vector["message"].get<std::string>());
}

const char* outcome_name(Replica::Outcome outcome) {
  switch (outcome) {
    case Replica::Outcome::applied:
      return "applied";
    case Replica::Outcome::stale:
      return "stale";
    case Replica::Outcome::gap:
      return "gap";
    case Replica::Outcome::too_large:
      return "too_large";
  }
  return "";
}

Replica::Outcome take_in(Replica& replica, ByteView encoded, const ClockReading& clock) {
  Effects effects;
  CborReader in(encoded);
  const MessageStart head = decode_message_start(in);
  if (head.type == static_cast<std::uint64_t>(MessageType::snapshot)) {
    return replica.apply(decode_snapshot(in, head), clock, {}, effects);
  }
  return replica.apply(replica.prepare(decode_update(in, head), clock.clock_ms), clock, {},
                       effects);
}

TEST_F(Vectors, ReplicasComeToTheSameStates) {
  const json vectors = load("replica.json");
  Replica replica;
  ASSERT_FALSE(vectors["steps"].empty());
  for (const json& step : vectors["steps"]) {
    SCOPED_TRACE(name_of(step));
    const ClockReading clock{step["clock"].get<std::uint64_t>(), Instant{}};
    EXPECT_EQ(outcome_name(take_in(replica, bytes_of(step["message"]), clock)), step["outcome"]);
    EXPECT_EQ(replica.version().incarnation, step["incarnation"].get<std::uint32_t>());
    EXPECT_EQ(replica.version().version, step["version"].get<std::uint64_t>());
    Bytes canonical;
    replica.store().encode_canonical(canonical);
    EXPECT_EQ(to_hex(state_root(*crypto_a, canonical)), step["root"].get<std::string>());
  }
}

void expect_messages(ByteView plaintext, const json& messages) {
  CborReader in(plaintext);
  for (const json& message : messages) {
    const auto described = describe_next(in);
    ASSERT_TRUE(described);
    EXPECT_EQ(described->fields, message);
  }
  EXPECT_TRUE(in.at_end());
}

TEST_F(Vectors, AConversationOpensAndReadsTheSame) {
  const json vectors = load("conversation.json");
  ASSERT_FALSE(vectors["frames"].empty());
  for (const json& frame : vectors["frames"]) {
    SCOPED_TRACE(frame["messages"].dump().substr(0, 100));
    const auto plaintext = open(bytes_of(frame["datagram"]), frame["from"]);
    ASSERT_TRUE(plaintext);
    EXPECT_EQ(to_hex(*plaintext), frame["plaintext"].get<std::string>());
    expect_messages(*plaintext, frame["messages"]);
    if (!frame.contains("inside")) continue;
    const json& inside = frame["inside"];
    const auto run = open(bytes_of(inside["datagram"]), frame["from"]);
    ASSERT_TRUE(run);
    expect_messages(*run, inside["messages"]);
  }
}

}  // namespace
}  // namespace dsn::vectors
