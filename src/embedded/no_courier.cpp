// SPDX-License-Identifier: Apache-2.0
// In place of courier.cpp in a build without messages.
#include "embedded/courier.hpp"

namespace dsn::embedded {
namespace {

Error left_out() {
  return {"this program was built without messages (-Dmessages)", ErrorCode::refused};
}

}  // namespace

Courier::Courier(asio::io_context& io, node::NodeRuntime& node, Deliver deliver, Warnings warnings)
    : io_(io),
      node_(node),
      deliver_(std::move(deliver)),
      warnings_(std::move(warnings)),
      timer_(io) {}

void Courier::send(const SendRequest& /*request*/, bool /*wants_reply*/, ToOne done) {
  done(left_out());
}
void Courier::emit(const SendRequest& /*request*/, ToAll done) { done(left_out()); }
Result<void> Courier::reply(const std::string& /*ask*/, const std::optional<Value>& /*payload*/,
                            const std::string& /*failure*/) {
  return left_out();
}
node::MessageVerdict Courier::handle_message(const core::ReceivedMessage& /*message*/) {
  return {wire::DataOutcome::nobody_listens, 0};
}
void Courier::handle_settled(const core::SettledMessage& /*message*/) {}
void Courier::stop() {}

}  // namespace dsn::embedded
