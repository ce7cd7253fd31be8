// SPDX-License-Identifier: Apache-2.0
#include "node/half_met_view.hpp"
#include "net/socket_address.hpp"

#include <algorithm>
#include <tuple>

namespace dsn::node {
namespace {

// Contact takes a second or two, also where much is lost.
constexpr Duration kContactPatience = 10s;
constexpr std::uint64_t kHeardMin = 2;

bool strangers_wait(const core::Node& node, Instant now) {
  return std::ranges::any_of(node.drop_senders().all(), [&](const core::DropSender& sender) {
    return sender.cause == core::Counter::drop_flood && now - sender.last < core::HalfMet::kLife;
  });
}

std::chrono::milliseconds since(Instant then, Instant now) {
  return std::chrono::milliseconds(to_ms(now - then));
}

}  // namespace

std::vector<HalfMetNode> half_met(const core::Node& node, Instant now) {
  std::vector<HalfMetNode> found;
  const bool waits = strangers_wait(node, now);
  for (const core::HeardNode& one : node.half_met(now)) {
    const bool is_silent = now - one.first >= kContactPatience && one.count >= kHeardMin && !waits;
    if (!one.left_out && !is_silent) continue;
    found.push_back({.node = one.name,
                     .node_id = one.id.hex(),
                     .address = net::address_text(one.at),
                     .interface_name = one.interface_name,
                     .multicast = one.multicast,
                     .left_out = one.left_out,
                     .count = one.count,
                     .first_ago = since(one.first, now),
                     .heard_ago = since(one.last, now)});
  }
  std::ranges::sort(found, {},
                    [](const HalfMetNode& one) { return std::tie(one.node, one.node_id); });
  return found;
}

}  // namespace dsn::node
