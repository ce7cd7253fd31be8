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
constexpr std::size_t kUpdateElementsMin = 2;
constexpr std::size_t kUpdateElementsMax = 8;
constexpr std::uint64_t kStepsDefault = 1;
constexpr std::size_t kSnapshotElements = 3;
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

// Elements are left out from the end as long as they have their default.
std::size_t elements_of(const Update& update) {
  if (update.parts != 1) return kUpdateElementsMax;
  if (update.incarnation != 0) return 6;
  if (update.deleted.count > 0) return 5;
  if (update.to - update.from != kStepsDefault) return 4;
  return update.flags != 0 ? 3 : kUpdateElementsMin;
}

// Null, where elements follow, if the sender has not raised it.
void write_said_incarnation(CborWriter& out, std::uint32_t incarnation) {
  if (incarnation == 0) {
    out.null();
  } else {
    out.uint(incarnation);
  }
}

std::uint32_t read_said_incarnation(CborReader& in) {
  if (in.peek() == CborType::null) {
    in.null();
    return 0;
  }
  const auto incarnation = static_cast<std::uint32_t>(in.uint_at_most(0xffffffff));
  require_incarnation(in, incarnation);
  return incarnation;
}

std::size_t with_origin(std::size_t known, const RelayedOrigin& origin) {
  return known + (origin ? 1 : 0);
}

}  // namespace

void encode_update(CborWriter& out, MessageType type, const Update& update) {
  const std::size_t elements = elements_of(update);
  begin_message(out, type, elements);
  out.uint(update.to);
  encode_change_map(out, update.entries);
  if (elements > 2) out.uint(update.flags);
  if (elements > 3) out.uint(update.to - update.from);
  if (elements > 4) encode_key_list(out, update.deleted);
  if (elements > 5) write_said_incarnation(out, update.incarnation);
  if (elements > 6) out.uint(update.part);
  if (elements > 7) out.uint(update.parts);
}

Update decode_update(CborReader& in, const MessageStart& start) {
  require_elements(in, start, kUpdateElementsMin);
  Update update;
  update.to = in.uint();
  update.entries = decode_change_map(in);
  if (start.elements > 2) update.flags = in.uint();
  const std::uint64_t steps = start.elements > 3 ? in.uint() : kStepsDefault;
  if (steps > update.to) in.fail();
  update.from = update.to - steps;
  if (start.elements > 4) update.deleted = decode_key_list(in);
  if (start.elements > 5) update.incarnation = read_said_incarnation(in);
  if (start.elements > 6) update.part = in.uint_at_most(kMailPartsMax - 1);
  if (start.elements > 7) update.parts = in.uint_at_most(kMailPartsMax);
  const bool is_mail = start.type == static_cast<std::uint64_t>(MessageType::mail);
  if (update.part >= update.parts || (update.parts > 1 && !is_mail)) in.fail();
  skip_later_elements(in, start, kUpdateElementsMax);
  return update;
}

void encode_snapshot(CborWriter& out, const Snapshot& snapshot) {
  begin_message(out, MessageType::snapshot, kSnapshotElements);
  write_version(out, snapshot.version);
  encode_entry_map(out, snapshot.entries);
}

Snapshot decode_snapshot(CborReader& in, const MessageStart& start) {
  require_elements(in, start, kSnapshotElements);
  Snapshot snapshot;
  snapshot.version = read_version(in);
  require_incarnation(in, snapshot.version.incarnation);
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
