// SPDX-License-Identifier: Apache-2.0
// The keys of a network with an authority, and its statements, against the second implementation.
#include "core/session/key_statement.hpp"
#include "core/session/keyring.hpp"
#include "crypto/invite.hpp"
#include "crypto/typed_secret.hpp"
#include "vectors_fixture.hpp"

namespace dsn::vectors {
namespace {

using nlohmann::json;

class NetworkKeyVectors : public Vectors {
 protected:
  NetworkKeyVectors() : vectors_(load("network_keys.json")) {}

  [[nodiscard]] KeyHash authority_hash() const {
    return array_of<16>(vectors_["authority"]["hash"]);
  }
  [[nodiscard]] static EpochKey key_in(const json& vector) {
    return {vector["epoch"].get<std::uint32_t>(), Secret<16>(array_of<16>(vector["key"]))};
  }
  [[nodiscard]] PublicKey authority() const {
    return array_of<65>(vectors_["authority"]["public"]);
  }
  [[nodiscard]] static json describe(const KeyStatement& statement) {
    json out = json::array();
    for (const NodeId& id : statement.out) out.push_back(id.hex());
    return {{"format", 1},
            {"network", to_hex(statement.network.bytes)},
            {"epoch", statement.epoch},
            {"key_hash", to_hex(statement.key_hash)},
            {"out", out},
            {"flags", statement.flags}};
  }

