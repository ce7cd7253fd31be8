// SPDX-License-Identifier: Apache-2.0
#include "core/value_requests.hpp"

#include <algorithm>

#include "core/common/injected_bugs.hpp"

namespace dsn::core {
namespace {

using Kind = wire::AppMessageKind;
using Outcome = wire::DataOutcome;

std::optional<wire::Entry> entry_of(const EntryStore& store, const std::string& key) {
  const Bytes* encoded = store.find(key);
  if (encoded == nullptr) return std::nullopt;
  wire::CborReader in(*encoded);
  return wire::decode_entry(in);
}

const EntryStore* store_of(const Node& node, const NodeId& origin) {
  if (origin == node.self().id()) return &node.self().state().store();
  const Peer* peer = node.peers().find(origin);
  return peer == nullptr ? nullptr : &peer->copy.replica.store();
}

std::optional<wire::AbsentValue> absent_of(const Node& node, const NodeId& origin,
                                           const std::string& key) {
  const EntryStore* store = store_of(node, origin);
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

Result<std::uint64_t> ValueRequests::fetch(const NodeId& origin, const std::string& key,
                                           Duration patience, Instant now) {
  return begin(
      {.origin = origin, .key = key, .to_ask = holders_of(origin), .expires = now + patience});
}

Result<std::uint64_t> ValueRequests::sample(const NodeId& origin, const std::string& key,
                                            Duration patience, Instant now) {
  return begin({.origin = origin,
                .key = key,
                .is_sample = true,
                .to_ask = {origin},
                .expires = now + patience});
}

Result<std::uint64_t> ValueRequests::begin(Request request) {
  if (requests_.size() >= kValueRequestsMax) {
    return Error{"too many readers wait for values of other nodes", ErrorCode::refused};
  }
  request.id = ++last_id_;
  requests_.push_back(std::move(request));
  is_due_ = true;
  return last_id_;
}

// The owner first: it knows by that that the value is read. And again at the end: it may only have
// had no time.
std::deque<NodeId> ValueRequests::holders_of(const NodeId& origin) {
  std::deque<NodeId> holders;
  for (const Peer* peer : node_.peers().members().all()) {
    if (peer->id == origin) {
      holders.push_front(peer->id);
    } else if (!peer->session.is_observer && holders.size() <= kHoldersAskedMax) {
      holders.push_back(peer->id);
    }
  }
  if (has_bug(InjectedBug::value_of_owner_only)) holders = {origin};
  if (holders.size() > kHoldersAskedMax) holders.resize(kHoldersAskedMax);
  if (holders.size() > 1 && holders.front() == origin) holders.push_back(origin);
  return holders;
}

std::optional<ValueRequests::ValueMessage> ValueRequests::take_outgoing(Instant now) {
  while (!fetches_.empty()) {
    answer_fetch(fetches_.front());
    fetches_.pop_front();
  }
  asking_ = nullptr;
  if (!replies_.empty()) return replies_.front();
  for (Request& request : requests_) {
    if (request.step != Step::asking) continue;
    if (auto question = next_question(request, now)) {
      asking_ = &request;
      return question;
    }
  }
  return std::nullopt;
}

// protocol.md [value-asked]
std::optional<ValueRequests::ValueMessage> ValueRequests::next_question(Request& request,
                                                                        Instant now) {
  const Duration left = request.expires - now;
  if (request.to_ask.empty() || left <= Duration(0)) {
    request.expires = std::min(request.expires, now);
    return std::nullopt;
  }
  request.asked = request.to_ask.front();
  request.to_ask.pop_front();
  const auto absent = absent_of(node_, request.origin, request.key);
  const Value payload = absent ? payload_of(request.origin, *absent) : Value();
  return ValueMessage{.to = request.asked,
                      .kind = request.is_sample ? Kind::sample : Kind::fetch,
                      .name = request.key,
                      .payload = Bytes(payload.cbor().begin(), payload.cbor().end()),
                      .patience = request.to_ask.empty() ? left : std::min(left, kHolderPatience)};
}

void ValueRequests::note_sent(const std::optional<std::uint64_t>& number, Instant now) {
  if (asking_ != nullptr) {
    if (!number) return;  // the next one is asked
    asking_->step = Step::waiting;
    asking_->number = *number;
    asking_->due = asking_->to_ask.empty() ? asking_->expires : now + kHolderPatience;
    return;
  }
  const NodeId to = replies_.front().to;
  replies_.pop_front();
  if (number) {
    replied_.emplace(*number, to);
  } else {
    answered_.erase(to);
  }
}

std::optional<Outcome> ValueRequests::handle_message(const ReceivedMessage& message) {
  if (message.kind == Kind::fetch || message.kind == Kind::sample) return take_question(message);
  if (message.kind != Kind::reply && message.kind != Kind::failure) return std::nullopt;
  // protocol.md [value-asked-of]
  const auto request = std::ranges::find_if(requests_, [&message](const Request& one) {
    const bool is_its = one.asked == message.from || has_bug(InjectedBug::reply_of_anybody);
    return one.step == Step::waiting && one.number == message.answers && is_its;
  });
  if (request == requests_.end()) return std::nullopt;
  take_answer(*request, message);
  is_due_ = true;
  return Outcome::delivered;
}

// protocol.md [value-checked]
void ValueRequests::take_answer(Request& request, const ReceivedMessage& message) {
  request.step = Step::asking;
  if (message.kind == Kind::failure) return;
  if (request.is_sample) {
    const auto version = Value::from_cbor(message.payload).value_or(Value()).as_integer();
    const Peer* owner = node_.peers().find(message.from);
    if (!version || *version < 0 || owner == nullptr) return;
    request.version = {owner->session.incarnation, static_cast<std::uint64_t>(*version)};
    request.step = Step::behind;
    return;
  }
  const auto absent = absent_of(node_, request.origin, request.key);
  const bool is_it = absent && (node_.held().name_of(message.payload).hash == absent->hash ||
                                has_bug(InjectedBug::value_unchecked));
  if (is_it) node_.hold(request.origin, request.key, message.payload);
}

void ValueRequests::handle_settled(const SettledMessage& message) {
  if (const auto reply = replied_.find(message.number); reply != replied_.end()) {
    answered_.erase(reply->second);
    replied_.erase(reply);
  }
  if (message.outcome == SettledMessage::Outcome::delivered) return;
  for (Request& request : requests_) {
    if (request.step != Step::waiting || request.number != message.number) continue;
    request.step = Step::asking;
    is_due_ = true;
  }
}

void ValueRequests::handle_event(const CoreEvent& event) {
  is_due_ = is_due_ || std::ranges::any_of(requests_, [&event](const Request& request) {
              return request.origin == event.origin;
            });
}

bool ValueRequests::is_done(const Request& request) const {
  if (request.is_sample) {
    const Peer* peer = node_.peers().find(request.origin);
    if (request.step != Step::behind || peer == nullptr) return false;
    const StateVersion& held = peer->copy.replica.version();
    const bool is_same_run = held.incarnation == request.version.incarnation;
    return (is_same_run && held.version >= request.version.version) ||
           has_bug(InjectedBug::sample_not_awaited);
  }
  const auto absent = absent_of(node_, request.origin, request.key);
  return !absent || node_.held().find(request.origin, request.key, *absent) != nullptr;
}

// The owner has begun a new run, whose state has no such sample.
bool ValueRequests::is_lost(const Request& request) const {
  const Peer* peer = node_.peers().find(request.origin);
  return request.step == Step::behind && peer != nullptr &&
         peer->copy.replica.version().incarnation > request.version.incarnation;
}

void ValueRequests::handle_timeout(Instant now) {
  is_due_ = false;
  for (auto at = requests_.begin(); at != requests_.end();) {
    const auto request = at++;
    if (is_done(*request)) {
      end(request, {});
    } else if (request->expires <= now) {
      end(request, Error{request->is_sample ? "its node did not sample it in time"
                                            : "no node that has the value answers",
                         ErrorCode::timed_out});
    } else if (is_lost(*request)) {
      request->to_ask = {request->origin};
      request->step = Step::asking;
    } else if (request->step == Step::waiting && request->due <= now) {
      request->step = Step::asking;
    }
  }
}

void ValueRequests::end(std::list<Request>::iterator request, Result<void> result) {
  ended_.push_back({request->id, std::move(result)});
  requests_.erase(request);
}

Instant ValueRequests::next_deadline() const {
  if (is_due_) return Instant{};
  Instant due = kNever;
  for (const Request& request : requests_) {
    due = std::min(due, request.expires);
    if (request.step == Step::waiting) due = std::min(due, request.due);
  }
  return due;
}

// Each other node has one answer under way, so that none takes what all share.
// protocol.md [value-share]
Outcome ValueRequests::take_question(const ReceivedMessage& message) {
  if (!answered_.insert(message.from).second) return Outcome::busy;
  if (message.kind == Kind::fetch) {
    fetches_.push_back(message);
  } else {
    samples_.push_back(message);
  }
  is_due_ = true;
  return Outcome::delivered;
}

void ValueRequests::handle_sampled(const ReceivedMessage& question, const Result<void>& sampled) {
  if (!sampled) return reply(question, sampled.failure());
  const std::uint64_t version = node_.self().version().version;
  reply(question, Value::integer(static_cast<std::int64_t>(version)));
}

// protocol.md [value-answered]
void ValueRequests::answer_fetch(const ReceivedMessage& question) {
  const auto asked = question_of(question.payload);
  const bool is_own = asked && asked->origin == node_.self().id();
  // protocol.md [observer-relay]
  const bool may_answer = is_own || (asked && !node_.self().is_observer());
  const Bytes* held =
      may_answer ? node_.held().find(asked->origin, question.name, asked->absent) : nullptr;
  const auto value = held != nullptr ? Value::from_cbor(*held) : std::nullopt;
  if (!value) return reply(question, Error{"the value is not here"});
  reply(question, *value);
  if (is_own) read_.push_back(question.name);
}

void ValueRequests::reply(const ReceivedMessage& question, const Result<Value>& result) {
  const Value payload = result ? *result : Value::text(result.error());
  replies_.push_back({.to = question.from,
                      .kind = result ? Kind::reply : Kind::failure,
                      .name = question.name,
                      .payload = Bytes(payload.cbor().begin(), payload.cbor().end()),
                      .answers = question.number,
                      .patience = kSendPatience});
  is_due_ = true;
}

}  // namespace dsn::core
