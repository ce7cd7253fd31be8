// SPDX-License-Identifier: Apache-2.0
#include "node/network_calls.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace dsn::node {

// protocol.md [call-answer]
void NetworkCalls::handle(const wire::NetworkCall& call, const Endpoint& from,
                          std::string_view interface_name, Instant now) {
  if (call.network == own_) {
    if (!call.is_answer) return;
    answered_ = now;
    answer_due_ = kNever;
    return;
  }
  note(call, from, interface_name, now);
  if (call.is_answer || answer_due_ != kNever || now - answered_ < kAnswerPause) return;
  answer_due_ = now + random_.between(Duration(0), kDelayMax);
}

void NetworkCalls::note(const wire::NetworkCall& call, const Endpoint& from,
                        std::string_view interface_name, Instant now) {
  auto known = std::ranges::find(networks_, call.network, &HeardNetwork::id);
  if (known == networks_.end()) {
    if (networks_.size() == kNetworks) {
      networks_.erase(std::ranges::min_element(networks_, {}, &HeardNetwork::last));
    }
    known = networks_.insert(networks_.end(), HeardNetwork{.id = call.network});
  }
  known->at = from;
  known->interface_name = interface_name;
  known->nodes = call.nodes;
  known->last = now;
}

void NetworkCalls::ask(Instant now) { ask_due_ = std::max(now, asked_ + kQuestionPause); }

// protocol.md [call-asked]
std::optional<wire::NetworkCall> NetworkCalls::handle_timeout(std::size_t nodes, Instant now) {
  const auto limit = std::size_t{std::numeric_limits<std::uint16_t>::max()};
  wire::NetworkCall call{.is_answer = false,
                         .network = own_,
                         .nodes = static_cast<std::uint16_t>(std::min(nodes, limit))};
  if (check_due_ <= now) {
    check_due_ = now + kInterval;
    if (nodes == 1) ask(now);
  }
  if (answer_due_ <= now) {
    answer_due_ = kNever;
    answered_ = now;
    call.is_answer = true;
    return call;
  }
  if (ask_due_ > now) return std::nullopt;
  ask_due_ = kNever;
  asked_ = now;
  return call;
}

std::vector<HeardNetwork> NetworkCalls::heard(Instant now) const {
  std::vector<HeardNetwork> found;
  std::ranges::copy_if(networks_, std::back_inserter(found),
                       [&](const HeardNetwork& one) { return now - one.last <= kLife; });
  return found;
}

}  // namespace dsn::node
