// SPDX-License-Identifier: Apache-2.0
#include "core/expected_nodes.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/big_endian.hpp"
#include "base/siphash.hpp"

namespace dsn::core {

void ExpectedNodes::set(std::vector<std::string> names, Instant now) {
  names_ = std::move(names);
  set_at_ = now;
  std::erase_if(told_, [&](const std::string& name) { return !std::ranges::count(names_, name); });
}

std::vector<std::string> ExpectedNodes::missing() const {
  std::set<std::string_view> present{self_.name()};
  for (const auto& peer : peers_.all()) present.insert(peer->name);
  std::vector<std::string> names;
  for (const std::string& name : names_) {
    if (!present.contains(name)) names.push_back(name);
  }
  return names;
}

// The first half of the id of a node is a hash, and is not zero.
NodeId ExpectedNodes::id_of(std::string_view name) {
  constexpr std::array<std::uint8_t, 16> kNoSecret{};
  NodeId id;
  put_big_endian(std::span(id.bytes).subspan(sizeof(std::uint64_t)),
                 siphash24(kNoSecret, as_bytes(name)));
  return id;
}

std::string ExpectedNodes::name_of(const NodeId& id) const {
  if (id.prefix() != 0) return "";
  for (std::string& name : missing()) {
    if (id_of(name) == id) return std::move(name);
  }
  return "";
}

Instant ExpectedNodes::gone_at() const {
  if (set_at_ == Instant::min()) return liveness_.awaited_until();
  return std::max(liveness_.awaited_until(), set_at_ + kAwaitedMax);
}

// protocol.md [remembered-shown]
void ExpectedNodes::handle_timeout(Instant now, Effects& effects) {
  if (next_deadline() > now) return;
  for (const std::string& name : missing()) {
    if (told_.insert(name).second) effects.event(CoreEvent::Kind::gone, id_of(name));
  }
  told_.insert(names_.begin(), names_.end());
}

Instant ExpectedNodes::next_deadline() const {
  const auto is_told = [&](const std::string& name) { return told_.contains(name); };
  return std::ranges::all_of(names_, is_told) ? kNever : gone_at();
}

}  // namespace dsn::core
