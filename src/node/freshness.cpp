// SPDX-License-Identifier: Apache-2.0
#include "node/freshness.hpp"

#include <algorithm>

#include "wire/entry.hpp"

namespace dsn::node {
namespace {

// What the age and the error of a reading, and the state of its node, say about it.
Freshness freshness_of(const ShownNode& shown, const Reading& reading, bool is_expired) {
  if (shown.conflict) return Freshness::conflict;
  switch (shown.state) {
    case NodeState::gone:
    case NodeState::left:
      return Freshness::node_gone;
    case NodeState::late:
    case NodeState::restarting:
      return Freshness::node_late;
    case NodeState::self:
    case NodeState::live:
    case NodeState::asleep:  // its readings are judged by their age
      break;
  }
  // protocol.md [memory-told]
  if (shown.outdated) return Freshness::late;
  if (!reading.error.empty()) return Freshness::error;
  if (is_expired) return Freshness::stale;
  if (reading.absent_bytes) return Freshness::on_demand;
  if (reading.max_age && reading.age > *reading.max_age) return Freshness::late;
  return Freshness::ok;
}

void set_value(const ShownNode& shown, const wire::Entry& entry, Reading& reading) {
  ByteView value = entry.value;
  if (entry.absent) {
    const Bytes* held = shown.held->find(shown.owner, shown.prefix + reading.key, *entry.absent);
    if (held != nullptr) value = *held;
    if (held == nullptr) reading.absent_bytes = entry.absent->size;
  }
  reading.value = Value::from_cbor(value).value_or(Value());
}

}  // namespace

std::chrono::milliseconds shown_span(Duration span) {
  return std::chrono::milliseconds(std::max<std::int64_t>(to_ms(span), 0));
}

Reading reading_of(const ShownNode& shown, const std::string& key, ByteView encoded, Instant now) {
  wire::CborReader in(encoded);
  const wire::Entry entry = wire::decode_entry(in);
  Reading reading;
  reading.node = shown.label;
  reading.node_id = shown.id.hex();
  reading.key = key;
  set_value(shown, entry, reading);
  reading.unit = entry.unit;
  reading.device_class = entry.device_class;
  reading.precision = entry.precision;
  const Instant sampled = shown.clock_zero + std::chrono::milliseconds(entry.sampled_ms);
  reading.age = shown_span(now - sampled);
  if (entry.max_age_ms > 0) reading.max_age = std::chrono::milliseconds(entry.max_age_ms);
  if (entry.interval_ms > 0) reading.interval = std::chrono::milliseconds(entry.interval_ms);
  reading.error = entry.error;
  reading.incarnation = shown.version.incarnation;
  reading.version = entry.version;
  reading.node_heard = shown_span(shown.heard);
  reading.via = shown.via;
  const bool is_expired = entry.absent && entry.absent->is_expired;
  reading.freshness = freshness_of(shown, reading, is_expired);
  return reading;
}

}  // namespace dsn::node
