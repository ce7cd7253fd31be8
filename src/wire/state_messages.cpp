// SPDX-License-Identifier: Apache-2.0
// Messages that carry a state or a piece of one: MAIL, DELTA, SNAPSHOT, MANIFEST, WANT, CHUNK,
// PULL.
#include <algorithm>

#include "wire/message_parts.hpp"
#include "wire/messages.hpp"
#include "wire/wire_limits.hpp"

namespace dsn::wire {
namespace {

constexpr std::size_t kChunkHashBytes = 16;
constexpr std::size_t kUpdateElements = 7;
constexpr std::size_t kSnapshotElements = 4;
constexpr std::size_t kManifestElements = 5;
constexpr std::size_t kPullElements = 2;
constexpr std::size_t kWantElements = 3;
constexpr std::size_t kChunkElements = 4;

// An owner counts its incarnations from 1, so 0 belongs to no state.
void require_incarnation(CborReader& in, std::uint32_t incarnation) {
  if (incarnation == 0) in.fail();
}

// The origin follows the other elements if the state is that of a third node. A later version that
// appends elements writes null in its place if there is none.
void write_origin(CborWriter& out, const RelayedOrigin& origin) {
  if (origin) out.bytes(origin->bytes);
}

RelayedOrigin read_origin(CborReader& in, const MessageStart& start, std::size_t known) {
  if (start.elements <= known) return std::nullopt;
  if (in.peek() == CborType::null) {
    in.null();
    return std::nullopt;
  }
  NodeId id;
  const ByteView bytes = in.bytes_of(id.bytes.size());
  if (!in.ok()) return std::nullopt;
  std::ranges::copy(bytes, id.bytes.begin());
  return id;
}

std::size_t with_origin(std::size_t known, const RelayedOrigin& origin) {
  return known + (origin ? 1 : 0);
}

}  // namespace

void encode_update(CborWriter& out, MessageType type, const Update& update) {
  begin_message(out, type, kUpdateElements);
  out.uint(update.incarnation);
  out.uint(update.from);
  out.uint(update.to);
  out.uint(update.clock_ms);
  out.uint(update.flags);
  encode_entry_map(out, update.entries);
  encode_key_list(out, update.deleted);
}

Update decode_update(CborReader& in, const MessageStart& start) {
  require_elements(in, start, kUpdateElements);
  Update update;
  update.incarnation = static_cast<std::uint32_t>(in.uint_at_most(0xffffffff));
  require_incarnation(in, update.incarnation);
  update.from = in.uint();
  update.to = in.uint();
  if (update.from > update.to) in.fail();
  update.clock_ms = in.uint_at_most(kSessionClockMsMax);
  update.flags = in.uint();
  update.entries = decode_entry_map(in);
  update.deleted = decode_key_list(in);
  skip_later_elements(in, start, kUpdateElements);
  return update;
}

void encode_snapshot(CborWriter& out, const Snapshot& snapshot) {
  begin_message(out, MessageType::snapshot, kSnapshotElements);
  write_version(out, snapshot.version);
  out.uint(snapshot.clock_ms);
  encode_entry_map(out, snapshot.entries);
}

Snapshot decode_snapshot(CborReader& in, const MessageStart& start) {
  require_elements(in, start, kSnapshotElements);
  Snapshot snapshot;
  snapshot.version = read_version(in);
  require_incarnation(in, snapshot.version.incarnation);
  snapshot.clock_ms = in.uint_at_most(kSessionClockMsMax);
  snapshot.entries = decode_entry_map(in);
  skip_later_elements(in, start, kSnapshotElements);
  return snapshot;
}

void encode_manifest(CborWriter& out, const Manifest& manifest) {
  begin_message(out, MessageType::manifest, with_origin(kManifestElements, manifest.origin));
  write_version(out, manifest.version);
  out.uint(manifest.clock_ms);
  out.uint(manifest.size);
  out.bytes(manifest.chunk_hashes);
  write_origin(out, manifest.origin);
}

Manifest decode_manifest(CborReader& in, const MessageStart& start) {
  require_elements(in, start, kManifestElements);
  Manifest manifest;
  manifest.version = read_version(in);
  require_incarnation(in, manifest.version.incarnation);
  manifest.clock_ms = in.uint_at_most(kSessionClockMsMax);
  manifest.size = in.uint_at_most(kStateBytesMax);
  manifest.chunk_hashes = in.bytes();
  const std::size_t chunks = (manifest.size + kChunkBytes - 1) / kChunkBytes;
  if (chunks == 0 || manifest.chunk_hashes.size() != chunks * kChunkHashBytes) in.fail();
  manifest.origin = read_origin(in, start, kManifestElements);
  skip_later_elements(in, start, kManifestElements + 1);
  return manifest;
}

void encode_pull(CborWriter& out, const Pull& pull) {
  begin_message(out, MessageType::pull, with_origin(kPullElements, pull.origin));
  write_version(out, pull.have);
  write_origin(out, pull.origin);
}

Pull decode_pull(CborReader& in, const MessageStart& start) {
  require_elements(in, start, kPullElements);
  Pull pull{read_version(in), std::nullopt};
  pull.origin = read_origin(in, start, kPullElements);
  skip_later_elements(in, start, kPullElements + 1);
  return pull;
}

void encode_want(CborWriter& out, const Want& want) {
  begin_message(out, MessageType::want, with_origin(kWantElements, want.origin));
  write_version(out, want.version);
  out.array(want.count);
  for (std::size_t i = 0; i < want.count; ++i) out.uint(want.indexes[i]);
  write_origin(out, want.origin);
}

Want decode_want(CborReader& in, const MessageStart& start) {
  require_elements(in, start, kWantElements);
  Want want;
  want.version = read_version(in);
  want.count = in.array();
  if (want.count > want.indexes.size()) in.fail();
  for (std::size_t i = 0; i < want.count && in.ok(); ++i) {
    want.indexes[i] = static_cast<std::uint16_t>(in.uint_at_most(kChunksMax - 1));
  }
  want.origin = read_origin(in, start, kWantElements);
  skip_later_elements(in, start, kWantElements + 1);
  return want;
}

void encode_chunk(CborWriter& out, const Chunk& chunk) {
  begin_message(out, MessageType::chunk, with_origin(kChunkElements, chunk.origin));
  write_version(out, chunk.version);
  out.uint(chunk.index);
  out.bytes(chunk.bytes);
  write_origin(out, chunk.origin);
}

Chunk decode_chunk(CborReader& in, const MessageStart& start) {
  require_elements(in, start, kChunkElements);
  Chunk chunk;
  chunk.version = read_version(in);
  chunk.index = in.uint_at_most(kChunksMax - 1);
  chunk.bytes = in.bytes();
  if (chunk.bytes.size() > kChunkBytes) in.fail();
  chunk.origin = read_origin(in, start, kChunkElements);
  skip_later_elements(in, start, kChunkElements + 1);
  return chunk;
}

}  // namespace dsn::wire
