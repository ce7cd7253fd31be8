// SPDX-License-Identifier: Apache-2.0
// In place of value_requests.cpp in a build without messages: no value of another node is fetched.
#include "core/value_requests.hpp"

namespace dsn::core {

// A reading whose value is not here says so.
Result<std::uint64_t> ValueRequests::fetch(const NodeId& /*origin*/, const std::string& /*key*/,
                                           Duration /*patience*/, Instant /*now*/) {
  ended_.push_back({++last_id_, {}});
  is_due_ = true;
  return last_id_;
}

Result<std::uint64_t> ValueRequests::sample(const NodeId& /*origin*/, const std::string& /*key*/,
                                            Duration /*patience*/, Instant /*now*/) {
  return Error{"this program was built without messages (-Dmessages)", ErrorCode::refused};
}

std::optional<wire::DataOutcome> ValueRequests::handle_message(const ReceivedMessage& /*message*/) {
  return std::nullopt;
}
void ValueRequests::handle_settled(const SettledMessage& /*message*/) {}
void ValueRequests::handle_event(const CoreEvent& /*event*/) {}
void ValueRequests::handle_sampled(const ReceivedMessage& /*question*/,
                                   const Result<void>& /*sampled*/) {}
void ValueRequests::handle_timeout(Instant /*now*/) { is_due_ = false; }
std::optional<ValueRequests::ValueMessage> ValueRequests::take_outgoing(Instant /*now*/) {
  return std::nullopt;
}
void ValueRequests::note_sent(const std::optional<std::uint64_t>& /*number*/, Instant /*now*/) {}
Instant ValueRequests::next_deadline() const { return is_due_ ? Instant{} : kNever; }

}  // namespace dsn::core
