// SPDX-License-Identifier: Apache-2.0
#include "core/session/key_statement.hpp"

#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "core/session/signed_bytes.hpp"
#include "wire/cbor_reader.hpp"
#include "wire/cbor_writer.hpp"
#include "wire/wire_limits.hpp"

namespace dsn::core {
namespace {

constexpr std::uint64_t kStatementFormat = 1;
constexpr std::size_t kStatementElements = 6;
constexpr std::string_view kStatementContext = "dsn1-key";

template <std::size_t N>
void read_exactly(wire::CborReader& in, std::array<std::uint8_t, N>& out) {
  const ByteView bytes = in.bytes_of(N);
  if (bytes.size() == N) std::ranges::copy(bytes, out.begin());
}

}  // namespace

Bytes encode_statement(const KeyStatement& statement) {
  std::array<std::uint8_t, wire::kKeyStatementBytesMax> buffer{};
  wire::CborWriter out(buffer);
  out.array(kStatementElements);
  out.uint(kStatementFormat);
  out.bytes(statement.network.bytes);
  out.uint(statement.epoch);
  out.bytes(statement.key_hash);
  out.array(statement.out.size());
  for (const NodeId& id : statement.out) out.bytes(id.bytes);
  out.uint(statement.flags);
  DSN_CHECK(out.ok() && statement.out.size() <= wire::kOutPerStatementMax);
  const ByteView written = out.written();
  return {written.begin(), written.end()};
}

std::optional<KeyStatement> decode_statement(ByteView encoded) {
  if (encoded.size() > wire::kKeyStatementBytesMax) return std::nullopt;
  wire::CborReader in(encoded);
  const std::size_t elements = in.array();
  if (elements < kStatementElements || in.uint() != kStatementFormat) return std::nullopt;
  KeyStatement statement;
  read_exactly(in, statement.network.bytes);
  statement.epoch = static_cast<std::uint32_t>(in.uint_at_most(0xffffffff));
  read_exactly(in, statement.key_hash);
  const std::size_t count = in.array();
  if (count > wire::kOutPerStatementMax) return std::nullopt;
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    read_exactly(in, statement.out.emplace_back().bytes);
  }
  statement.flags = in.uint();
  // protocol.md [statement-extend]
  for (std::size_t i = kStatementElements; i < elements && in.ok(); ++i) in.item(1);
  if (!in.at_end() || statement.epoch == 0) return std::nullopt;
  return statement;
}

std::optional<SignedStatement> sign_statement(CryptoPort& crypto, const KeyStatement& statement) {
  SignedStatement made{encode_statement(statement), {}, crypto.public_key()};
  if (!sign_bytes(crypto, kStatementContext, made.encoded, made.signature)) return std::nullopt;
  return made;
}

bool verify_statement(CryptoPort& crypto, const SignedStatement& statement) {
  return verify_bytes(crypto, statement.authority, kStatementContext, statement.encoded,
                      statement.signature);
}

}  // namespace dsn::core
