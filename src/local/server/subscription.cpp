// SPDX-License-Identifier: Apache-2.0
#include "local/server/subscription.hpp"

#include <utility>

#include "local/server/list_answer.hpp"

namespace dsn::local {

std::string event_line(const NodeEvent& event) {
  std::string line = R"({"jsonrpc":"2.0","method":"event","params":)";
  const WallClock clock = WallClock::read();
  append_json(line, event, &clock);
  return line + "}\n";
}

Subscription::Subscription(Backend& backend, const SubscribeParams& params)
    : selection_(backend, params.query) {
  if (params.snapshot) present_.emplace(backend, params.query);
}

void Subscription::write_slice(std::string& out) {
  const std::size_t end = out.size() + kSliceBytes;
  std::optional<Reading> reading;
  for (int i = 0; i < kElementsPerSlice && out.size() < end; ++i) {
    if (!present_->next(reading)) {
      present_.reset();
      out += event_line({NodeEvent::Kind::snapshot, "", "", "", std::nullopt});
      return;
    }
    if (!reading) continue;
    NodeEvent event{NodeEvent::Kind::updated, reading->node, reading->node_id, reading->key, {}};
    event.reading = std::move(reading);
    out += event_line(event);
  }
}

}  // namespace dsn::local
