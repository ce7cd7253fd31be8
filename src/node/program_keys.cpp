// SPDX-License-Identifier: Apache-2.0
#include "node/program_keys.hpp"

#include <algorithm>

#include "base/pattern.hpp"

namespace dsn::node {

// A value that outlasts a restart is of an age that nobody knows afterwards, because the clock of
// the machine may have been wrong before, or be wrong now.
std::string problem_of(const SetRequest& request) {
  const int lifetimes = (request.ttl ? 1 : 0) + (request.hold ? 1 : 0) + (request.keep ? 1 : 0);
  if (lifetimes > 1) return "of a ttl, hold and keep a key has one at most";
  if (request.ttl && *request.ttl <= std::chrono::milliseconds(0)) {
    return "the ttl must be above 0";
  }
  if (request.keep && request.max_age) {
    return "a key that is kept over a restart has no maximum age: how old it is then, nobody knows";
  }
  return {};
}

void ProgramKeys::note_set(const SetRequest& request, std::uint64_t holder, Instant now) {
  Lifetime lifetime;
  if (request.ttl) lifetime.expires = now + *request.ttl;
  if (request.hold) lifetime.holder = holder;
  if (request.keep) {
    lifetime.kept =
        KeptKey{request.key, request.value, request.unit, request.device_class, request.precision};
  }
  keys_.insert_or_assign(request.key, std::move(lifetime));
}

void ProgramKeys::note_unset(const std::string& key) { keys_.erase(key); }

template <typename Wanted>
std::vector<std::string> ProgramKeys::keys_where(Wanted wanted) const {
  std::vector<std::string> found;
  for (const auto& [key, lifetime] : keys_) {
    if (wanted(key, lifetime)) found.push_back(key);
  }
  return found;
}

std::vector<std::string> ProgramKeys::matching(const std::string& pattern) const {
  return keys_where([&](const std::string& key, const Lifetime&) { return fits(pattern, key); });
}

std::vector<std::string> ProgramKeys::held_by(std::uint64_t holder) const {
  return keys_where(
      [&](const std::string&, const Lifetime& lifetime) { return lifetime.holder == holder; });
}

std::vector<std::string> ProgramKeys::expired(Instant now) const {
  return keys_where(
      [&](const std::string&, const Lifetime& lifetime) { return lifetime.expires <= now; });
}

Instant ProgramKeys::next_due() const {
  Instant due = kNever;
  for (const auto& [key, lifetime] : keys_) due = std::min(due, lifetime.expires);
  return due;
}

std::vector<KeptKey> ProgramKeys::kept() const {
  std::vector<KeptKey> kept;
  for (const auto& [key, lifetime] : keys_) {
    if (lifetime.kept) kept.push_back(*lifetime.kept);
  }
  return kept;
}

}  // namespace dsn::node