  json vectors_;
};

TEST_F(NetworkKeyVectors, KeysOfANetworkWithAnAuthority) {
  for (const json& vector : vectors_["keys"]) {
    SCOPED_TRACE(vector["epoch"].dump());
    const NetworkKeys key(*crypto_a, key_in(vector), {authority_hash(), session("a")});
    EXPECT_EQ(to_hex(key.network_id().bytes), vectors_["network_id"].get<std::string>());
    EXPECT_EQ(to_hex(key.sum_key()), vectors_["sum_key"].get<std::string>());
    EXPECT_EQ(to_hex(key.hash()), vector["hash"].get<std::string>());
    EXPECT_EQ(static_cast<std::uint64_t>(key.mark()), vector["mark"].get<std::uint64_t>());
    const AeadKey group = key.own_group();
    EXPECT_EQ(to_hex(group.key.view()) + to_hex(group.iv), vector["group_a"].get<std::string>());
    const Bytes frame = bytes_of(vector["frame"]);
    EXPECT_EQ(frame[0] & 0x3f, key.frame_epoch());
    EXPECT_EQ(network_tag_of(frame), key.tag_of(frame));
  }
}

// protocol.md [statement-extend]
TEST_F(NetworkKeyVectors, StatementsDecodeVerifyAndSignToTheSameBytes) {
  PsaCrypto signer(identity_of(PrivateKey(array_of<32>(vectors_["authority"]["private"]))).value());
  for (const json& vector : vectors_["statements"]) {
    SCOPED_TRACE(name_of(vector));
    const Bytes encoded = bytes_of(vector["encoded"]);
    const auto statement = decode_statement(encoded);
    ASSERT_TRUE(statement);
    EXPECT_EQ(describe(*statement), vector["fields"]);
    EXPECT_TRUE(
        verify_statement(*crypto_b, {encoded, array_of<64>(vector["signature"]), authority()}));
    if (encode_statement(*statement) != encoded) continue;  // of a later version
    const auto again = sign_statement(signer, *statement);
    ASSERT_TRUE(again);
    EXPECT_EQ(to_hex(again->signature), vector["signature"].get<std::string>());
  }
  const Bytes first = bytes_of(vectors_["statements"][0]["encoded"]);
  EXPECT_FALSE(
      verify_statement(*crypto_b, {first, array_of<64>(vectors_["wrong_signature"]), authority()}));
}

TEST_F(NetworkKeyVectors, MalformedStatementsAreRefused) {
  ASSERT_FALSE(vectors_["refused"].empty());
  for (const json& vector : vectors_["refused"]) {
    EXPECT_FALSE(decode_statement(bytes_of(vector["encoded"]))) << name_of(vector);
  }
}

// protocol.md [key-checked]
TEST_F(NetworkKeyVectors, ARingTakesTheStatementsWithTheirKey) {
  const json& second = vectors_["keys"][1];
  for (const json& vector : vectors_["statements"]) {
    KeyringContents contents;
    contents.authority = authority_hash();
    contents.keys = {key_in(vectors_["keys"][0])};
    Keyring ring(*crypto_b, contents, session("b"));
    const Bytes statement = bytes_of(vector["encoded"]);
    const Bytes signature = bytes_of(vector["signature"]);
    const EpochKey key = key_in(second);
    const PublicKey public_key = authority();
    const bool puts_out_b = vector["fields"]["out"].dump().find(id("b").hex()) != std::string::npos;
    EXPECT_EQ(ring.take({statement, signature, public_key, key.key.view()}, id("b")),
              puts_out_b ? Keyring::Verdict::refused : Keyring::Verdict::taken)
        << name_of(vector);
  }
}

// protocol.md [second-key]
TEST_F(NetworkKeyVectors, ASecondKeyOfANetworkWithoutAnAuthority) {
  const json& vector = vectors_["second_key"];
  KeyringContents contents = only_key(Secret<16>(array_of<16>(vector["keys"][0])));
  contents.keys.push_back({kFirstKeyEpoch, Secret<16>(array_of<16>(vector["keys"][1]))});
  const Keyring ring(*crypto_b, contents, session("b"));
  EXPECT_EQ(to_hex(ring.network_id().bytes), vector["network_ids"][0].get<std::string>());
  EXPECT_TRUE(ring.is_ours(NetworkId{array_of<8>(vector["network_ids"][1])}));
  EXPECT_EQ(static_cast<std::uint64_t>(ring.mark()), vector["mark"].get<std::uint64_t>());
}

// protocol.md [out-joined]
TEST_F(NetworkKeyVectors, ARingJoinsWhoIsPutOutByAnOlderStatement) {
  const json& vector = vectors_["statements"][1];
  KeyringContents contents;
  contents.authority = authority_hash();
  contents.keys = {key_in(vectors_["keys"][2])};
  Keyring ring(*crypto_b, contents, session("b"));
  const Bytes statement = bytes_of(vector["encoded"]);
  const Bytes signature = bytes_of(vector["signature"]);
  const EpochKey key = key_in(vectors_["keys"][1]);
  const PublicKey public_key = authority();
  const wire::KeyMessage message{statement, signature, public_key, key.key.view()};
  EXPECT_EQ(ring.take(message, NodeId{}), Keyring::Verdict::joined);
  EXPECT_TRUE(ring.is_out(id("a")) && ring.is_out(id("b")));
  EXPECT_EQ(ring.take(message, NodeId{}), Keyring::Verdict::known);
}

TEST_F(NetworkKeyVectors, InvitesAndAuthoritiesAsPeopleTypeThem) {
  for (const json& vector : vectors_["typed"]) {
    SCOPED_TRACE(name_of(vector));
    const Bytes secret = bytes_of(vector["secret"]);
    const std::string text = vector["text"].get<std::string>();
    const TypedForm form{"secret", std::string_view(text).substr(0, 4), secret.size()};
    SecretText written(form.size());
    append_typed(written, form, secret);
    EXPECT_EQ(written.view(), text);
    Bytes read(secret.size());
    EXPECT_TRUE(parse_typed(form, text, read));
    EXPECT_EQ(read, secret);
  }
  const std::string invite = vectors_["typed"][0]["text"].get<std::string>();
  const auto access = parse_invite(invite);
  ASSERT_TRUE(access);
  EXPECT_EQ(access->authority, authority_hash());
  EXPECT_EQ(access->key.epoch, vectors_["keys"][1]["epoch"].get<std::uint32_t>());
}

}  // namespace
}  // namespace dsn::vectors
