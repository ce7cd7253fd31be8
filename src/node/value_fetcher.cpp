// SPDX-License-Identifier: Apache-2.0
#include "node/value_fetcher.hpp"

#include <algorithm>
#include <utility>

#include "node/clock.hpp"

namespace dsn::node {

void ValueFetcher::fetch(const NodeId& origin, const std::string& key, Duration patience,
                         Done done) {
  await(requests_.fetch(origin, key, patience, now()), std::move(done));
}

void ValueFetcher::sample(const NodeId& origin, const std::string& key, Duration patience,
                          Done done) {
  if (origin == core_.self().id()) return sample_(key, done);
  await(requests_.sample(origin, key, patience, now()), std::move(done));
}

void ValueFetcher::await(const Result<std::uint64_t>& request, Done done) {
  if (!request) return done(request.failure());
  waiting_.emplace(*request, std::move(done));
  arm();
}

std::optional<MessageVerdict> ValueFetcher::handle_message(const core::ReceivedMessage& message) {
  const auto outcome = requests_.handle_message(message);
  if (!outcome) return std::nullopt;
  arm();
  return MessageVerdict{*outcome, *outcome == wire::DataOutcome::delivered ? 1U : 0U};
}

void ValueFetcher::handle_settled(const core::SettledMessage& message) {
  requests_.handle_settled(message);
  arm();
}

void ValueFetcher::handle_event(const core::CoreEvent& event) {
  requests_.handle_event(event);
  arm();
}

// In a turn of its own, since inputs come while the node is in the midst of a call.
void ValueFetcher::handle_timer(const std::error_code& error) {
  if (error) return;
  requests_.handle_timeout(now());
  send_outgoing();
  tell_ended();
  answer_samples();
  for (const std::string& key : requests_.take_read()) touch_(key);
  arm();
}

void ValueFetcher::send_outgoing() {
  while (const auto outgoing = requests_.take_outgoing(now())) {
    const auto numbers = driver_.send({&outgoing->to, 1}, outgoing->message(), outgoing->patience);
    requests_.note_sent(numbers ? std::optional(numbers->front()) : std::nullopt, now());
  }
}

void ValueFetcher::tell_ended() {
  for (const core::ValueRequests::EndedRequest& ended : requests_.take_ended()) {
    if (auto waiting = waiting_.extract(ended.request)) waiting.mapped()(ended.result);
  }
}

void ValueFetcher::answer_samples() {
  for (const core::ReceivedMessage& question : requests_.take_samples()) {
    sample_(question.name, [this, question, watch = alive_.watch()](const Result<void>& sampled) {
      if (watch.expired()) return;
      requests_.handle_sampled(question, sampled);
      arm();
    });
  }
}

void ValueFetcher::arm() {
  const Instant due = requests_.next_deadline();
  if (due == kNever) return;
  timer_.expires_after(std::max(due - now(), Duration(0)));
  timer_.async_wait(alive_.guard(this, &ValueFetcher::handle_timer));
}

void ValueFetcher::stop() {
  timer_.cancel();
  alive_.renew();
  waiting_.clear();
}

}  // namespace dsn::node
