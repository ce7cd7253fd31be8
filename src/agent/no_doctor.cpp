// SPDX-License-Identifier: Apache-2.0
// In place of doctor.cpp in a build without messages: of the network it knows what this node does.
#include <algorithm>

#include "agent/doctor.hpp"

namespace dsn::agent {

Doctor::Doctor(asio::io_context& io, node::NodeRuntime& node, embedded::Courier& courier,
               Warnings warnings)
    : node_(node), courier_(courier), warnings_(std::move(warnings)), timer_(io) {}

void Doctor::examine(Done done) {
  Examination result;
  result.nodes = static_cast<std::uint32_t>(node_.core().peers().members().all().size() + 1);
  result.answered = 1;
  for (const Warning& warning : warnings_()) {
    result.findings.push_back({warning, {node_.core().self().name()}});
  }
  std::ranges::sort(result.findings, {}, [](const NetworkFinding& one) {
    return std::pair(one.warning.code, one.warning.about);
  });
  done(result);
}

void Doctor::stop() {}

}  // namespace dsn::agent
