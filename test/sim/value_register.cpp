// SPDX-License-Identifier: Apache-2.0
#include "sim/value_register.hpp"

#include <fmt/format.h>

namespace dsn::sim {

using namespace wire;

namespace {

constexpr char kSensor[] = "sensor";
// How long nobody is answered if each question and each answer is lost for some seconds.
constexpr Duration kPatienceAtRest = 20s;

std::string key_of(std::uint64_t number) { return "log/" + std::to_string(number); }

}  // namespace

ValueRegister::ValueRegister(test::VirtualNetwork& net, std::uint64_t seed, Invariants& invariants)
    : net_(net), random_(seed ^ 0x7661'6c75'6573), invariants_(invariants) {
  net_.value_ended = [this](std::size_t index, const ValueRequests::EndedRequest& ended) {
    note_ended(index, ended);
  };
  net_.sample_sensor = [this](std::size_t index, const std::string&) { return measure(index); };
}

bool ValueRegister::is_up(std::size_t index) const {
  return net_[index].running && !net_[index].paused;
}

void ValueRegister::act() {
  const std::size_t index = random_.below(net_.size());
  if (!is_up(index)) return;
  switch (random_.below(6)) {
    case 0:
    case 1:
      return write(index);
    case 2:
      return expire(index);
    default:
      return ask(index);
  }
}

// No two are the same, so that one cannot stand for another.
void ValueRegister::write(std::size_t index) {
  const std::size_t bytes = random_.one_in(4) ? random_.below(4000) : random_.below(60);
  const std::string text =
      std::to_string(++count_) + std::string(bytes, static_cast<char>('a' + random_.below(26)));
  Write write;
  write.key = key_of(random_.below(3));
  commit(index, write, Value::text(text));
}

// As a database does with what was neither written nor read for long.
void ValueRegister::expire(std::size_t index) {
  const NodeId self = net_.node(index).self().id();
  const std::string key = key_of(random_.below(3));
  const auto present = entry(index, self, key);
  if (!present || !present->absent) return;
  const Bytes* held = net_.node(index).held().find(self, key, *present->absent);
  if (held == nullptr) return;
  const Value value = Value::from_cbor(*held).value_or(Value());
  Write write;
  write.key = key;
  write.absent = AbsentValue{.is_expired = true};
  commit(index, write, value);
}

void ValueRegister::commit(std::size_t index, Write write, const Value& value) {
  const NodeId self = net_.node(index).self().id();
  const Bytes encoded(value.cbor().begin(), value.cbor().end());
  const bool is_expired = write.absent && write.absent->is_expired;
  write.absent = net_.node(index).held().name_of(encoded);
  write.absent->is_expired = is_expired;
  write.sampled = net_.now(index);
  // It may be read the moment it is committed.
  written_[{self, write.key}].insert(encoded);
  if (!net_.commit(index, {write}) || !net_[index].running) return;
  net_.node(index).hold(self, write.key, encoded);
}

Result<void> ValueRegister::measure(std::size_t index) {
  if (random_.one_in(8)) return Error{"the sensor is broken"};
  const std::string text = std::to_string(++count_);
  measured_[text] = net_.now();
  Write write;
  write.key = kSensor;
  write.value = Value::text(text);
  write.sampled = net_.now(index);
  const auto version = net_.commit(index, {write});
  return version ? Result<void>{} : Result<void>(version.failure());
}

std::optional<Entry> ValueRegister::entry(std::size_t index, const NodeId& origin,
                                          const std::string& key) const {
  const Node& node = *net_[index].node;
  const Peer* peer = node.peers().find(origin);
  const bool is_own = origin == node.self().id();
  if (!is_own && peer == nullptr) return std::nullopt;
  const EntryStore& store = is_own ? node.self().state().store() : peer->copy.replica.store();
  const Bytes* encoded = store.find(key);
  if (encoded == nullptr) return std::nullopt;
  CborReader in(*encoded);
  return decode_entry(in);
}

void ValueRegister::ask(std::size_t index) {
  const std::size_t owner = random_.below(net_.size());
  if (owner == index || net_[owner].node == nullptr) return;
  const bool is_sample = random_.one_in(3);
  ask_for(index,
          {.origin = net_.node(owner).self().id(),
           .key = is_sample ? kSensor : key_of(random_.below(3)),
           .is_sample = is_sample},
          random_.between(100ms, 15s));
}

void ValueRegister::ask_for(std::size_t index, Asked asked, Duration patience) {
  const auto number = asked.is_sample ? net_.sample(index, asked.origin, asked.key, patience)
                                      : net_.fetch(index, asked.origin, asked.key, patience);
  if (!number) return;
  asked.at = net_.now();
  asked.due = net_.now(index) + patience;
  asked_[{index, net_.node(index).self().session(), *number}] = asked;
}

void ValueRegister::note_ended(std::size_t index, const ValueRequests::EndedRequest& ended) {
  const auto name = Name(index, net_.node(index).self().session(), ended.request);
  const auto asked = asked_.find(name);
  if (asked == asked_.end()) {
    return invariants_.broken("a reader is told twice, or of what it did not ask for");
  }
  const Asked known = asked->second;
  asked_.erase(asked);
  const NodeId& reader = net_.node(index).self().id();
  if (!ended.result || !invariants_.is_trusted(known.origin) || !invariants_.is_trusted(reader)) {
    return;
  }
  ++ended_well_;
  const std::string what = fmt::format("{} asked for {} of {}, and is told that it is here, ",
                                       net_[index].options.name, known.key, known.origin.hex());
  if (known.is_sample) return check_sampled(index, known, what);
  check_fetched(index, known, what);
}

void ValueRegister::check_fetched(std::size_t index, const Asked& asked, const std::string& what) {
  const auto present = entry(index, asked.origin, asked.key);
  if (!present || !present->absent) return;  // it has changed, or is no more
  const Bytes* held = net_.node(index).held().find(asked.origin, asked.key, *present->absent);
  if (held == nullptr) return invariants_.broken(what + "and it is not");
  if (!written_[{asked.origin, asked.key}].contains(*held)) {
    invariants_.broken(what + "and it has what its owner never wrote");
  }
}

void ValueRegister::check_sampled(std::size_t index, const Asked& asked, const std::string& what) {
  const auto present = entry(index, asked.origin, asked.key);
  const Value value = present ? Value::from_cbor(present->value).value_or(Value()) : Value();
  const auto text = value.as_text();
  const auto measured = text ? measured_.find(std::string(*text)) : measured_.end();
  if (measured == measured_.end()) return invariants_.broken(what + "and nobody measured it");
  if (measured->second < asked.at) invariants_.broken(what + "and it was measured before");
}

void ValueRegister::check_at_rest() {
  // Who died meanwhile is told nothing.
  std::erase_if(asked_, [this](const auto& one) {
    const auto& [reader, session, number] = one.first;
    return !net_[reader].running || net_.node(reader).self().session() != session;
  });
  if (!asked_.empty()) return invariants_.broken("a reader is never told what came of its request");
  check_had_of_owners();
  check_had_of_others();
}

// Two observers may know each other by relays alone.
bool ValueRegister::may_ask(std::size_t reader, std::size_t of) const {
  const NodeId id = net_[of].node->self().id();
  const Peer* peer = net_[reader].node->peers().find(id);
  return is_up(reader) && is_up(of) && peer != nullptr && peer->reachable() &&
         invariants_.is_trusted(id) && invariants_.is_trusted(net_[reader].node->self().id());
}

void ValueRegister::check_had_of_owners() {
  for (std::size_t reader = 0; reader < net_.size(); ++reader) {
    for (std::size_t owner = 0; owner < net_.size(); ++owner) {
      const NodeId id = net_.node(owner).self().id();
      for (std::uint64_t number = 0; may_ask(reader, owner) && number < 3; ++number) {
        if (!entry(reader, id, key_of(number))) continue;
        ask_for(reader, {.origin = id, .key = key_of(number)}, kPatienceAtRest);
      }
    }
  }
  const std::size_t wanted = asked_.size() + ended_well_;
  net_.run_for(kPatienceAtRest + 1s);
  if (ended_well_ != wanted) {
    invariants_.broken(fmt::format("{} values of {} are not had though their owners are there",
                                   wanted - ended_well_, wanted));
  }
}

// The first node writes, the second one fetches it, and the third one does not reach the first.
void ValueRegister::check_had_of_others() {
  constexpr std::size_t kOwner = 0;
  constexpr std::size_t kHolder = 1;
  constexpr std::size_t kReader = 2;
  const bool may = net_.size() > kReader && may_ask(kHolder, kOwner) && may_ask(kReader, kHolder) &&
                   may_ask(kReader, kOwner) && !net_.node(kHolder).self().is_observer();
  if (!may) return;
  const NodeId id = net_.node(kOwner).self().id();
  const std::string key = key_of(0);
  commit(kOwner, {.key = key}, Value::text(std::to_string(++count_)));
  net_.run_for(5s);
  const auto had_by = [&](std::size_t index) {
    const auto present = entry(index, id, key);
    return present && present->absent &&
           net_.node(index).held().find(id, key, *present->absent) != nullptr;
  };
  ask_for(kHolder, {.origin = id, .key = key}, kPatienceAtRest);
  net_.run_for(1s);
  if (!had_by(kHolder)) return invariants_.broken("a new value is not had of its owner");
  net_.cut = {{kOwner, kReader}, {kReader, kOwner}};
  ask_for(kReader, {.origin = id, .key = key}, kPatienceAtRest);
  net_.run_for(kPatienceAtRest);
  net_.mend_cuts();
  if (!had_by(kReader)) invariants_.broken("a value is not had of another node that has it");
}

}  // namespace dsn::sim
