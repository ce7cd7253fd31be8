// SPDX-License-Identifier: Apache-2.0
// This node's copy of the state of one origin. It is always exactly one state that its owner
// committed, never a mixture.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/common/effects.hpp"
#include "core/state/entry_store.hpp"
#include "wire/messages.hpp"

namespace dsn::core {

class Replica {
 public:
  enum class Outcome : std::uint8_t {
    applied,
    stale,      ///< we have this state or a newer one: nothing to do
    gap,        ///< something before it is missing: pull
    too_large,  ///< it would break a limit: not applied
  };

  /// A change from the owner. `now` is when it came in: its clock_ms tells the owner's session
  /// clock at (about) that moment, from which ages follow. Emits an event per key.
  Outcome apply(const wire::Update& update, Instant now, const NodeId& origin, Effects& effects);
  /// A complete state: replaces what is here.
  Outcome apply(const wire::Snapshot& snapshot, Instant now, const NodeId& origin,
                Effects& effects);
  /// A complete state at the version that we have already, because the two differ.
  Outcome replace(const wire::Snapshot& snapshot, Instant now, const NodeId& origin,
                  Effects& effects);

  /// A complete state that somebody else hands out. With `keeps_clock` the ages that are known from
  /// the owner itself hold for it too.
  Outcome adopt(const wire::Snapshot& snapshot, Instant now, bool keeps_clock, const NodeId& origin,
                Effects& effects);

  [[nodiscard]] const StateVersion& version() const { return version_; }
  [[nodiscard]] const EntryStore& store() const { return store_; }
  /// When the owner's session clock was at `sampled_ms`, in our time.
  [[nodiscard]] Instant local_time(std::uint64_t sampled_ms) const;
  /// The owner's clock had reached this at that moment. Ages that only a relay told become no less
  /// than this says.
  void note_proven_clock(std::uint64_t clock_ms, Instant at);
  /// Nobody but a relay told how old this is.
  [[nodiscard]] bool clock_is_relayed() const { return clock_relayed_; }
  /// The owner's clock, from any frame that carries it.
  void note_clock(std::uint64_t clock_ms, Instant now);
  /// The owner's clock has reached this at least: of a beat, which shows no more.
  void note_clock_reached(std::uint64_t clock_ms, Instant now) {
    clock_zero_ = std::min(clock_zero_, now - std::chrono::milliseconds(clock_ms));
  }

 private:
  StateVersion version_;
  EntryStore store_;
  // In our time, when the owner's session clock was zero. Taken anew from each frame that shows a
  // later clock, so that clocks which run at different rates do not add up their difference.
  Instant clock_zero_{};
  std::uint64_t clock_ms_ = 0;
  bool clock_relayed_ = false;
};

}  // namespace dsn::core
