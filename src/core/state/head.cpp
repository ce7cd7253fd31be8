// SPDX-License-Identifier: Apache-2.0
#include "core/state/head.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/node_name.hpp"
#include "core/common/limits.hpp"
#include "core/session/signed_bytes.hpp"
#include "wire/cbor_reader.hpp"
#include "wire/cbor_writer.hpp"

namespace dsn::core {
namespace {

constexpr std::size_t kHeadElements = 14;
constexpr std::uint64_t kHeadFormat = 1;
constexpr std::string_view kHeadContext = "dsn1-head";

template <std::size_t N>
void read_into(wire::CborReader& in, std::array<std::uint8_t, N>& out) {
  const ByteView bytes = in.bytes_of(N);
  if (bytes.size() == N) std::ranges::copy(bytes, out.begin());
}

}  // namespace

std::size_t encode_head(const Head& head, std::span<std::uint8_t, wire::kHeadBytesMax> out) {
  wire::CborWriter writer(out);
  const bool has_mark = head.key_mark != KeyMark::none;
  writer.array(kHeadElements + (has_mark ? 1 : 0));
  writer.uint(kHeadFormat);
  writer.bytes(head.network.bytes);
  writer.bytes(head.id.bytes);
  writer.text(head.name);
  writer.uint(head.version.incarnation);
  writer.uint(head.version.version);
  writer.bytes(head.root);
  writer.uint(head.key_count);
  writer.uint(head.state_bytes);
  writer.uint(static_cast<std::uint64_t>(head.session));
  writer.uint(head.clock_ms);
  writer.uint(head.anchor.index);
  writer.bytes(head.anchor.element);
  writer.uint(head.flags);
  if (has_mark) writer.uint(static_cast<std::uint64_t>(head.key_mark));
  DSN_CHECK(writer.ok());
  return writer.size();
}

// protocol.md [head-form]
std::optional<Head> decode_head(ByteView encoded) {
  if (encoded.size() > wire::kHeadBytesMax) return std::nullopt;
  wire::CborReader in(encoded);
  Head head;
  const std::size_t elements = in.array();
  if (elements < kHeadElements || in.uint() != kHeadFormat) return std::nullopt;
  read_into(in, head.network.bytes);
  read_into(in, head.id.bytes);
  head.name = in.text();
  head.version.incarnation = static_cast<std::uint32_t>(in.uint_at_most(0xffffffff));
  head.version.version = in.uint();
  read_into(in, head.root);
  head.key_count = in.uint_at_most(wire::kKeysPerNodeMax);
  head.state_bytes = in.uint_at_most(wire::kStateBytesMax);
  head.session = SessionId{in.uint()};
  head.clock_ms = in.uint_at_most(wire::kSessionClockMsMax);
  head.anchor.index = in.uint();
  read_into(in, head.anchor.element);
  head.flags = in.uint();
  if (elements > kHeadElements) head.key_mark = KeyMark{in.uint()};
  // protocol.md [head-extend]
  for (std::size_t i = kHeadElements + 1; i < elements && in.ok(); ++i) in.item(1);
  if (!in.at_end() || head.version.incarnation == 0 || !is_node_name(head.name))
    return std::nullopt;
  return head;
}

bool sign_head(CryptoPort& crypto, ByteView encoded_head, Signature& signature) {
  return sign_bytes(crypto, kHeadContext, encoded_head, signature);
}

bool verify_head(CryptoPort& crypto, const PublicKey& signer, ByteView encoded_head,
                 const Signature& signature) {
  return verify_bytes(crypto, signer, kHeadContext, encoded_head, signature);
}

}  // namespace dsn::core
