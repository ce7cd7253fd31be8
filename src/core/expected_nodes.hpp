// SPDX-License-Identifier: Apache-2.0
// The nodes that should be there, by their names: that one is missing is told, also if it was never
// heard.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/common/effects.hpp"
#include "core/liveness/liveness.hpp"
#include "core/peers/peer_table.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

class ExpectedNodes {
 public:
  ExpectedNodes(const LocalNode& self, const PeerTable& peers, const Liveness& liveness,
                std::vector<std::string> names)
      : self_(self), peers_(peers), liveness_(liveness), names_(std::move(names)) {}

  /// Replaces the names. Those that are new are awaited from now on.
  void set(std::vector<std::string> names, Instant now);
  /// The names of which no peer is known, in the order in which they were given.
  [[nodiscard]] std::vector<std::string> missing() const;
  /// What stands for the id of a missing node: no node has it.
  [[nodiscard]] static NodeId id_of(std::string_view name);
  /// The missing node that this id stands for; empty if none is.
  [[nodiscard]] std::string name_of(const NodeId& id) const;
  /// When the missing ones are gone.
  [[nodiscard]] Instant gone_at() const;

  /// Tells of each missing node once that it is gone.
  void handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const;

 private:
  const LocalNode& self_;
  const PeerTable& peers_;
  const Liveness& liveness_;
  std::vector<std::string> names_;
  Instant set_at_ = Instant::min();
  std::set<std::string> told_;
};

}  // namespace dsn::core
