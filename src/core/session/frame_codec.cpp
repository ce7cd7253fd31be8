// SPDX-License-Identifier: Apache-2.0
#include "core/session/frame_codec.hpp"

#include <algorithm>

#include "base/big_endian.hpp"

namespace dsn::core {
namespace {

constexpr std::size_t kSequenceBytes = 6;

// Where the session id or the label begins. It takes the rest of the header.
constexpr std::size_t kSenderOffset = 1 + kSequenceBytes;

void encode_header(const FrameHeader& header, MutableBytes out) {
  out[0] = static_cast<std::uint8_t>(static_cast<unsigned>(header.frame_class) << 6 |
                                     (header.key_epoch & 0x3fU));
  put_big_endian(out.subspan(1, kSequenceBytes), header.sequence);
  put_big_endian(out.subspan(kSenderOffset), header.sender);
}

// Enc_structure of COSE_Encrypt0 (RFC 9052, section 5.3), written out because only the header
// varies: ["Encrypt0", h'a101181e' ({1: 30}, AES-CCM-16-128-128), external_aad: the header].
class AdditionalData {
 public:
  explicit AdditionalData(ByteView header) : size_(kHeaderOffset + header.size()) {
    data_[kHeaderOffset - 1] = static_cast<std::uint8_t>(0x40 + header.size());
    std::ranges::copy(header, data_.begin() + kHeaderOffset);
  }
  [[nodiscard]] ByteView view() const { return ByteView(data_).first(size_); }

 private:
  static constexpr std::size_t kHeaderOffset = 16;
  std::array<std::uint8_t, kHeaderOffset + wire::kGroupHeaderBytes> data_{
      0x83, 0x68, 'E', 'n', 'c', 'r', 'y', 'p', 't', '0', 0x44, 0xa1, 0x01, 0x18, 0x1e};
  std::size_t size_;
};

std::array<std::uint8_t, kAeadNonceBytes> nonce_of(const AeadKey& key, std::uint64_t sequence) {
  std::array<std::uint8_t, kAeadNonceBytes> nonce = key.iv;
  std::array<std::uint8_t, kSequenceBytes> bytes{};
  put_big_endian(bytes, sequence);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    nonce[kAeadNonceBytes - bytes.size() + i] ^= bytes[i];
  }
  return nonce;
}

}  // namespace

// protocol.md [drop-shape]
std::optional<FrameHeader> decode_frame_header(ByteView datagram) {
  if (datagram.empty() || datagram.size() > wire::kDatagramBytesMax) return std::nullopt;
  if (datagram[0] >> 6 > static_cast<unsigned>(FrameClass::pair)) return std::nullopt;
  FrameHeader header;
  header.frame_class = static_cast<FrameClass>(datagram[0] >> 6);
  const std::size_t tags_bytes =
      wire::kFrameTagBytes +
      (header.frame_class == FrameClass::group ? wire::kNetworkTagBytes : std::size_t{0});
  if (datagram.size() <= header.size() + tags_bytes) return std::nullopt;
  header.key_epoch = datagram[0] & 0x3f;
  header.sequence = get_big_endian<std::uint64_t>(datagram.subspan(1, kSequenceBytes));
  header.sender =
      get_big_endian<std::uint64_t>(datagram.first(header.size()).subspan(kSenderOffset));
  return header;
}

// protocol.md [frame-size]
std::size_t seal_frame(CryptoPort& crypto, const AeadKey& key, const FrameHeader& header,
                       ByteView plaintext, MutableBytes datagram) {
  const std::size_t size = header.size() + plaintext.size() + wire::kFrameTagBytes;
  if (size > datagram.size() || header.sequence > kSequenceMax) return 0;
  const MutableBytes clear = datagram.first(header.size());
  encode_header(header, clear);
  const MutableBytes sealed = datagram.first(size).subspan(header.size());
  const AdditionalData data(clear);
  const bool done =
      crypto.seal(key, nonce_of(key, header.sequence), data.view(), plaintext, sealed);
  return done ? size : 0;
}

std::optional<ByteView> open_frame(CryptoPort& crypto, const AeadKey& key,
                                   const FrameHeader& header, ByteView datagram,
                                   MutableBytes buffer) {
  const ByteView sealed = datagram.subspan(header.size());
  const std::size_t plaintext_bytes = sealed.size() - wire::kFrameTagBytes;
  if (plaintext_bytes > buffer.size()) return std::nullopt;
  const MutableBytes plaintext = buffer.first(plaintext_bytes);
  const auto nonce = nonce_of(key, header.sequence);
  const AdditionalData data(datagram.first(header.size()));
  if (!crypto.open(key, nonce, data.view(), sealed, plaintext)) return std::nullopt;
  return plaintext;
}

}  // namespace dsn::core
