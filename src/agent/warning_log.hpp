// SPDX-License-Identifier: Apache-2.0
// Logs what goes wrong between this node and the network.
#pragma once

#include <asio/io_context.hpp>
#include <map>
#include <string>
#include <utility>

#include "agent/status_view.hpp"
#include "base/time.hpp"
#include "loop/alive.hpp"
#include "loop/handles.hpp"
#include "node/node_runtime.hpp"

namespace dsn::agent {

/// Logs a warning when it begins, and again only if it was away for ten minutes; and has the node
/// tell the others how many warnings there are. Looks every five seconds. `node` and `status` must
/// outlive it.
class WarningLog {
 public:
  WarningLog(asio::io_context& io, node::NodeRuntime& node, const StatusView& status)
      : node_(node), status_(status), timer_(io) {}

  void start();
  /// Leaves no work on the io_context.
  void stop();
  void look(Instant now);

 private:
  void handle_timer(const std::error_code& error);

  node::NodeRuntime& node_;
  const StatusView& status_;
  loop::Timer timer_;
  std::map<std::pair<std::string, std::string>, Instant> seen_;  ///< by code and what it is about
  loop::Alive alive_;
};

}  // namespace dsn::agent
