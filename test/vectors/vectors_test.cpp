// SPDX-License-Identifier: Apache-2.0
// Holds the product to the test vectors, which an implementation in Python made from
// docs/protocol.md. The files are beside this one.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "base/key_name.hpp"
#include "base/siphash.hpp"
#include "core/node.hpp"
#include "core/peers/state_digest.hpp"
#include "core/session/frame.hpp"
#include "core/session/keys.hpp"
#include "core/state/beat_chain.hpp"
#include "core/state/head.hpp"
#include "core/state/replica.hpp"
#include "core/state/state_root.hpp"
#include "crypto/entropy.hpp"
#include "crypto/psa_crypto.hpp"
#include "message_json.hpp"

namespace dsn::vectors {

using namespace core;
using namespace crypto;
using namespace wire;

namespace {

using nlohmann::json;

json load(const std::string& name) {
  std::ifstream file(DSN_VECTORS_DIRECTORY "/" + name);
  return json::parse(file, nullptr, false);
}

Bytes bytes_of(const json& hex) { return from_hex(hex.get<std::string>()).value(); }

template <std::size_t N>
std::array<std::uint8_t, N> array_of(const json& hex) {
  const Bytes bytes = bytes_of(hex);
  std::array<std::uint8_t, N> array{};
  EXPECT_EQ(bytes.size(), N);
  std::ranges::copy_n(bytes.begin(), static_cast<std::ptrdiff_t>(std::min(N, bytes.size())),
                      array.begin());
  return array;
}

std::string name_of(const json& vector) { return vector.at("name").get<std::string>(); }

class Vectors : public testing::Test {
 protected:
  Vectors() : keys_json(load("keys.json")) {
    EXPECT_TRUE(initialise_crypto());
    crypto_a = std::make_unique<PsaCrypto>(identity("a"));
    crypto_b = std::make_unique<PsaCrypto>(identity("b"));
    keys = std::make_unique<NetworkKeys>(*crypto_a, network_key());
  }

  Secret<16> network_key() const { return Secret<16>(array_of<16>(keys_json["network_key"])); }
  Identity identity(const std::string& name) const {
    const PrivateKey scalar(array_of<32>(keys_json["nodes"][name]["private"]));
    return identity_of(scalar).value();
  }
  SessionId session(const std::string& name) const {
    return SessionId{keys_json["nodes"][name]["sid"].get<std::uint64_t>()};
  }
  NodeId id(const std::string& name) const {
    return NodeId{array_of<16>(keys_json["nodes"][name]["id"])};
  }

  AeadKey pair_key(const std::string& from) {
    const std::string to = from == "a" ? "b" : "a";
    SharedSecret secret;
    EXPECT_TRUE(crypto_a->agree(crypto_b->public_key(), secret));
    return keys->pair(secret, {id(from), id(to), session(from), session(to)});
  }
  AeadKey key_of(const FrameHeader& header, const std::string& from) {
    return header.frame_class == FrameClass::group ? keys->group(session(from)) : pair_key(from);
  }

  std::optional<Bytes> open(ByteView datagram, const std::string& from) {
    const auto header = decode_frame_header(datagram);
    if (!header || header->frame_class == FrameClass::recover || header->key_epoch != kKeyEpoch) {
      return std::nullopt;
    }
    Bytes buffer(kPlaintextBytesMax);
    const auto opened = open_frame(*crypto_b, key_of(*header, from), *header, datagram, buffer);
    if (!opened) return std::nullopt;
    return Bytes(opened->begin(), opened->end());
  }

