// SPDX-License-Identifier: Apache-2.0
// When readings get older than their max_age, and when they are fresh again; and so subnodes, which
// are late when all of their readings are. Without I/O.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "dsn/reading.hpp"
#include "local/server/backend.hpp"

namespace dsn::agent {

/// The most late readings that are remembered. Of what is late beyond them nothing is told, so that
/// members cannot make an agent remember more.
inline constexpr std::size_t kLateReadingsMax = 16'384;

/// A node that has late readings is looked at again after this time: it may have been forgotten.
inline constexpr std::chrono::seconds kLateLook{60};

/// Follows all readings of a backend, which must outlive it. What is late from the beginning is
/// told when it is back, and not that it is late. Each node is looked at when the first of its
/// readings may be late: nothing is remembered of a reading that is fresh.
class LateEvents {
 public:
  LateEvents(local::Backend& backend, Instant now);

  /// Looks at an event: `back` if it is about a reading that was late and is fresh again; `late` if
  /// the reading was too old when it came. `live` or `joined` of a subnode that was late or gone.
  std::vector<NodeEvent> handle_event(const NodeEvent& event, Instant now);

  /// Looks at one node whose readings may be late: the events `late` (and `back`) of these; and, if
  /// it is a subnode, `late` and `gone` of itself.
  std::vector<NodeEvent> handle_due(Instant now);
  /// When handle_due() is to be called; kNever if it need not be.
  [[nodiscard]] Instant next_due() const { return next_due_; }

 private:
  using Name = std::pair<NodeId, std::string>;
  /// The freshest reading of a node that can be late.
  struct Freshest {
    std::optional<Reading> reading{};
    std::chrono::milliseconds late_for{};
  };

  /// Remembers whether the reading is late. Which event it is that it is so now; nothing if none.
  std::optional<NodeEvent::Kind> judge(const NodeId& id, const Reading& reading, Instant now);
  [[nodiscard]] bool was_late_before(const Reading& reading, int max_ages, Instant now) const;
  static void keep_freshest(Freshest& freshest, const Reading& reading);
  void judge_readings(const NodeId& id, Instant now, std::vector<NodeEvent>& events,
                      Freshest& freshest);
  void judge_subnode(const NodeId& id, const Freshest& freshest, Instant now,
                     std::vector<NodeEvent>& events);
  [[nodiscard]] std::vector<std::string> late_keys_of(const NodeId& id) const;
  /// Looks at the node at this time, or earlier.
  void look_at(const NodeId& id, Instant due);

  local::Backend& backend_;
  const Instant began_;
  std::map<NodeId, Instant> due_;  ///< when to look at a node
  Instant next_due_ = kNever;      ///< the earliest of these
  std::set<Name> late_;
  std::map<NodeId, NodeEvent::Kind> silent_;  ///< subnodes that are late or gone
};

}  // namespace dsn::agent
