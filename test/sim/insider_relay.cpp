// SPDX-License-Identifier: Apache-2.0
// What a malicious member hands out as a relay: what others signed, altered.
#include <algorithm>

#include "core/state/state_root.hpp"
#include "sim/insider.hpp"

namespace dsn::sim {

using namespace core;
using namespace wire;

namespace {

constexpr std::size_t kRecordsMax = 60;

Bytes copy_of(ByteView view) { return {view.begin(), view.end()}; }

/// Changes the head and leaves its signature as it is.
void alter(Bytes& encoded, const std::function<void(Head&)>& change) {
  std::optional<Head> head = decode_head(encoded);
  if (!head) return;
  change(*head);
  std::array<std::uint8_t, kHeadBytesMax> again;
  const std::size_t size = encode_head(*head, again);
  encoded.assign(again.begin(), again.begin() + static_cast<std::ptrdiff_t>(size));
}

}  // namespace

// As a member it could fetch what it takes here.
void Insider::record_checkpoints() {
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (!net_[i].running) continue;
    const LocalNode& self = net_.node(i).self();
    const ByteView head = self.last_head().head;
    const bool fresh = self.head_number() > 0 && self.signed_version() == self.version();
    const auto known = [&](const Record& one) { return std::ranges::equal(one.head, head); };
    if (!fresh || std::ranges::any_of(records_, known)) continue;
    Record record{self.id(),
                  copy_of(head),
                  copy_of(self.last_head().signature),
                  copy_of(self.public_key()),
                  {}};
    self.state().store().encode_canonical(record.state);
    if (records_.size() < kRecordsMax) {
      records_.push_back(std::move(record));
    } else {
      records_[random_.below(kRecordsMax)] = std::move(record);
    }
  }
}

// An older one, the state of another, or of itself under another's name.
void Insider::answer_as_relay(std::size_t to, const NodeId& origin) {
  std::vector<const Record*> of_origin;
  for (const Record& one : records_) {
    if (one.id.prefix() == origin.prefix()) of_origin.push_back(&one);
  }
  if (of_origin.empty()) return;
  Record lie = *of_origin[random_.below(of_origin.size())];
  const Record& other = records_[random_.below(records_.size())];
  std::uint64_t clock_ms = decode_head(lie.head)->clock_ms;
  switch (random_.below(10)) {
    case 0:
      lie.state[random_.below(lie.state.size())] ^= 1;
      break;
    case 1:
      lie.state = of_origin[random_.below(of_origin.size())]->state;
      break;
    case 2:
      lie.state.resize(1 + random_.below(lie.state.size()));
      break;
    case 3:
      alter(lie.head, [&](Head& head) { head.version.version += 1 + random_.below(9); });
      break;
    case 4:
      alter(lie.head, [&](Head& head) { head.clock_ms = 0; });
      break;
    case 5:
      lie.public_key = other.public_key;
      break;
    case 6:
      lie.state = other.state;
      alter(lie.head, [&](Head& head) { head.state_bytes = lie.state.size(); });
      break;
    case 7:
      clock_ms = random_.below(clock_ms + 1);
      break;
    case 8:
      clock_ms = random_.one_in(2) ? kSessionClockMsMax : clock_ms + random_.below(100'000);
      break;
    default:
      break;
  }
  hand_out(to, lie, clock_ms);
}

void Insider::hand_out(std::size_t to, const Record& lie, std::uint64_t clock_ms) {
  const std::optional<Head> head = decode_head(lie.head);
  if (!head) return;
  say(to, [&](CborWriter& out) {
    encode_origin(out, {{lie.head, lie.signature}, lie.public_key, {random_.next(), {}}});
  });
  Bytes hashes;
  chunk_hashes(*net_[to].crypto, lie.state, hashes);
  if (random_.one_in(8)) hashes[random_.below(hashes.size())] ^= 1;
  say(to, [&](CborWriter& out) {
    encode_manifest(out, {head->version, clock_ms, lie.state.size(), hashes, lie.id});
  });
  handed_out_ = lie;
}

void Insider::send_chunks(std::size_t to, const Want& want) {
  if (handed_out_.state.empty()) return;
  for (std::size_t i = 0; i < want.count; ++i) {
    const std::size_t at = want.indexes[i] * kChunkBytes;
    if (at >= handed_out_.state.size() || random_.one_in(12)) continue;
    const std::size_t size = std::min(kChunkBytes, handed_out_.state.size() - at);
    Bytes chunk = copy_of(ByteView(handed_out_.state).subspan(at, size));
    if (random_.one_in(12)) chunk[random_.below(chunk.size())] ^= 1;
    say(to, [&](CborWriter& out) {
      encode_chunk(out, {want.version, want.indexes[i], chunk, *want.origin});
    });
  }
}

// What nobody asked for.
void Insider::relay_unasked(std::size_t to) {
  if (records_.empty()) return;
  const Record& one = records_[random_.below(records_.size())];
  if (random_.one_in(2)) return answer_as_relay(to, one.id);
  say(to, [&](CborWriter& out) { encode_head_message(out, {one.head, one.signature}); });
}

// To be asked for what somebody signed.
DigestItem Insider::item_of_record() {
  const Record& one = records_[random_.below(records_.size())];
  StateVersion version = decode_head(one.head)->version;
  if (random_.one_in(2)) version.version += random_.below(3);
  return {one.id.prefix(), version, random_.next()};
}

}  // namespace dsn::sim
