// SPDX-License-Identifier: Apache-2.0
// This node's copy of the state of one origin. It is always one state that the owner committed, and
// never a mixture of two.
#pragma once

#include <cstdint>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/common/effects.hpp"
#include "core/state/clock_reading.hpp"
#include "core/state/entry_store.hpp"
#include "wire/messages.hpp"

namespace dsn::core {

class Replica {
 public:
  enum class Outcome : std::uint8_t {
    applied,
    stale,      ///< we have this state or a newer one: nothing to do
    gap,        ///< a change before it is missing, or what it refers to: pull
    too_large,  ///< it would break a limit: not applied
  };

  /// A change from the owner, and what would become of it.
  struct Change {
    Outcome outcome = Outcome::stale;
    StateVersion version;
    bool leaves_head = false;  ///< the state before it is that of a head
    std::size_t bytes = 0;     ///< of the state after it; as it is if it would not be applied
    bool is_new_run = false;
    wire::EntryMap entries;  ///< whole, in `buffer`
    wire::KeyList deleted;
    Bytes buffer;
  };
  /// Looks at a change from the owner, in whose frame its session clock was read: ages follow from
  /// it. Its incarnation must be filled in. The result is valid as long as the update is.
  [[nodiscard]] Change prepare(const wire::Update& update, std::uint64_t clock_ms) const;
  /// Takes it, if the replica is still as it was. Emits an event for each key.
  Outcome apply(const Change& change, const ClockReading& clock, const NodeId& origin,
                Effects& effects);
  /// Takes a complete state, which replaces the one that is held.
  Outcome apply(const wire::Snapshot& snapshot, const ClockReading& clock, const NodeId& origin,
                Effects& effects);
  /// The same for a state that may have the version of the one that is held.
  Outcome replace(const wire::Snapshot& snapshot, const ClockReading& clock, const NodeId& origin,
                  Effects& effects);

  /// Takes a complete state from a relay. With `keeps_clock`, the clock that is known from the
  /// owner itself holds for it too.
  Outcome adopt(const wire::Snapshot& snapshot, const ClockReading& clock, bool keeps_clock,
                const NodeId& origin, Effects& effects);

  [[nodiscard]] const StateVersion& version() const { return version_; }
  [[nodiscard]] const EntryStore& store() const { return store_; }
  /// The moment, in our time, at which the owner's session clock was at `sampled_ms`.
  [[nodiscard]] Instant local_time(std::uint64_t sampled_ms) const;
  /// It is proven that the owner's clock had reached `clock_ms` at `at`. Ages that only a relay
  /// told become no less than that.
  void note_proven_clock(std::uint64_t clock_ms, Instant at);
  /// Whether only a relay told the owner's clock.
  [[nodiscard]] bool clock_is_relayed() const { return clock_relayed_; }
  /// A frame of the owner showed its clock.
  void note_clock(const ClockReading& clock);

 private:
  [[nodiscard]] bool is_new_run(const wire::Update& update) const;
  /// What becomes of the change by its versions.
  [[nodiscard]] Outcome outcome_of(const wire::Update& update) const;
  /// The state that the change is applied to.
  [[nodiscard]] const EntryStore& base_of(const wire::Update& update) const;

  StateVersion version_;
  EntryStore store_;
  // The moment, in our time, at which the owner's session clock was zero. It is taken anew from
  // each frame that shows a later clock, so that the difference of two clock rates does not add up.
  Instant clock_zero_{};
  std::uint64_t clock_ms_ = 0;
  bool clock_known_ = false;  // from the owner or a relay
  bool clock_relayed_ = false;
};

}  // namespace dsn::core
