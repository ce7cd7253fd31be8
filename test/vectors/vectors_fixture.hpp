// SPDX-License-Identifier: Apache-2.0
// The network and the two nodes of the test vectors.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/big_endian.hpp"
#include "core/session/frame_codec.hpp"
#include "core/session/keys.hpp"
#include "crypto/entropy.hpp"
#include "crypto/psa_crypto.hpp"

namespace dsn::vectors {

using namespace core;
using namespace crypto;
using namespace wire;

using nlohmann::json;

inline json load(const std::string& name) {
  std::ifstream file(DSN_VECTORS_DIRECTORY "/" + name);
  return json::parse(file, nullptr, false);
}

inline Bytes bytes_of(const json& hex) { return from_hex(hex.get<std::string>()).value(); }

template <std::size_t N>
std::array<std::uint8_t, N> array_of(const json& hex) {
  const Bytes bytes = bytes_of(hex);
  std::array<std::uint8_t, N> array{};
  EXPECT_EQ(bytes.size(), N);
  std::ranges::copy_n(bytes.begin(), static_cast<std::ptrdiff_t>(std::min(N, bytes.size())),
                      array.begin());
  return array;
}

inline std::string name_of(const json& vector) { return vector.at("name").get<std::string>(); }

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

  DirectionKey pair_key(const std::string& from) {
    const std::string to = from == "a" ? "b" : "a";
    SharedSecret secret;
    EXPECT_TRUE(crypto_a->agree(crypto_b->public_key(), secret));
    return keys->pair(secret, {id(from), id(to), session(from), session(to)});
  }
  AeadKey key_of(const FrameHeader& header, const std::string& from) {
    return header.frame_class == FrameClass::group ? keys->group(session(from))
                                                   : pair_key(from).key;
  }

  static std::uint64_t network_tag_of(ByteView datagram) {
    return get_big_endian<std::uint64_t>(datagram.last(kNetworkTagBytes));
  }

  std::optional<Bytes> open(ByteView datagram, const std::string& from) {
    const auto header = decode_frame_header(datagram);
    if (!header || header->key_epoch != kFirstKeyEpoch) return std::nullopt;
    Bytes buffer(kPlaintextBytesMax);
    const bool is_group = header->frame_class == FrameClass::group;
    if (is_group && network_tag_of(datagram) != keys->tag_of(datagram)) return std::nullopt;
    if (!is_group && header->sender != pair_key(from).label) return std::nullopt;
    const ByteView frame = datagram.first(datagram.size() - (is_group ? kNetworkTagBytes : 0));
    const auto opened = open_frame(*crypto_b, key_of(*header, from), *header, frame, buffer);
    if (!opened) return std::nullopt;
    return Bytes(opened->begin(), opened->end());
  }

  json keys_json;
  std::unique_ptr<PsaCrypto> crypto_a, crypto_b;
  std::unique_ptr<NetworkKeys> keys;
};

}  // namespace dsn::vectors
