// SPDX-License-Identifier: Apache-2.0
// Goes over the readings that a query selects, one at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "local/server/backend.hpp"
#include "local/server/selection.hpp"

namespace dsn::local {

/// The readings of the nodes that are known when it is made, each as it is when its turn comes,
/// sorted by node and key. The backend must outlive it.
class SelectedReadings {
 public:
  SelectedReadings(Backend& backend, const ReadQuery& query)
      : backend_(&backend), selection_(backend, query), nodes_(selection_.candidates()) {}

  /// Passes over all readings up to this one. False if its node is not among them: then nobody
  /// knows which come behind it.
  bool skip_to(const ReadingName& name);

  /// False at the end. `found` is the next reading; nothing if that one does not exist any more, or
  /// does not fit.
  bool next(std::optional<Reading>& found);

 private:
  void begin_node();

  Backend* backend_;
  Selection selection_;
  std::vector<NodeId> nodes_;
  std::size_t next_node_ = 0;
  NodeId node_{};  ///< the owner of keys_
  std::vector<std::string> keys_;
  std::size_t next_key_ = 0;
};

}  // namespace dsn::local
