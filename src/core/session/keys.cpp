// SPDX-License-Identifier: Apache-2.0
#include "core/session/keys.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/big_endian.hpp"
#include "base/siphash.hpp"
#include "wire/wire_limits.hpp"

namespace dsn::core {
namespace {

constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kLabelBytes = 6;

std::array<std::uint8_t, 8> big_endian(SessionId session) {
  std::array<std::uint8_t, 8> bytes{};
  put_big_endian(bytes, static_cast<std::uint64_t>(session));
  return bytes;
}

/// Concatenates public values for HKDF's info; never secrets.
class Info {
 public:
  Info& add(ByteView bytes) {
    std::ranges::copy(bytes, bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += bytes.size();
    return *this;
  }
  [[nodiscard]] ByteView view() const { return ByteView(bytes_).first(size_); }

 private:
  std::array<std::uint8_t, 64> bytes_{};
  std::size_t size_ = 0;
};

}  // namespace

NetworkKeys::NetworkKeys(CryptoPort& crypto, const EpochKey& key, const KeyOwner& owner)
    : crypto_(crypto), network_key_(key.key), hash_(key_hash(crypto, key.key.view())) {
  mark_ = key_mark(key.epoch, get_big_endian<std::uint32_t>(std::span(hash_).first<4>()));
  const ByteView root = owner.authority ? ByteView(*owner.authority) : network_key_.view();
  crypto_.hkdf({}, root, as_bytes("dsn2/net"), network_id_.bytes);
  crypto_.hkdf({}, root, as_bytes("dsn2/sum"), sum_key_.mutable_view());
  crypto_.hkdf({}, network_key_.view(), as_bytes("dsn2/tag"), tag_key_.mutable_view());
  crypto_.hkdf({}, network_key_.view(), as_bytes("dsn2/call"), call_key_.mutable_view());
  own_group_ = group(owner.session);
}

std::uint64_t NetworkKeys::tag_of(ByteView frame) const {
  constexpr std::size_t kTagsBytes = wire::kFrameTagBytes + wire::kNetworkTagBytes;
  std::array<std::uint8_t, wire::kGroupHeaderBytes + wire::kFrameTagBytes> covered{};
  std::ranges::copy(frame.first(wire::kGroupHeaderBytes), covered.begin());
  std::ranges::copy(frame.last(kTagsBytes).first(wire::kFrameTagBytes),
                    covered.begin() + wire::kGroupHeaderBytes);
  return siphash24(tag_key_.view(), covered);
}

std::uint64_t NetworkKeys::name_mark(std::uint64_t nonce, std::string_view name) const {
  Bytes marked(8);
  put_big_endian(std::span(marked).first<8>(), nonce);
  const ByteView text = as_bytes(name);
  marked.insert(marked.end(), text.begin(), text.end());
  return siphash24(call_key_.view(), marked);
}

AeadKey NetworkKeys::group(SessionId sender) const {
  const auto session = big_endian(sender);
  const Info info = Info().add(as_bytes("dsn2/grp")).add(session);
  return derive(network_id_.bytes, network_key_.view(), info.view()).key;
}

DirectionKey NetworkKeys::pair(const SharedSecret& secret, const PairContext& context) const {
  const auto from_session = big_endian(context.from_session);
  const auto to_session = big_endian(context.to_session);
  const Info info = Info()
                        .add(as_bytes("dsn2/pair"))
                        .add(context.from.bytes)
                        .add(context.to.bytes)
                        .add(from_session)
                        .add(to_session);
  return derive(network_key_.view(), secret.view(), info.view());
}

DirectionKey NetworkKeys::derive(ByteView salt, ByteView input_key, ByteView info) const {
  Secret<kKeyBytes + kAeadNonceBytes + kLabelBytes> output;
  crypto_.hkdf(salt, input_key, info, output.mutable_view());
  DirectionKey direction;
  std::ranges::copy(output.view().first<kKeyBytes>(), direction.key.key.mutable_view().begin());
  std::ranges::copy(output.view().subspan<kKeyBytes, kAeadNonceBytes>(), direction.key.iv.begin());
  direction.label = get_big_endian<std::uint64_t>(output.view().last<kLabelBytes>());
  return direction;
}

// 239.255.0.0/16 is the IPv4 local scope (RFC 2365, section 6.1).
Endpoint multicast_group_ipv4(const NetworkId& network, std::uint16_t port) {
  return Endpoint::ipv4({239, 255, network.bytes[0], network.bytes[1]}, port);
}

// ff12::/16: transient (not assigned by IANA), link-local scope (RFC 4291, section 2.7).
Endpoint multicast_group_ipv6(const NetworkId& network, std::uint16_t port) {
  std::array<std::uint8_t, 16> address{0xff, 0x12};
  std::ranges::copy(network.bytes, address.begin() + 8);
  return Endpoint::ipv6(address, port);
}

KeyHash key_hash(CryptoPort& crypto, ByteView key) {
  const Digest256 digest = crypto.sha256(key);
  KeyHash hash;
  std::copy_n(digest.begin(), hash.size(), hash.begin());
  return hash;
}

NodeId node_id_of(CryptoPort& crypto, const PublicKey& key) {
  const Digest256 digest = crypto.sha256(key);
  NodeId id;
  std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
  return id;
}

}  // namespace dsn::core
