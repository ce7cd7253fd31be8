// SPDX-License-Identifier: Apache-2.0
#include "embedded/courier.hpp"

#include <algorithm>
#include <array>
#include <asio/post.hpp>
#include <chrono>

#include "base/number_text.hpp"
#include "embedded/node_questions.hpp"
#include "node/clock.hpp"
#include "node/node_labels.hpp"
#include "node/readings_view.hpp"

namespace dsn::embedded {
namespace {

/// Numbers of messages of this node to itself, which the core does not send.
constexpr std::uint64_t kOwnNumbersBegin = std::uint64_t{1} << 63U;

Delivery delivery_of(core::SettledMessage::Outcome outcome) {
  using Outcome = core::SettledMessage::Outcome;
  switch (outcome) {
    case Outcome::delivered:
      return Delivery::delivered;
    case Outcome::nobody_listens:
      return Delivery::nobody_listens;
    case Outcome::refused:
      return Delivery::refused;
    case Outcome::busy:
      return Delivery::busy;
    case Outcome::unanswered:
      return Delivery::unanswered;
    case Outcome::restarted:
      return Delivery::restarted;
  }
  return Delivery::unanswered;
}

/// Of a message of this node to itself, which is not tried again.
Delivery delivery_of(wire::DataOutcome outcome) {
  switch (outcome) {
    case wire::DataOutcome::delivered:
      return Delivery::delivered;
    case wire::DataOutcome::nobody_listens:
      return Delivery::nobody_listens;
    case wire::DataOutcome::busy:
      return Delivery::busy;
    case wire::DataOutcome::refused:
    case wire::DataOutcome::incomplete:
    case wire::DataOutcome::malformed:
      break;
  }
  return Delivery::refused;
}

std::chrono::microseconds since(Instant begin) {
  return std::chrono::duration_cast<std::chrono::microseconds>(node::now() - begin);
}

wire::AppMessage app_message(const SendRequest& request, bool wants_reply) {
  using Kind = wire::AppMessageKind;
  return {wants_reply ? Kind::ask : Kind::send, request.name, request.payload.cbor(), 0};
}

}  // namespace

Courier::Courier(asio::io_context& io, node::NodeRuntime& node, Deliver deliver, Warnings warnings)
    : io_(io),
      node_(node),
      deliver_(std::move(deliver)),
      warnings_(std::move(warnings)),
      own_numbers_(kOwnNumbersBegin),
      timer_(io) {}

bool Courier::is_self(const NodeId& id) const { return id == node_.core().self().id(); }

std::string Courier::label_of(const NodeId& id) const {
  const auto info = node::find_info(node_.core(), id, node::now());
  return info ? info->name : id.hex();
}

void Courier::send(const SendRequest& request, bool wants_reply, ToOne done) {
  const auto id = node::find_node(node_.core(), request.node);
  if (!id) {
    return done(Error{"there is no node '" + request.node + "' (dsn nodes lists them)",
                      ErrorCode::not_found});
  }
  if (is_self(*id)) return send_here(request, wants_reply, std::move(done));
  const auto numbers = begin({&*id, 1}, request, wants_reply);
  if (!numbers && numbers.failure().code != ErrorCode::unreachable) return done(numbers.failure());
  Sent sent{{.node = label_of(*id)}, *id, wants_reply, node::now(), kNever, std::move(done)};
  if (!numbers) {
    sent.report.delivery = Delivery::unreachable;
    return sent.done(sent.report);
  }
  sent.expires = sent.began + request.timeout;
  sent_.emplace(numbers->front(), std::move(sent));
  settle_early();
  arm();
}

Result<std::vector<std::uint64_t>> Courier::begin(std::span<const NodeId> to,
                                                  const SendRequest& request, bool wants_reply) {
  beginning_ = true;
  auto numbers = node_.send(to, app_message(request, wants_reply), request.timeout);
  beginning_ = false;
  if (!numbers) settle_early();  // those of others
  return numbers;
}

void Courier::settle_early() {
  for (const core::SettledMessage& message : std::exchange(early_, {})) handle_settled(message);
}

void Courier::send_here(const SendRequest& request, bool wants_reply,
                        std::function<void(const SendReport&)> done) {
  core::ReceivedMessage message{
      node_.core().self().id(), ++own_numbers_, app_message(request, wants_reply).kind,
      request.name, Bytes(request.payload.cbor().begin(), request.payload.cbor().end())};
  Sent sent{{.node = label_of(message.from)}, message.from,   wants_reply, node::now(),
            node::now() + request.timeout,    std::move(done)};
  const auto at = sent_.emplace(message.number, std::move(sent)).first;
  const node::MessageVerdict verdict = deliver(message);
  at->second.report.delivery = delivery_of(verdict.outcome);
  at->second.report.listeners = verdict.listeners;
  const bool arrived = verdict.outcome == wire::DataOutcome::delivered;
  if (!arrived || !wants_reply) return finish(at);
  arm();
}

void Courier::emit(const SendRequest& request, ToAll done) {
  std::vector<NodeId> to;
  for (const core::Peer* peer : node_.core().peers().members().all()) to.push_back(peer->id);
  const auto numbers = begin(to, request, false);
  if (!numbers) return done(numbers.failure());
  const auto round = std::make_shared<Round>();
  round->missing = to.size() + 1;
  round->done = std::move(done);
  const auto take = [round](const SendReport& report) {
    round->reports.push_back(report);
    if (--round->missing > 0) return;
    std::ranges::sort(round->reports, {}, &SendReport::node);
    round->done(round->reports);
  };
  for (std::size_t i = 0; i < to.size(); ++i) {
    sent_.emplace((*numbers)[i],
                  Sent{{.node = label_of(to[i])}, to[i], false, node::now(), kNever, take});
  }
  settle_early();
  send_here(request, false, take);
}

// The core gives up a message by itself; what this has to end is the wait for a reply.
void Courier::handle_settled(const core::SettledMessage& message) {
  if (beginning_) return early_.push_back(message);
  const auto sent = sent_.find(message.number);
  if (sent == sent_.end()) return;
  sent->second.report.delivery = delivery_of(message.outcome);
  sent->second.report.listeners = message.listeners;
  const bool arrived = message.outcome == core::SettledMessage::Outcome::delivered;
  if (!arrived || !sent->second.wants_reply) finish(sent);
}

void Courier::finish(std::map<std::uint64_t, Sent>::iterator sent) {
  Sent finished = std::move(sent->second);
  sent_.erase(sent);
  finished.report.took = since(finished.began);
  finished.done(finished.report);
}

node::MessageVerdict Courier::handle_message(const core::ReceivedMessage& message) {
  using Kind = wire::AppMessageKind;
  using Outcome = wire::DataOutcome;
  if (message.kind == Kind::reply || message.kind == Kind::failure) {
    const bool wanted = take_reply(message.from, message.answers, message.kind, message.payload);
    return {wanted ? Outcome::delivered : Outcome::nobody_listens, wanted ? 1U : 0U};
  }
  if (message.kind == Kind::ask && message.name.starts_with(kOwnNames)) return answer(message);
  return deliver(message);
}

// The answer is an effect of a call of its own.
// protocol.md [examined-itself]
node::MessageVerdict Courier::answer(const core::ReceivedMessage& question) {
  const Value payload = Value::from_cbor(question.payload).value_or(Value());
  const auto content = answer_question(
      node_.core(), question.from, question.name, payload,
      question.name == kFactsName ? warnings_() : std::vector<Warning>(), node::now());
  asio::post(io_, [this, content, ask = add_ask(question), watch = alive_.watch()] {
    if (!watch.expired()) (void)reply(ask, content, content ? "" : "no such question");
  });
  return {wire::DataOutcome::delivered, 1};
}

node::MessageVerdict Courier::deliver(const core::ReceivedMessage& message) {
  Message told{label_of(message.from), message.from.hex(), message.name, {}, {}};
  told.payload = Value::from_cbor(message.payload).value_or(Value());
  if (message.kind == wire::AppMessageKind::ask) told.ask = add_ask(message);
  const node::MessageVerdict verdict = deliver_(told);
  const bool is_taken = verdict.outcome == wire::DataOutcome::delivered;
  if (!is_taken && !told.ask.empty()) asks_.erase(std::prev(asks_.end()));
  return verdict;
}

std::string Courier::add_ask(const core::ReceivedMessage& message) {
  if (asks_.size() >= kAsksMax) asks_.erase(asks_.begin());
  asks_.emplace(++tokens_, Ask{message.from, message.number, message.name});
  return std::to_string(tokens_);
}

Result<void> Courier::reply(const std::string& ask, const std::optional<Value>& payload,
                            const std::string& failure) {
  const auto token = number_of<std::uint64_t>(ask);
  const auto found = token ? asks_.find(*token) : asks_.end();
  if (found == asks_.end()) {
    return Error{"there is no ask '" + ask + "' that waits for a reply", ErrorCode::not_found};
  }
  const Ask answered = found->second;
  asks_.erase(found);
  using Kind = wire::AppMessageKind;
  const Kind kind = failure.empty() ? Kind::reply : Kind::failure;
  const Value content = kind == Kind::reply ? payload.value_or(Value()) : Value::text(failure);
  if (is_self(answered.from)) {
    take_reply(answered.from, answered.number, kind, content.cbor());
    return {};
  }
  const wire::AppMessage message{kind, answered.name, content.cbor(), answered.number};
  const auto sent = node_.send({&answered.from, 1}, message, core::kSendPatience);
  if (!sent) return sent.failure().prefixed(label_of(answered.from) + " ");
  return {};
}

bool Courier::take_reply(const NodeId& from, std::uint64_t number, wire::AppMessageKind kind,
                         ByteView payload) {
  const auto sent = sent_.find(number);
  const bool wanted = sent != sent_.end() && sent->second.to == from && sent->second.wants_reply;
  if (!wanted) return false;
  SendReport& report = sent->second.report;
  // It may come before the acknowledgement of what it answers.
  report.listeners = std::max<std::uint64_t>(report.listeners, 1);
  const Value content = Value::from_cbor(payload).value_or(Value());
  if (kind == wire::AppMessageKind::failure) {
    report.delivery = Delivery::failed;
    report.reason = content.as_text().value_or("");
  } else {
    report.delivery = Delivery::delivered;
    report.reply = content;
  }
  finish(sent);
  return true;
}

void Courier::arm() {
  Instant due = kNever;
  for (const auto& [number, sent] : sent_) {
    if (sent.wants_reply) due = std::min(due, sent.expires);
  }
  if (due == kNever) return;
  timer_.expires_after(std::max(due - node::now(), Duration(0)));
  timer_.async_wait(alive_.guard(this, &Courier::handle_timer));
}

void Courier::handle_timer(const std::error_code& error) {
  if (error) return;
  const Instant now = node::now();
  for (auto at = sent_.begin(); at != sent_.end();) {
    const auto sent = at++;
    if (!sent->second.wants_reply || sent->second.expires > now) continue;
    sent->second.report.delivery =
        sent->second.report.listeners > 0 ? Delivery::no_reply : Delivery::unanswered;
    finish(sent);
  }
  arm();
}

void Courier::stop() {
  timer_.cancel();
  alive_.renew();
  sent_.clear();
}

}  // namespace dsn::embedded
