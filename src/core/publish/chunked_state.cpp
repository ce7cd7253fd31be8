// SPDX-License-Identifier: Apache-2.0
#include "core/publish/chunked_state.hpp"

#include <algorithm>

namespace dsn {

void PublishedState::publish(const EntryStore& store) {
  store.encode_canonical(canonical_);
  chunk_hashes(crypto_, canonical_, hashes_);
}

void PublishedState::publish(const Bytes& canonical) {
  canonical_ = canonical;
  chunk_hashes(crypto_, canonical_, hashes_);
}

void PublishedState::send_manifest(Peer& to, Manifest manifest, Instant now, Effects& effects) {
  manifest.size = canonical_.size();
  manifest.chunk_hashes = hashes_;
  CborWriter out = outbox_.plaintext();
  encode_manifest(out, manifest);
  outbox_.send(to, out, now, effects);
}

void PublishedState::send_chunks(Peer& to, const Want& want, const RelayedOrigin& origin,
                                 Instant now, Effects& effects) {
  for (std::size_t i = 0; i < want.count; ++i) {
    if (i > 0 && !to.answers.take(now)) return;
    const std::size_t at = want.indexes[i] * kChunkBytes;
    if (at >= canonical_.size()) continue;
    const ByteView chunk =
        ByteView(canonical_).subspan(at, std::min(kChunkBytes, canonical_.size() - at));
    CborWriter out = outbox_.plaintext();
    encode_chunk(out, {want.version, want.indexes[i], chunk, origin});
    outbox_.send(to, out, now, effects);
  }
}

}  // namespace dsn
