// SPDX-License-Identifier: Apache-2.0
// What keys depend on. The bytes themselves are checked against an independent implementation in
// test/unit/crypto.
#include "core/session/keys.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "support/fake_crypto.hpp"

namespace dsn::test {

using namespace core;

namespace {

Secret<16> network_key(std::uint8_t fill) {
  std::array<std::uint8_t, 16> bytes;
  bytes.fill(fill);
  return Secret<16>(bytes);
}

std::string text(const AeadKey& key) { return to_hex(key.key.view()) + to_hex(key.iv); }
std::string text(const DirectionKey& direction) {
  return text(direction.key) + std::to_string(direction.label);
}

TEST(Keys, OfAPairAreTheSameOnBothSidesAndDifferBothWays) {
  test::FakeCrypto a(1);
  test::FakeCrypto b(2);
  const NetworkKeys keys_a(a, network_key(7));
  const NetworkKeys keys_b(b, network_key(7));
  SharedSecret secret_a;
  SharedSecret secret_b;
  ASSERT_TRUE(a.agree(b.public_key(), secret_a));
  ASSERT_TRUE(b.agree(a.public_key(), secret_b));
  const NodeId id_a = node_id_of(a, a.public_key());
  const NodeId id_b = node_id_of(b, b.public_key());
  const PairContext there{id_a, id_b, SessionId{1}, SessionId{2}};
  const PairContext back{id_b, id_a, SessionId{2}, SessionId{1}};
  EXPECT_EQ(text(keys_a.pair(secret_a, there)), text(keys_b.pair(secret_b, there)));
  EXPECT_EQ(text(keys_a.pair(secret_a, back)), text(keys_b.pair(secret_b, back)));
  EXPECT_NE(text(keys_a.pair(secret_a, there)), text(keys_a.pair(secret_a, back)));
}

TEST(Keys, DependOnEverythingThatTheyAreFor) {
  test::FakeCrypto crypto(1);
  const NetworkKeys keys(crypto, network_key(7));
  const NetworkKeys other_network(crypto, network_key(8));
  SharedSecret secret;
  secret.mutable_view()[0] = 1;
  const SharedSecret other_secret;
  NodeId a;
  NodeId b;
  b.bytes[15] = 1;
  std::set<std::string> all;
  all.insert(text(keys.pair(secret, {a, b, SessionId{1}, SessionId{2}})));
  all.insert(text(keys.pair(other_secret, {a, b, SessionId{1}, SessionId{2}})));
  all.insert(text(other_network.pair(secret, {a, b, SessionId{1}, SessionId{2}})));
  all.insert(text(keys.pair(secret, {b, a, SessionId{1}, SessionId{2}})));
  all.insert(text(keys.pair(secret, {a, a, SessionId{1}, SessionId{2}})));
  all.insert(text(keys.pair(secret, {a, b, SessionId{3}, SessionId{2}})));
  all.insert(text(keys.pair(secret, {a, b, SessionId{1}, SessionId{3}})));
  all.insert(text(keys.group(SessionId{1})));
  all.insert(text(keys.group(SessionId{2})));
  all.insert(text(other_network.group(SessionId{1})));
  EXPECT_EQ(all.size(), 10U);
}

TEST(Keys, GiveEachNetworkGroupsOfItsOwn) {
  const NetworkId one{{1, 2, 3, 4, 5, 6, 7, 8}};
  const NetworkId other{{9, 2, 3, 4, 5, 6, 7, 8}};
  EXPECT_EQ(multicast_group_ipv4(one, 17373), Endpoint::ipv4({239, 255, 1, 2}, 17373));
  EXPECT_NE(multicast_group_ipv4(one, 17373), multicast_group_ipv4(other, 17373));
  EXPECT_EQ(multicast_group_ipv6(one, 17373).to_string(), "[ff12::102:304:506:708]:17373");
  EXPECT_NE(multicast_group_ipv6(one, 17373), multicast_group_ipv6(other, 17373));
}

TEST(Keys, MakeTheNodeIdFromThePublicKey) {
  test::FakeCrypto crypto(1);
  const Digest256 digest = crypto.sha256(crypto.public_key());
  const NodeId id = node_id_of(crypto, crypto.public_key());
  EXPECT_TRUE(std::equal(id.bytes.begin(), id.bytes.end(), digest.begin()));
}

}  // namespace
}  // namespace dsn::test
