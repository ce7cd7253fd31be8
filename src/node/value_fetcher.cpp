// SPDX-License-Identifier: Apache-2.0
#include "node/value_fetcher.hpp"

#include <algorithm>
#include <array>
#include <asio/post.hpp>
#include <optional>
#include <utility>

#include "node/clock.hpp"

namespace dsn::node {
namespace {

using Kind = wire::AppMessageKind;
using Outcome = wire::DataOutcome;

std::optional<wire::Entry> entry_of(const core::EntryStore& store, const std::string& key) {
  const Bytes* encoded = store.find(key);
  if (encoded == nullptr) return std::nullopt;
  wire::CborReader in(*encoded);
  return wire::decode_entry(in);
}

const core::EntryStore* store_of(const core::Node& core, const NodeId& origin) {
  if (origin == core.self().id()) return &core.self().state().store();
  const core::Peer* peer = core.peers().find(origin);
  return peer == nullptr ? nullptr : &peer->copy.replica.store();
}

std::optional<wire::AbsentValue> absent_of(const core::Node& core, const NodeId& origin,
                                           const std::string& key) {
  const core::EntryStore* store = store_of(core, origin);
  const auto entry = store == nullptr ? std::nullopt : entry_of(*store, key);
  return entry ? entry->absent : std::nullopt;
}

/// Whose value is asked for, and its name.
struct Question {
  NodeId origin;
  wire::AbsentValue absent;
};

std::optional<Question> question_of(ByteView payload) {
  const auto value = Value::from_cbor(payload);
  const auto parts = value ? value->as_array() : std::nullopt;
  if (!parts || parts->size() < 3) return std::nullopt;
  const auto origin = (*parts)[0].as_bytes();
  const auto size = (*parts)[1].as_integer();
  const auto hash = (*parts)[2].as_bytes();
  Question question;
  const bool is_good = origin && origin->size() == question.origin.bytes.size() && size &&
                       *size >= 0 && hash && hash->size() == question.absent.hash.size();
  if (!is_good) return std::nullopt;
  std::ranges::copy(*origin, question.origin.bytes.begin());
  question.absent.size = static_cast<std::uint64_t>(*size);
  std::ranges::copy(*hash, question.absent.hash.begin());
  return question;
}

Value payload_of(const NodeId& origin, const wire::AbsentValue& absent) {
  const Value parts[] = {Value::bytes(origin.bytes),
                         Value::integer(static_cast<std::int64_t>(absent.size)),
                         Value::bytes(absent.hash)};
  return Value::array(parts).value_or(Value());
}

}  // namespace

ValueFetcher::ValueFetcher(asio::io_context& io, core::Node& core, CoreDriver& driver,
                           Sample sample, Touch touch)
    : io_(io),
      core_(core),
      driver_(driver),
      sample_(std::move(sample)),
      touch_(std::move(touch)),
      timer_(io) {}

void ValueFetcher::fetch(const NodeId& origin, const std::string& key, Duration patience,
                         Done done) {
  const auto absent = absent_of(core_, origin, key);
  if (!absent || core_.held().find(origin, key, *absent) != nullptr) return done({});
  begin({.origin = origin,
         .key = key,
         .to_ask = holders_of(origin),
         .expires = now() + patience,
         .done = std::move(done)});
}

void ValueFetcher::sample(const NodeId& origin, const std::string& key, Duration patience,
                          Done done) {
  if (origin == core_.self().id()) return sample_(key, done);
  begin({.origin = origin,
         .key = key,
         .is_sample = true,
         .to_ask = {origin},
         .expires = now() + patience,
         .done = std::move(done)});
}

void ValueFetcher::begin(Wait wait) {
  if (waits_.size() >= kFetchesMax) {
    return wait.done(Error{"too many readers wait for values of other nodes", ErrorCode::refused});
  }
  waits_.push_back(std::move(wait));
  go_on();
}

// The owner first: it knows by that that the value is read. And again at the end: it may only have
// had no time.
std::deque<NodeId> ValueFetcher::holders_of(const NodeId& origin) {
  std::deque<NodeId> holders;
  for (const core::Peer* peer : core_.peers().members().all()) {
    if (peer->id == origin) {
      holders.push_front(peer->id);
    } else if (!peer->session.is_observer && holders.size() <= kHoldersAskedMax) {
      holders.push_back(peer->id);
    }
  }
  if (holders.size() > kHoldersAskedMax) holders.resize(kHoldersAskedMax);
  if (holders.size() > 1 && holders.front() == origin) holders.push_back(origin);
  return holders;
}

// Questions go out in a turn of their own, since the node may be in the midst of a call.
void ValueFetcher::go_on() {
  if (std::exchange(goes_on_, true)) return;
  asio::post(io_, [this, watch = alive_.watch()] {
    if (watch.expired()) return;
    goes_on_ = false;
    for (auto at = waits_.begin(); at != waits_.end();) {
      const auto wait = at++;
      if (wait->step == Step::asking) ask_next(*wait);
    }
    handle_timer({});
  });
}

// protocol.md [value-asked]
void ValueFetcher::ask_next(Wait& wait) {
  while (!wait.to_ask.empty()) {
    const NodeId to = wait.to_ask.front();
    wait.to_ask.pop_front();
    const auto absent = absent_of(core_, wait.origin, wait.key);
    const Value payload = absent ? payload_of(wait.origin, *absent) : Value();
    const Kind kind = wait.is_sample ? Kind::sample : Kind::fetch;
    const Duration left = wait.expires - now();
    const Duration patience = wait.to_ask.empty() ? left : std::min(left, kHolderPatience);
    if (patience <= Duration(0)) break;
    const auto numbers = driver_.send({&to, 1}, {kind, wait.key, payload.cbor(), 0}, patience);
    if (!numbers) continue;
    wait.step = Step::waiting;
    wait.number = numbers->front();
    wait.due = now() + patience;
    return;
  }
  wait.due = wait.expires = now();
}

ValueFetcher::Waits::iterator ValueFetcher::find(std::uint64_t number) {
  return std::ranges::find_if(waits_, [number](const Wait& wait) {
    return wait.step == Step::waiting && wait.number == number;
  });
}

std::optional<MessageVerdict> ValueFetcher::handle_message(const core::ReceivedMessage& message) {
  if (message.kind == Kind::fetch || message.kind == Kind::sample) return take_question(message);
  if (message.kind != Kind::reply && message.kind != Kind::failure) return std::nullopt;
  const auto wait = find(message.answers);
  if (wait == waits_.end()) return std::nullopt;
  take_answer(*wait, message);
  go_on();
  return MessageVerdict{Outcome::delivered, 1};
}

// protocol.md [value-checked]
void ValueFetcher::take_answer(Wait& wait, const core::ReceivedMessage& message) {
  wait.step = Step::asking;
  if (message.kind == Kind::failure) return;
  if (wait.is_sample) {
    const auto version = Value::from_cbor(message.payload).value_or(Value()).as_integer();
    wait.version = static_cast<std::uint64_t>(version.value_or(0));
    wait.step = Step::behind;
    wait.due = wait.expires;
    return;
  }
  const auto absent = absent_of(core_, wait.origin, wait.key);
  const bool is_it = absent && core_.held().name_of(message.payload).hash == absent->hash;
  if (is_it) core_.hold(wait.origin, wait.key, message.payload);
}

void ValueFetcher::handle_settled(const core::SettledMessage& message) {
  if (const auto reply = replies_.find(message.number); reply != replies_.end()) {
    answered_.erase(reply->second);
    replies_.erase(reply);
  }
  const auto wait = find(message.number);
  if (wait == waits_.end() || message.outcome == core::SettledMessage::Outcome::delivered) return;
  wait->step = Step::asking;
  go_on();
}

void ValueFetcher::handle_event(const core::CoreEvent& event) {
  const bool is_awaited =
      std::ranges::any_of(waits_, [&](const Wait& wait) { return wait.origin == event.origin; });
  if (is_awaited) go_on();
}

void ValueFetcher::handle_timer(const std::error_code& error) {
  if (error) return;
  for (auto at = waits_.begin(); at != waits_.end();) {
    const auto wait = at++;
    const auto absent = absent_of(core_, wait->origin, wait->key);
    const bool is_here = !wait->is_sample && (!absent || core_.held().find(wait->origin, wait->key,
                                                                           *absent) != nullptr);
    const core::Peer* peer = core_.peers().find(wait->origin);
    const bool is_sampled = wait->step == Step::behind && peer != nullptr &&
                            peer->copy.replica.version().version >= wait->version;
    if (is_here || is_sampled) {
      finish(wait, {});
    } else if (wait->expires <= now()) {
      finish(wait, Error{wait->is_sample ? "its node did not sample it in time"
                                         : "no node that has the value answers",
                         ErrorCode::timed_out});
    } else if (wait->step == Step::waiting && wait->due <= now()) {
      wait->step = Step::asking;
      go_on();
    }
  }
  arm();
}

void ValueFetcher::finish(Waits::iterator wait, const Result<void>& result) {
  const Done done = std::move(wait->done);
  waits_.erase(wait);
  done(result);
}

void ValueFetcher::arm() {
  Instant due = kNever;
  for (const Wait& wait : waits_) due = std::min({due, wait.due, wait.expires});
  if (due == kNever) return;
  timer_.expires_after(std::max(due - now(), Duration(0)));
  timer_.async_wait(alive_.guard(this, &ValueFetcher::handle_timer));
}

// Each other node has one answer under way, so that none takes what all share.
// protocol.md [value-share]
MessageVerdict ValueFetcher::take_question(const core::ReceivedMessage& message) {
  if (!answered_.insert(message.from).second) return {Outcome::busy, 0};
  asio::post(io_, [this, message, watch = alive_.watch()] {
    if (!watch.expired()) answer(message);
  });
  return {Outcome::delivered, 1};
}

// protocol.md [value-answered]
void ValueFetcher::answer(const core::ReceivedMessage& question) {
  if (question.kind == Kind::fetch) return answer_fetch(question);
  sample_(question.name, [this, question, watch = alive_.watch()](const Result<void>& sampled) {
    if (watch.expired()) return;
    if (!sampled) return reply(question, sampled.failure());
    const std::uint64_t version = core_.self().version().version;
    reply(question, Value::integer(static_cast<std::int64_t>(version)));
  });
}

void ValueFetcher::answer_fetch(const core::ReceivedMessage& question) {
  const auto asked = question_of(question.payload);
  const bool is_own = asked && asked->origin == core_.self().id();
  // protocol.md [observer-relay]
  const bool may_answer = is_own || (asked && !core_.self().is_observer());
  const Bytes* held =
      may_answer ? core_.held().find(asked->origin, question.name, asked->absent) : nullptr;
  const auto value = held != nullptr ? Value::from_cbor(*held) : std::nullopt;
  if (!value) return reply(question, Error{"the value is not here"});
  reply(question, *value);
  if (is_own) touch_(question.name);
}

void ValueFetcher::reply(const core::ReceivedMessage& question, const Result<Value>& result) {
  const Value payload = result ? *result : Value::text(result.error());
  const wire::AppMessage message{result ? Kind::reply : Kind::failure, question.name,
                                 payload.cbor(), question.number};
  const auto numbers = driver_.send({&question.from, 1}, message, core::kSendPatience);
  if (numbers) {
    replies_.emplace(numbers->front(), question.from);
  } else {
    answered_.erase(question.from);
  }
}

void ValueFetcher::stop() {
  timer_.cancel();
  alive_.renew();
  waits_.clear();
}

}  // namespace dsn::node
