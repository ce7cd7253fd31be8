// SPDX-License-Identifier: Apache-2.0
#include "core/state/own_state.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/device_class.hpp"
#include "base/key_name.hpp"
#include "base/printable.hpp"
#include "base/utf8.hpp"
#include "core/common/injected_bugs.hpp"
#include "core/common/limits.hpp"

namespace dsn::core {
namespace {

// What a failed sensor said, fit to be sent: never empty, never too long, always UTF-8.
std::string presentable(std::string text) {
  if (text.empty()) text = "unknown";
  if (!is_utf8(as_bytes(text))) {
    for (char& c : text) {
      if ((static_cast<unsigned char>(c) & 0x80) != 0) c = '?';
    }
  }
  if (text.size() > wire::kErrorBytesMax) {
    std::size_t end = wire::kErrorBytesMax;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    text.resize(end);
  }
  return text;
}

// The version a write gets is not known before its batch is accepted; nine bytes hold any.
constexpr std::size_t kEntryOverheadMax = 1 + 9 + 9 + 9 + 2 + 3;
// An empty cause becomes "unknown".
constexpr std::size_t kErrorBytesMin = 7;

// A key as a batch would leave it, while the batch is being checked. Sizes are upper bounds.
struct Projected {
  bool present = false;
  std::size_t entry_bytes = 0;  // as bytes_of()
  std::size_t pair_bytes = 0;
};

std::uint64_t clamp_ms(std::int64_t ms) {
  return std::min(static_cast<std::uint64_t>(std::max<std::int64_t>(ms, 0)),
                  wire::kSessionClockMsMax);
}

/// Without version and times. A view of the write.
wire::Entry entry_of(const Write& write) {
  wire::Entry entry;
  entry.unit = write.unit;
  entry.value = write.value.cbor();
  entry.absent = write.absent;
  entry.device_class = write.device_class;
  entry.precision = write.precision;
  entry.interval_ms = clamp_ms(to_ms(write.interval));
  return entry;
}

/// What is there of an entry besides its error, at most.
std::size_t bytes_of(const wire::Entry& entry) {
  const bool is_described =
      !entry.device_class.empty() || entry.precision || entry.interval_ms != 0;
  return entry.value.size() + entry.unit.size() + (entry.absent ? wire::kAbsentBytesMax : 0) +
         (is_described ? wire::kClassOverheadMax + entry.device_class.size() : 0);
}

Projected project(std::string_view key, const Bytes* encoded) {
  if (encoded == nullptr) return {};
  wire::CborReader in(*encoded);
  const wire::Entry entry = wire::decode_entry(in);
  return {true, bytes_of(entry), encoded_pair_bytes(key, encoded->size())};
}

void project(Projected& projected, const Write& write) {
  if (write.kind == Write::Kind::unset) {
    projected = {};
    return;
  }
  std::size_t error_bytes = 0;
  if (write.kind == Write::Kind::set) {
    projected.entry_bytes = bytes_of(entry_of(write));
  } else {
    error_bytes = std::clamp<std::size_t>(write.error.size(), kErrorBytesMin, wire::kErrorBytesMax);
    if (!projected.present) projected.entry_bytes = 1;  // null
  }
  projected.present = true;
  projected.pair_bytes =
      encoded_pair_bytes(write.key, kEntryOverheadMax + projected.entry_bytes + error_bytes);
}

}  // namespace

std::uint64_t OwnState::clock_ms(Instant now) const {
  return clamp_ms(to_ms(now - session_start_));
}

Result<std::uint64_t> OwnState::commit(std::span<const Write> writes) {
  if (const Result<void> checked = check(writes); !checked) return checked.failure();
  bool changed = false;
  for (const Write& write : writes) changed |= apply(write, version_ + 1);
  if (has_bug(InjectedBug::version_reused)) {
    changed &= std::ranges::any_of(
        writes, [](const Write& write) { return write.kind != Write::Kind::unset; });
  }
  if (changed) ++version_;
  return version_;
}

namespace {

Result<void> check_one(const Write& write) {
  if (!is_key_name(write.key)) {
    return Error{"'" + with_question_marks(write.key) +
                 "' is no key: 1 to 64 bytes of text such as room/temperature, without control "
                 "characters, blanks at the ends, and empty parts between '/'"};
  }
  if (write.kind == Write::Kind::set && write.value.cbor().size() > wire::kValueBytesMax) {
    return Error{"the value of '" + write.key + "' has more than " +
                 std::to_string(wire::kValueBytesMax) + " bytes"};
  }
  if (write.unit.size() > wire::kUnitBytesMax || !is_utf8(as_bytes(write.unit))) {
    return Error{"the unit of '" + write.key + "' is not UTF-8 of at most " +
                 std::to_string(wire::kUnitBytesMax) + " bytes"};
  }
  if (!write.device_class.empty() && !is_device_class(write.device_class)) {
    return Error{"the class of '" + write.key + "' must be 1 to " +
                 std::to_string(kDeviceClassBytesMax) + " of a-z, 0-9 and '_', a letter first"};
  }
  if (write.precision && *write.precision > kPrecisionMax) {
    return Error{"the precision of '" + write.key + "' must be 0 to " +
                 std::to_string(kPrecisionMax) + " decimals"};
  }
  return {};
}

}  // namespace

// Limits hold for the state that the whole batch leaves, so that a full one can be rewritten.
// protocol.md [state-write]
Result<void> OwnState::check(std::span<const Write> writes) const {
  std::size_t count = store_.count();
  std::size_t bytes = store_.encoded_bytes();
  std::map<std::string_view, Projected> touched;
  for (const Write& write : writes) {
    if (Result<void> one = check_one(write); !one) return one;
    const auto [found, fresh] = touched.try_emplace(write.key);
    if (fresh) found->second = project(write.key, store_.find(write.key));
    const Projected before = found->second;
    project(found->second, write);
    count = count + found->second.present - before.present;
    bytes = bytes + found->second.pair_bytes - before.pair_bytes;
  }
  // The head of the map may take two bytes more than it does now.
  bytes += encoded_head_bytes(wire::kKeysPerNodeMax) - encoded_head_bytes(store_.count());
  if (count > wire::kKeysPerNodeMax) {
    return Error{"a node has at most " + std::to_string(wire::kKeysPerNodeMax) + " keys"};
  }
  if (bytes > wire::kStateBytesMax) {
    return Error{"a node's state has at most " + std::to_string(wire::kStateBytesMax) + " bytes"};
  }
  return {};
}

bool OwnState::apply(const Write& write, std::uint64_t version) {
  if (write.kind == Write::Kind::unset) return unset(write.key, version);
  return set(write, version);
}

// protocol.md [entry-error]
bool OwnState::set(const Write& write, std::uint64_t version) {
  const Bytes* old = store_.find(write.key);
  wire::Entry before;
  if (old != nullptr) {
    wire::CborReader in(*old);
    before = wire::decode_entry(in);
  }
  const Value none;
  std::string cause;
  wire::Entry entry;
  entry.value = none.cbor();
  if (write.kind == Write::Kind::fail) {
    // The last good value, if there was one, stays with its own age.
    if (old != nullptr) entry = before;
    cause = presentable(write.error);
    entry.error = cause;
  } else {
    entry = entry_of(write);
    entry.sampled_ms = clock_ms(write.sampled);
  }
  entry.version = version;
  entry.max_age_ms = clamp_ms(to_ms(write.max_age));
  entry_buffer_.resize(kEntryOverheadMax + bytes_of(entry) + entry.error.size());
  wire::CborWriter out(entry_buffer_);
  wire::encode_entry(out, entry);
  DSN_CHECK(out.ok());
  note_change(write.key, old != nullptr ? &before : nullptr, entry);
  forget_tombstone(write.key);
  const bool changed = store_.set(write.key, out.written());
  by_version_.emplace(version, store_.entries().find(write.key)->first);
  return changed;
}

// Before it is in the store.
void OwnState::note_change(const std::string& key, const wire::Entry* before,
                           const wire::Entry& entry) {
  if (before != nullptr) {
    by_version_.erase({before->version, key});
    const bool same = before->unit == entry.unit && before->max_age_ms == entry.max_age_ms &&
                      before->device_class == entry.device_class &&
                      before->precision == entry.precision &&
                      before->interval_ms == entry.interval_ms && !before->absent && !entry.absent;
    if (same || has_bug(InjectedBug::unit_change_short)) return;
  }
  described_[key] = entry.version;
}

bool OwnState::unset(const std::string& key, std::uint64_t version) {
  const Bytes* old = store_.find(key);
  if (old == nullptr) return false;
  wire::CborReader in(*old);
  by_version_.erase({wire::decode_entry(in).version, key});
  store_.erase(key);
  described_.erase(key);
  tombstones_.push_back({key, version});
  if (tombstones_.size() > wire::kTombstonesMax) {
    if (!has_bug(InjectedBug::tombstone_dropped_early)) {
      tombstone_floor_ = tombstones_.front().version;
    }
    tombstones_.pop_front();
  }
  return true;
}

// protocol.md [deleted-once]
void OwnState::forget_tombstone(std::string_view key) {
  std::erase_if(tombstones_, [key](const Tombstone& t) { return t.key == key; });
}

// protocol.md [entry-short]
void OwnState::append_change(wire::CborWriter& out, std::string_view key, std::uint64_t from,
                             std::uint64_t clock_ms) const {
  const Bytes* encoded = store_.find(key);
  const auto described = described_.find(key);
  DSN_CHECK(encoded != nullptr && described != described_.end());
  wire::CborReader in(*encoded);
  const wire::Entry entry = wire::decode_entry(in);
  out.text(key);
  const bool is_known = described->second <= from;
  if (is_known && entry.error.empty() && !entry.absent && entry.sampled_ms <= clock_ms) {
    wire::encode_short_entry(out,
                             {clock_ms - entry.sampled_ms, entry.value, version_ - entry.version});
  } else {
    out.raw(*encoded);
  }
}

wire::Update OwnState::changes_since(std::uint64_t from, Instant now) {
  DSN_CHECK(can_update_from(from));
  wire::Update update;
  update.from = from;
  update.to = version_;
  std::vector<std::string_view> changed;
  for (auto next = by_version_.lower_bound({from + 1, {}}); next != by_version_.end(); ++next) {
    changed.push_back(next->second);
  }
  std::ranges::sort(changed, wire::CborTextLess{});
  // A short entry may take more bytes than the whole one, if it is old.
  entries_buffer_.resize(store_.encoded_bytes() + store_.count() * wire::kEntryOverheadMax);
  wire::CborWriter entries(entries_buffer_);
  for (const std::string_view key : changed) append_change(entries, key, from, clock_ms(now));
  update.entries.count = changed.size();
  update.entries.encoded = entries.written();

  std::vector<std::string_view> deleted;
  for (const Tombstone& t : tombstones_) {
    if (t.version > from) deleted.push_back(t.key);
  }
  std::ranges::sort(deleted, wire::CborTextLess{});
  deleted_buffer_.resize(deleted.size() * (wire::kKeyBytesMax + 2));
  wire::CborWriter keys(deleted_buffer_);
  for (const std::string_view key : deleted) keys.text(key);
  update.deleted = {deleted.size(), keys.written()};
  DSN_CHECK(entries.ok() && keys.ok());
  return update;
}

}  // namespace dsn::core
