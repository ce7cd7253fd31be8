// SPDX-License-Identifier: Apache-2.0
#include "node/own_keys.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "base/pattern.hpp"
#include "base/printable.hpp"
#include "node/clock.hpp"
#include "node/subnodes.hpp"

namespace dsn::node {
namespace {

constexpr Duration kMaxAgeMin = std::chrono::milliseconds(1);
// A timer of centuries would overflow.
constexpr Duration kExpiryTimerMax = std::chrono::hours(24);

// A node's clock begins with its start. What is older is as old as the node, and is late when it
// would have been.
void set_age(core::Write& write, Duration age, Instant start) {
  const Instant present = now();
  write.sampled = std::max(present - age, start);
  const Duration unsaid = age - (present - write.sampled);
  if (write.max_age == Duration(0) || unsaid <= Duration(0)) return;
  write.max_age = std::max<Duration>(write.max_age - unsaid, kMaxAgeMin);
}

core::Write write_of(const SetRequest& entry, Instant start) {
  core::Write write;
  write.key = entry.key;
  write.value = entry.value;
  write.unit = entry.unit;
  write.device_class = entry.device_class;
  write.precision = entry.precision;
  write.max_age = entry.max_age.value_or(std::chrono::milliseconds(0));
  set_age(write, entry.age, start);
  return write;
}

}  // namespace

OwnKeys::OwnKeys(OwnKeysParts parts, std::vector<Database> databases)
    : parts_(std::move(parts)), databases_(std::move(databases)), timer_(parts_.io) {}

// A sensor may have taken a key over since it was kept.
void OwnKeys::start(const std::vector<KeptKey>& kept) {
  std::vector<SetRequest> entries;
  for (const KeptKey& key : kept) {
    if (parts_.sensor_of(key.key)) continue;
    const std::string subnode(subnode_of(key.key).value_or(""));
    const std::size_t prefix = subnode.empty() ? 0 : key_at_node(subnode, "").size();
    entries.push_back({.key = key.key.substr(prefix),
                       .value = key.value,
                       .unit = key.unit,
                       .keep = true,
                       .as = subnode,
                       .device_class = key.device_class,
                       .precision = key.precision});
  }
  told_ = kept;
  if (!entries.empty()) (void)set(entries, 0);
}

void OwnKeys::stop() {
  timer_.cancel();
  alive_.renew();
}

Result<std::uint64_t> OwnKeys::commit(std::span<const core::Write> writes) {
  const auto is_in_database = [&](const core::Write& write) {
    return databases_.of(write.key) != nullptr;
  };
  return std::ranges::any_of(writes, is_in_database) ? commit_to_databases(writes)
                                                     : commit_as_they_are(writes);
}

Result<std::uint64_t> OwnKeys::commit_as_they_are(std::span<const core::Write> writes) {
  Result<std::uint64_t> version = parts_.driver.commit(writes);
  if (version) note_committed(writes);
  return version;
}

Result<std::uint64_t> OwnKeys::commit_to_databases(std::span<const core::Write> writes) {
  std::vector<core::Write> applied(writes.begin(), writes.end());
  std::vector<core::Write> values;  // that others are to fetch
  for (core::Write& write : applied) {
    if (Result<void> result = apply_database(write, values); !result) return result.failure();
  }
  Result<std::uint64_t> version = commit_as_they_are(applied);
  if (!version) return version;
  const NodeId& self = parts_.core.self().id();
  for (const core::Write& write : values) parts_.core.hold(self, write.key, write.value.cbor());
  arm();
  return version;
}

void OwnKeys::note_committed(std::span<const core::Write> writes) {
  for (const core::Write& write : writes) {
    if (!write.absent) parts_.core.drop_held(parts_.core.self().id(), write.key);
    if (write.kind == core::Write::Kind::unset) {
      databases_.remove(write.key);
    } else {
      databases_.touch(write.key, now());
    }
  }
}

Result<void> OwnKeys::apply_database(core::Write& write, std::vector<core::Write>& values) const {
  const Database* database = databases_.of(write.key);
  if (database == nullptr || write.kind == core::Write::Kind::unset) return {};
  if (write.max_age == Duration(0) && database->max_age) write.max_age = *database->max_age;
  if (!database->on_demand || write.kind != core::Write::Kind::set || write.absent) return {};
  if (write.value.cbor().size() > wire::kFetchedValueBytesMax) {
    return Error{"the value of '" + write.key + "' has more than " +
                 std::to_string(wire::kFetchedValueBytesMax) + " bytes"};
  }
  values.push_back(write);
  write.absent = parts_.core.held().name_of(write.value.cbor());
  write.value = Value();
  return {};
}

Result<std::uint64_t> OwnKeys::set(const std::vector<SetRequest>& entries, std::uint64_t holder) {
  std::vector<core::Write> writes;
  std::vector<SetRequest> kept_as = entries;  // under the keys that they have at this node
  for (SetRequest& entry : kept_as) {
    if (Result<void> checked = check(entry); !checked) return checked.failure();
    if (!entry.as.empty()) entry.key = key_at_node(entry.as, entry.key);
    writes.push_back(write_of(entry, parts_.core.self().state().session_start()));
  }
  Result<std::uint64_t> version = commit(writes);
  if (!version) return version;
  for (const SetRequest& entry : kept_as) program_keys_.note_set(entry, holder, now());
  arm();
  note_kept();
  return version;
}

Result<void> OwnKeys::check(const SetRequest& request) const {
  if (std::string problem = problem_of(request); !problem.empty()) return Error{std::move(problem)};
  if (!request.as.empty() && !is_subnode(request.as)) {
    return Error{"'" + with_question_marks(request.as) + "' is no name of a device: " +
                 "1 to 63 of a-z, 0-9, '-' and '_', the last two not at an end; or several of "
                 "them with dots in between"};
  }
  if (request.key.starts_with(kSubnodeMark)) {
    return Error{"a key cannot begin with '@', which is for devices that this node publishes for"};
  }
  if (!request.as.empty()) return {};
  if (std::optional<Error> error = measured(request.key)) return *std::move(error);
  return {};
}

std::optional<Error> OwnKeys::measured(const std::string& key) const {
  const std::optional<std::string> sensor = parts_.sensor_of(key);
  if (!sensor) return std::nullopt;
  return Error{"'" + key + "' is measured by the sensor '" + *sensor +
               "' of this node, so a program can neither set nor unset it"};
}

Result<std::uint64_t> OwnKeys::unset(const std::vector<std::string>& keys) {
  std::vector<std::string> named;
  for (const std::string& key : keys) {
    if (is_pattern(key)) {
      std::ranges::copy(program_keys_.matching(key), std::back_inserter(named));
    } else {
      if (std::optional<Error> error = measured(key)) return *std::move(error);
      named.push_back(key);
    }
  }
  return remove(named);
}

Result<std::uint64_t> OwnKeys::remove(const std::vector<std::string>& keys) {
  std::vector<core::Write> writes;
  std::uint64_t existed = 0;
  for (const std::string& key : keys) {
    if (parts_.core.self().state().store().find(key) != nullptr) ++existed;
    core::Write write;
    write.kind = core::Write::Kind::unset;
    write.key = key;
    writes.push_back(std::move(write));
  }
  Result<std::uint64_t> version = commit(writes);
  if (!version) return version;
  for (const std::string& key : keys) program_keys_.note_unset(key);
  note_kept();
  return existed;
}

void OwnKeys::release(std::uint64_t holder) {
  if (const auto held = program_keys_.held_by(holder); !held.empty()) (void)remove(held);
}

void OwnKeys::set_databases(std::vector<Database> databases) {
  std::vector<std::string> keys;
  for (const auto& [key, entry] : parts_.core.self().state().store().entries()) keys.push_back(key);
  databases_.replace(std::move(databases), keys, now());
  arm();
}

void OwnKeys::touch(const std::string& key) {
  const Bytes* encoded = parts_.core.self().state().store().find(key);
  if (encoded == nullptr) return;
  databases_.touch(key, now());
  arm();
  wire::CborReader in(*encoded);
  const wire::Entry entry = wire::decode_entry(in);
  if (entry.absent && entry.absent->is_expired) rewrite(key, false);
}

// The value keeps its age: it was not measured anew.
void OwnKeys::rewrite(const std::string& key, bool is_expired) {
  const Bytes* encoded = parts_.core.self().state().store().find(key);
  if (encoded == nullptr) return;
  const NodeId& self = parts_.core.self().id();
  wire::CborReader in(*encoded);
  const wire::Entry entry = wire::decode_entry(in);
  const Bytes* held = entry.absent ? parts_.core.held().find(self, key, *entry.absent) : nullptr;
  const Value value = Value::from_cbor(held != nullptr ? *held : entry.value).value_or(Value());
  core::Write write;
  write.key = key;
  write.value = value;
  write.sampled =
      parts_.core.self().state().session_start() + std::chrono::milliseconds(entry.sampled_ms);
  write.max_age = std::chrono::milliseconds(entry.max_age_ms);
  write.unit = entry.unit;
  write.device_class = entry.device_class;
  write.precision = entry.precision;
  write.interval = std::chrono::milliseconds(entry.interval_ms);
  if (is_expired) {
    write.absent = parts_.core.held().name_of(value.cbor());
    write.absent->is_expired = true;
    write.value = Value();
    if (!parts_.driver.commit({&write, 1})) return;
    parts_.core.hold(self, key, value.cbor());
  } else {
    (void)commit({&write, 1});
  }
}

void OwnKeys::note_kept() {
  if (program_keys_.kept() == told_) return;
  told_ = program_keys_.kept();
  parts_.kept_changed();
}

void OwnKeys::arm() {
  const Instant due = std::min(program_keys_.next_due(), databases_.next_due());
  if (due == kNever) return;
  timer_.expires_after(std::clamp(due - now(), Duration(0), kExpiryTimerMax));
  timer_.async_wait(alive_.guard(this, &OwnKeys::handle_timer));
}

void OwnKeys::handle_timer(const std::error_code& error) {
  if (error) return;
  if (const auto expired = program_keys_.expired(now()); !expired.empty()) (void)remove(expired);
  for (const std::string& key : databases_.take_expired(now())) rewrite(key, true);
  arm();
}

}  // namespace dsn::node
