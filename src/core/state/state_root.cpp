// SPDX-License-Identifier: Apache-2.0
#include "core/state/state_root.hpp"

#include <algorithm>

#include "core/common/limits.hpp"

namespace dsn::core {
namespace {

// A leaf can never be taken for a root, because their first bytes differ (RFC 9162, section 2.1).
constexpr std::uint8_t kLeafPrefix = 0x00;
constexpr std::uint8_t kRootPrefix = 0x01;

ShortHash prefixed_hash(CryptoPort& crypto, std::uint8_t prefix, ByteView bytes) {
  std::array<std::uint8_t, 1 + wire::kChunkBytes> buffer;
  buffer[0] = prefix;
  std::ranges::copy(bytes, buffer.begin() + 1);
  const Digest256 digest = crypto.sha256(ByteView(buffer).first(1 + bytes.size()));
  ShortHash hash;
  std::copy_n(digest.begin(), hash.size(), hash.begin());
  return hash;
}

static_assert(wire::kChunksMax * sizeof(ShortHash) <= wire::kChunkBytes,
              "hashes of a state fit in the buffer");

}  // namespace

ShortHash chunk_hash(CryptoPort& crypto, ByteView chunk) {
  return prefixed_hash(crypto, kLeafPrefix, chunk);
}

void chunk_hashes(CryptoPort& crypto, ByteView canonical, Bytes& hashes) {
  hashes.clear();
  for (std::size_t at = 0; at < canonical.size(); at += wire::kChunkBytes) {
    const ByteView chunk =
        canonical.subspan(at, std::min(wire::kChunkBytes, canonical.size() - at));
    const ShortHash hash = chunk_hash(crypto, chunk);
    hashes.insert(hashes.end(), hash.begin(), hash.end());
  }
}

ShortHash root_of_hashes(CryptoPort& crypto, ByteView hashes) {
  return prefixed_hash(crypto, kRootPrefix, hashes);
}

ShortHash state_root(CryptoPort& crypto, ByteView canonical) {
  Bytes hashes;
  chunk_hashes(crypto, canonical, hashes);
  return root_of_hashes(crypto, hashes);
}

}  // namespace dsn::core
