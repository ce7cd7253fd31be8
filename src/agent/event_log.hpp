// SPDX-License-Identifier: Apache-2.0
// What happens in the network and to the node, as lines of the log.
#pragma once

#include <string>

#include "node/node_runtime.hpp"

namespace dsn::agent {

/// Logs one line for each change that an operator may want to know. Updates of readings are not
/// logged. `node` must outlive it.
class EventLog {
 public:
  explicit EventLog(const node::NodeRuntime& node) : node_(node) {}

  /// The warnings about the credentials, and that the node starts.
  void log_start(const std::string& config_file, const std::string& socket_path) const;
  void handle_event(const core::CoreEvent& event) const;
  void handle_notice(node::Notice notice) const;

 private:
  const node::NodeRuntime& node_;
};

}  // namespace dsn::agent
