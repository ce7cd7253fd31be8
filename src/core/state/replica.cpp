// SPDX-License-Identifier: Apache-2.0
#include "core/state/replica.hpp"

#include <algorithm>
#include <utility>

#include "core/common/injected_bugs.hpp"
#include "core/common/limits.hpp"
#include "core/state/short_entries.hpp"

namespace dsn::core {
namespace {

// protocol.md [state-apply]
bool fits(const EntryStore::Extent& extent) {
  return extent.count <= wire::kKeysPerNodeMax && extent.encoded_bytes <= wire::kStateBytesMax;
}

// The value that is held now, of a key whose owner has taken it back.
// protocol.md [value-kept]
void tell_if_expired(const wire::KeyedEntry& next, const Bytes* old, const NodeId& origin,
                     Effects& effects) {
  if (!next.entry.absent || !next.entry.absent->is_expired || old == nullptr) return;
  wire::CborReader in(*old);
  const wire::Entry before = wire::decode_entry(in);
  if (before.absent) return;
  effects.expired({origin, std::string(next.key), Bytes(before.value.begin(), before.value.end())});
}

}  // namespace

bool Replica::is_new_run(const wire::Update& update) const {
  return update.incarnation > version_.incarnation && !has_bug(InjectedBug::incarnation_ignored);
}

Replica::Outcome Replica::outcome_of(const wire::Update& update) const {
  // protocol.md [mail-old-run]
  if (update.incarnation < version_.incarnation) return Outcome::stale;
  const bool new_run = is_new_run(update);
  // What a new run of the owner had before its first version is nothing at all, so an update from
  // version 0 is complete.
  // protocol.md [mail-gap-new-run] [mail-gap]
  const bool gap = new_run ? update.from != 0 : update.from > version_.version;
  if (gap && !has_bug(InjectedBug::delta_over_gap)) return Outcome::gap;
  // protocol.md [mail-known]
  const bool passed = update.to <= version_.version && !has_bug(InjectedBug::version_lowered);
  const bool known = !new_run && (passed || update.to == version_.version);
  return known ? Outcome::stale : Outcome::applied;
}

const EntryStore& Replica::base_of(const wire::Update& update) const {
  static const EntryStore kNothing;
  return is_new_run(update) ? kNothing : store_;
}

Replica::Change Replica::prepare(const wire::Update& update, std::uint64_t clock_ms) const {
  Change change{.outcome = outcome_of(update),
                .version = {update.incarnation, update.to},
                .leaves_head = (update.flags & 1) != 0,
                .bytes = store_.encoded_bytes(),
                .is_new_run = is_new_run(update),
                .entries = {},
                .deleted = update.deleted,
                .buffer = {}};
  if (change.outcome != Outcome::applied) return change;
  const EntryStore& before = base_of(update);
  const auto whole = whole_entries(update, before, clock_ms, change.buffer);
  if (!whole) {
    change.outcome = Outcome::gap;
    return change;
  }
  change.entries = *whole;
  const EntryStore::Extent extent = before.extent_with(*whole, update.deleted);
  // protocol.md [apply-whole]
  if (fits(extent)) {
    change.bytes = extent.encoded_bytes;
  } else {
    change.outcome = Outcome::too_large;
  }
  return change;
}

Replica::Outcome Replica::apply(const Change& change, const ClockReading& clock,
                                const NodeId& origin, Effects& effects) {
  if (change.outcome != Outcome::applied) return change.outcome;
  // protocol.md [mail-new-run]
  if (change.is_new_run) return replace({change.version, change.entries}, clock, origin, effects);
  // protocol.md [mail-apply]
  // Deletions first: they make the room that the limits have counted with.
  wire::CborReader deleted(change.deleted.encoded);
  for (std::size_t i = 0; i < change.deleted.count; ++i) {
    if (has_bug(InjectedBug::half_a_delta)) break;
    const std::string_view key = deleted.text();
    if (store_.erase(key)) effects.event(CoreEvent::Kind::removed, origin, key);
  }
  wire::CborReader entries(change.entries.encoded);
  for (std::size_t i = 0; i < change.entries.count; ++i) {
    const wire::KeyedEntry next = wire::next_entry(entries);
    tell_if_expired(next, store_.find(next.key), origin, effects);
    if (store_.set(next.key, next.encoded_entry)) {
      effects.event(CoreEvent::Kind::updated, origin, next.key);
    }
  }
  version_ = change.version;
  note_clock(clock);
  return Outcome::applied;
}

// protocol.md [snapshot]
Replica::Outcome Replica::apply(const wire::Snapshot& snapshot, const ClockReading& clock,
                                const NodeId& origin, Effects& effects) {
  if (snapshot.version <= version_) return Outcome::stale;
  return replace(snapshot, clock, origin, effects);
}

Replica::Outcome Replica::replace(const wire::Snapshot& snapshot, const ClockReading& clock,
                                  const NodeId& origin, Effects& effects) {
  if (snapshot.version < version_) return Outcome::stale;
  EntryStore fresh;
  if (has_bug(InjectedBug::snapshot_merged)) fresh = store_;
  if (!fits(fresh.extent_with(snapshot.entries, {}))) return Outcome::too_large;
  wire::CborReader in(snapshot.entries.encoded);
  for (std::size_t i = 0; i < snapshot.entries.count; ++i) {
    const wire::KeyedEntry next = wire::next_entry(in);
    fresh.set(next.key, next.encoded_entry);
    const Bytes* old = store_.find(next.key);
    tell_if_expired(next, old, origin, effects);
    if (old == nullptr || !std::ranges::equal(*old, next.encoded_entry)) {
      effects.event(CoreEvent::Kind::updated, origin, next.key);
    }
  }
  for (const auto& [key, entry] : store_.entries()) {
    if (fresh.find(key) == nullptr) effects.event(CoreEvent::Kind::removed, origin, key);
  }
  if (snapshot.version == version_ && fresh.entries() == store_.entries()) {
    note_clock(clock);
    return Outcome::stale;
  }
  if (snapshot.version.incarnation != version_.incarnation) clock_known_ = false;
  store_ = std::move(fresh);
  version_ = snapshot.version;
  note_clock(clock);
  return Outcome::applied;
}

Replica::Outcome Replica::adopt(const wire::Snapshot& snapshot, const ClockReading& clock,
                                bool keeps_clock, const NodeId& origin, Effects& effects) {
  const Instant clock_zero = clock_zero_;
  const std::uint64_t clock_ms = clock_ms_;
  const bool known = clock_known_;
  const bool relayed = clock_relayed_;
  clock_known_ = false;
  if (has_bug(InjectedBug::relayed_lower_version)) version_ = {};
  const Outcome outcome = replace(snapshot, clock, origin, effects);
  if (keeps_clock || outcome == Outcome::too_large) {
    clock_known_ = known;
    clock_zero_ = clock_zero;
    clock_ms_ = clock_ms;
  }
  clock_relayed_ = !keeps_clock || relayed;
  return outcome;
}

Instant Replica::local_time(std::uint64_t sampled_ms) const {
  return clock_zero_ + std::chrono::milliseconds(sampled_ms);
}

void Replica::note_proven_clock(std::uint64_t clock_ms, Instant at) {
  if (clock_relayed_) clock_zero_ = std::min(clock_zero_, at - std::chrono::milliseconds(clock_ms));
}

// protocol.md [clock-newest]
void Replica::note_clock(const ClockReading& clock) {
  const bool is_later = !clock_known_ || clock_relayed_ || clock.clock_ms > clock_ms_;
  if (!is_later) return;  // an older frame that was delayed
  clock_known_ = true;
  clock_relayed_ = false;
  clock_ms_ = clock.clock_ms;
  clock_zero_ = clock.at - std::chrono::milliseconds(clock.clock_ms);
}

}  // namespace dsn::core
