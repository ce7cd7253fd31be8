// SPDX-License-Identifier: Apache-2.0
// The state that this node owns, the only one that it may change.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "core/state/entry_store.hpp"
#include "dsn/result.hpp"
#include "dsn/value.hpp"
#include "wire/messages.hpp"

namespace dsn::core {

/// One change that the owner makes.
struct Write {
  enum class Kind : std::uint8_t {
    set,    ///< a new value
    fail,   ///< the sensor failed: keep the last good value, and say why
    unset,  ///< remove the key
  };
  Kind kind = Kind::set;
  std::string key;
  Value value;                                ///< set; null with `absent`
  Instant sampled{};                          ///< set: when it was measured, not after `now`
  Duration max_age{};                         ///< set, fail: zero if it is never late
  std::string unit;                           ///< set
  std::string error;                          ///< fail; cut to kErrorBytesMax
  std::optional<wire::AbsentValue> absent{};  ///< set: others fetch the value
  std::string device_class{};                 ///< set; as in base/device_class.hpp, or empty
  std::optional<std::uint32_t> precision{};   ///< set; decimals, at most kPrecisionMax
  Duration interval{};  ///< set: time between samples, if only changes are written; else zero
};

/// The owner's entries, and tombstones of those that were deleted, with the version of each change.
/// A batch of writes makes one version, and a reader never sees half of it.
class OwnState {
 public:
  /// `session_start` is the zero of the session clock.
  explicit OwnState(Instant session_start) : session_start_(session_start) {}

  /// Applies all writes, or none if a limit would be broken or a key is not valid. Returns the new
  /// version. A batch that only removes what is not there changes nothing.
  Result<std::uint64_t> commit(std::span<const Write> writes);

  [[nodiscard]] std::uint64_t version() const { return version_; }
  [[nodiscard]] const EntryStore& store() const { return store_; }
  [[nodiscard]] std::uint64_t clock_ms(Instant now) const;
  [[nodiscard]] Instant session_start() const { return session_start_; }

  /// Whether everything since `from` is still known, deletions included.
  [[nodiscard]] bool can_update_from(std::uint64_t from) const {
    return from >= tombstone_floor_ && from <= version_;
  }
  /// Returns every change after `from`, for a frame that is sent now. What readers of `from` know
  /// of an entry is left out. The views are valid until the next call of this object.
  [[nodiscard]] wire::Update changes_since(std::uint64_t from, Instant now);

 private:
  struct Tombstone {
    std::string key;
    std::uint64_t version = 0;
  };
  [[nodiscard]] Result<void> check(std::span<const Write> writes) const;
  bool apply(const Write& write, std::uint64_t version);
  bool set(const Write& write, std::uint64_t version);
  void note_change(const std::string& key, const wire::Entry* before, const wire::Entry& entry);
  void append_change(wire::CborWriter& out, std::string_view key, std::uint64_t from,
                     std::uint64_t clock_ms) const;
  bool unset(const std::string& key, std::uint64_t version);
  void forget_tombstone(std::string_view key);

  Instant session_start_;
  EntryStore store_;
  // All keys by the version that changed them last; the views are of the store's keys.
  std::set<std::pair<std::uint64_t, std::string_view>> by_version_;
  // The version that gave each key its unit, maximum age, class, precision, interval.
  std::map<std::string, std::uint64_t, std::less<>> described_;
  std::deque<Tombstone> tombstones_;   // oldest first
  std::uint64_t tombstone_floor_ = 0;  // changes up to here may include forgotten deletions
  std::uint64_t version_ = 0;
  Bytes entry_buffer_, entries_buffer_, deleted_buffer_;
};

}  // namespace dsn::core
