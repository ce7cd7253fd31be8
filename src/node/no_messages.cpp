// SPDX-License-Identifier: Apache-2.0
// In place of databases.cpp and value_fetcher.cpp in a build without messages: no key is in a
// database, and no value of another node is fetched.
#include "node/databases.hpp"
#include "node/value_fetcher.hpp"

namespace dsn::node {

void Databases::replace(std::vector<Database> /*all*/, const std::vector<std::string>& /*keys*/,
                        Instant /*now*/) {}
const Database* Databases::of(std::string_view /*key*/) const { return nullptr; }
void Databases::touch(const std::string& /*key*/, Instant /*now*/) {}
std::vector<std::string> Databases::take_expired(Instant /*now*/) { return {}; }
Instant Databases::next_due() const { return kNever; }

ValueFetcher::ValueFetcher(asio::io_context& io, core::Node& core, CoreDriver& driver,
                           Sample sample, Touch touch)
    : io_(io),
      core_(core),
      driver_(driver),
      sample_(std::move(sample)),
      touch_(std::move(touch)),
      timer_(io) {}

// A reading whose value is not here says so.
void ValueFetcher::fetch(const NodeId& /*origin*/, const std::string& /*key*/,
                         Duration /*patience*/, Done done) {
  done({});
}

void ValueFetcher::sample(const NodeId& origin, const std::string& key, Duration /*patience*/,
                          Done done) {
  if (origin == core_.self().id()) return sample_(key, done);
  done(Error{"this program was built without messages (-Dmessages)", ErrorCode::refused});
}

std::optional<MessageVerdict> ValueFetcher::handle_message(
    const core::ReceivedMessage& /*message*/) {
  return std::nullopt;
}
void ValueFetcher::handle_settled(const core::SettledMessage& /*message*/) {}
void ValueFetcher::handle_event(const core::CoreEvent& /*event*/) {}
void ValueFetcher::stop() {}

}  // namespace dsn::node
