// SPDX-License-Identifier: Apache-2.0
#include "core/state/held_values.hpp"

#include <algorithm>

#include "core/common/injected_bugs.hpp"

namespace dsn::core {
namespace {

// Keeps the hash of a value from being that of a chunk or of a list of hashes.
constexpr std::uint8_t kValuePrefix = 0x03;

}  // namespace

// protocol.md [value-hash]
wire::AbsentValue HeldValues::name_of(ByteView value) const {
  Bytes hashed{kValuePrefix};
  hashed.insert(hashed.end(), value.begin(), value.end());
  const Digest256 digest = crypto_.sha256(hashed);
  wire::AbsentValue name{.size = value.size()};
  std::copy_n(digest.begin(), name.hash.size(), name.hash.begin());
  return name;
}

void HeldValues::hold(const NodeId& origin, std::string_view key, ByteView value) {
  drop(origin, key);
  const Name name(origin, key);
  Held held{name_of(value), Bytes(value.begin(), value.end()), order_.end()};
  if (origin != self_) {
    held.place = order_.insert(order_.end(), name);
    bytes_ += value.size();
  }
  values_.emplace(name, std::move(held));
  while (bytes_ > kHeldBytesMax) erase(values_.find(order_.front()));
}

void HeldValues::drop(const NodeId& origin, std::string_view key) {
  if (values_.empty()) return;  // as in every node without databases
  const auto held = values_.find(Name(origin, key));
  if (held != values_.end()) erase(held);
}

void HeldValues::erase(std::map<Name, Held>::iterator held) {
  if (held->second.place != order_.end()) {
    bytes_ -= held->second.value.size();
    order_.erase(held->second.place);
  }
  values_.erase(held);
}

const Bytes* HeldValues::find(const NodeId& origin, std::string_view key,
                              const wire::AbsentValue& absent) const {
  const auto held = values_.find(Name(origin, key));
  if (held == values_.end()) return nullptr;
  const bool is_it = held->second.name.hash == absent.hash && held->second.name.size == absent.size;
  return is_it || has_bug(InjectedBug::value_unchecked) ? &held->second.value : nullptr;
}

}  // namespace dsn::core
