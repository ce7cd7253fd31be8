// SPDX-License-Identifier: Apache-2.0
#include "core/session/frame.hpp"

#include <algorithm>

#include "base/big_endian.hpp"

namespace dsn::core {
namespace {

using HeaderBytes = std::array<std::uint8_t, wire::kFrameHeaderBytes>;

HeaderBytes encode_header(const FrameHeader& header) {
  HeaderBytes bytes{};
  bytes[0] = kFrameMagic;
  bytes[1] = static_cast<std::uint8_t>(static_cast<unsigned>(header.frame_class) << 6 |
                                       (header.key_epoch & 0x3fU));
  put_big_endian(std::span(bytes).subspan<2, 6>(), header.sequence);
  put_big_endian(std::span(bytes).last<8>(), header.sender);
  return bytes;
}

// Enc_structure of COSE_Encrypt0 (RFC 9052, section 5.3), written out because only the header
// varies: ["Encrypt0", h'a101181e' ({1: 30}, AES-CCM-16-128-128), external_aad: the header].
std::array<std::uint8_t, 32> additional_data(ByteView header) {
  std::array<std::uint8_t, 32> data{0x83, 0x68, 'E',  'n',  'c',  'r',  'y',  'p',
                                    't',  '0',  0x44, 0xa1, 0x01, 0x18, 0x1e, 0x50};
  std::ranges::copy(header, data.begin() + 16);
  return data;
}

std::array<std::uint8_t, kAeadNonceBytes> nonce_of(const AeadKey& key, std::uint64_t sequence) {
  std::array<std::uint8_t, kAeadNonceBytes> nonce = key.iv;
  std::array<std::uint8_t, 6> bytes{};
  put_big_endian(bytes, sequence);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    nonce[kAeadNonceBytes - bytes.size() + i] ^= bytes[i];
  }
  return nonce;
}

}  // namespace

// protocol.md [drop-shape]
std::optional<FrameHeader> decode_frame_header(ByteView datagram) {
  if (datagram.size() <= wire::kFrameHeaderBytes + wire::kFrameTagBytes) return std::nullopt;
  if (datagram.size() > wire::kDatagramBytesMax || datagram[0] != kFrameMagic) return std::nullopt;
  FrameHeader header;
  if (datagram[1] >> 6 > static_cast<unsigned>(FrameClass::recover)) return std::nullopt;
  header.frame_class = static_cast<FrameClass>(datagram[1] >> 6);
  const bool too_short =
      datagram.size() <= wire::kFrameHeaderBytes + wire::kFrameTagBytes + wire::kNetworkTagBytes;
  if (header.frame_class == FrameClass::group && too_short) return std::nullopt;
  header.key_epoch = datagram[1] & 0x3f;
  header.sequence = get_big_endian<std::uint64_t>(datagram.subspan(2, 6));
  header.sender = get_big_endian<std::uint64_t>(datagram.subspan(8, 8));
  return header;
}

// protocol.md [frame-size]
std::size_t seal_frame(CryptoPort& crypto, const AeadKey& key, const FrameHeader& header,
                       ByteView plaintext, MutableBytes datagram) {
  const std::size_t size = wire::kFrameHeaderBytes + plaintext.size() + wire::kFrameTagBytes;
  if (size > datagram.size() || header.sequence > kSequenceMax) return 0;
  const HeaderBytes bytes = encode_header(header);
  const auto sealed =
      datagram.subspan(wire::kFrameHeaderBytes, plaintext.size() + wire::kFrameTagBytes);
  if (!crypto.seal(key, nonce_of(key, header.sequence), additional_data(bytes), plaintext,
                   sealed)) {
    return 0;
  }
  std::ranges::copy(bytes, datagram.begin());
  return size;
}

std::optional<ByteView> open_frame(CryptoPort& crypto, const AeadKey& key,
                                   const FrameHeader& header, ByteView datagram,
                                   MutableBytes buffer) {
  const ByteView sealed = datagram.subspan(wire::kFrameHeaderBytes);
  const std::size_t plaintext_bytes = sealed.size() - wire::kFrameTagBytes;
  if (plaintext_bytes > buffer.size()) return std::nullopt;
  const MutableBytes plaintext = buffer.first(plaintext_bytes);
  const auto nonce = nonce_of(key, header.sequence);
  const auto data = additional_data(datagram.first(wire::kFrameHeaderBytes));
  if (!crypto.open(key, nonce, data, sealed, plaintext)) return std::nullopt;
  return plaintext;
}

}  // namespace dsn::core
