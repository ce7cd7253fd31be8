// SPDX-License-Identifier: Apache-2.0
#include "core/publish/chunked_state.hpp"

#include <algorithm>

namespace dsn::core {

void ChunkedState::publish(const EntryStore& store) {
  store.encode_canonical(canonical_);
  chunk_hashes(crypto_, canonical_, hashes_);
}

void ChunkedState::publish(const Bytes& canonical) {
  canonical_ = canonical;
  chunk_hashes(crypto_, canonical_, hashes_);
}

void ChunkedState::send_manifest(Peer& to, wire::Manifest manifest, Effects& effects) {
  manifest.size = canonical_.size();
  manifest.chunk_hashes = hashes_;
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_manifest(out, manifest);
  outbox_.send(to, out, effects);
}

void ChunkedState::send_chunks(Peer& to, const wire::Want& want, const wire::RelayedOrigin& origin,
                               Instant now, Effects& effects) {
  for (std::size_t i = 0; i < want.count; ++i) {
    if (i > 0 && !answers_.take(to, now)) return;
    const std::size_t at = want.indexes[i] * wire::kChunkBytes;
    if (at >= canonical_.size()) continue;
    const ByteView chunk =
        ByteView(canonical_).subspan(at, std::min(wire::kChunkBytes, canonical_.size() - at));
    wire::CborWriter out = outbox_.plaintext();
    wire::encode_chunk(out, {want.version, want.indexes[i], chunk, origin});
    outbox_.send(to, out, effects);
  }
}

}  // namespace dsn::core