  json keys_json;
  std::unique_ptr<PsaCrypto> crypto_a, crypto_b;
  std::unique_ptr<NetworkKeys> keys;
};

Bytes flat(const AeadKey& key) {
  Bytes bytes(key.key.view().begin(), key.key.view().end());
  bytes.insert(bytes.end(), key.iv.begin(), key.iv.end());
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
    EXPECT_EQ(header.session, session(frame["from"]));
    Bytes sealed(datagram.size());
    EXPECT_EQ(seal_frame(*crypto_a, key_of(header, frame["from"]), header, *plaintext, sealed),
              datagram.size());
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

const char* name_of(Replica::Outcome outcome) {
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

Replica::Outcome take_in(Replica& replica, ByteView encoded) {
  Effects effects;
  CborReader in(encoded);
  const MessageStart head = decode_message_start(in);
  if (head.type == static_cast<std::uint64_t>(MessageType::snapshot)) {
    return replica.apply(decode_snapshot(in, head), Instant{}, {}, effects);
  }
  return replica.apply(decode_update(in, head), Instant{}, {}, effects);
}

TEST_F(Vectors, ReplicasComeToTheSameStates) {
  const json vectors = load("replica.json");
  Replica replica;
  ASSERT_FALSE(vectors["steps"].empty());
  for (const json& step : vectors["steps"]) {
    SCOPED_TRACE(name_of(step));
    EXPECT_EQ(name_of(take_in(replica, bytes_of(step["message"]))), step["outcome"]);
    EXPECT_EQ(replica.version().incarnation, step["incarnation"].get<std::uint32_t>());
    EXPECT_EQ(replica.version().version, step["version"].get<std::uint64_t>());
    Bytes canonical;
    replica.store().encode_canonical(canonical);
    EXPECT_EQ(to_hex(state_root(*crypto_a, canonical)), step["root"].get<std::string>());
  }
}

TEST_F(Vectors, AConversationOpensAndReadsTheSame) {
  const json vectors = load("conversation.json");
  ASSERT_FALSE(vectors["frames"].empty());
  for (const json& frame : vectors["frames"]) {
    SCOPED_TRACE(frame["messages"].dump().substr(0, 100));
    const auto plaintext = open(bytes_of(frame["datagram"]), frame["from"]);
    ASSERT_TRUE(plaintext);
    EXPECT_EQ(to_hex(*plaintext), frame["plaintext"].get<std::string>());
    CborReader in(*plaintext);
    for (const json& message : frame["messages"]) {
      const auto described = describe_next(in);
      ASSERT_TRUE(described);
      EXPECT_EQ(described->fields, message);
    }
    EXPECT_TRUE(in.at_end());
  }
}

// One side of the recorded conversation is played to a real node, which has the other's key and
// session: it must come to know the same peer with the same state.
class Playback : public Vectors {
 protected:
  void play(const std::string& from) {
    const std::string to = from == "a" ? "b" : "a";
    CryptoPort& crypto = to == "a" ? *crypto_a : *crypto_b;
    NodeOptions options;
    options.name = "listener";
    options.network_key = network_key();
    options.session = session(to);
    options.multicast = false;
    Instant now{std::chrono::seconds(1)};
    Node node(crypto, options, now);
    const Endpoint peer_address = Endpoint::ipv4({192, 0, 2, 1}, 17373);
    Effects effects;
    node.start(now, effects);
    const json vectors = load("conversation.json");
    for (const json& frame : vectors["frames"]) {
      now += 10ms;
      effects.clear();
      node.handle_timeout(now, effects);
      if (frame["from"] != from || frame["messages"][0]["type"] == 22) continue;
      effects.clear();
      const bool multicast = frame["messages"][0]["type"] == 1;
      node.handle_datagram(now, {peer_address, multicast, "eth0"}, bytes_of(frame["datagram"]),
                           effects);
    }
    ASSERT_EQ(node.peers().count(), 1U);
    const Peer& peer = *node.peers().all()[0];
    EXPECT_EQ(peer.id, id(from));
    EXPECT_EQ(peer.name, from == "a" ? "attic" : "cellar");
    EXPECT_EQ(peer.life.state, PeerState::live);
    const json& state = vectors["state_" + from];
    EXPECT_EQ(peer.copy.replica.version().incarnation, state["incarnation"].get<std::uint32_t>());
    EXPECT_EQ(peer.copy.replica.version().version, state["version"].get<std::uint64_t>());
    Bytes canonical;
    peer.copy.replica.store().encode_canonical(canonical);
    EXPECT_EQ(to_hex(canonical), state["canonical"].get<std::string>());
  }
};

TEST_F(Playback, ANodeTakesInTheSmallState) { play("a"); }
TEST_F(Playback, ANodeTakesInTheLargeState) { play("b"); }

}  // namespace
}  // namespace dsn::vectors
