// SPDX-License-Identifier: Apache-2.0
#include "node/databases.hpp"

#include <algorithm>
#include <utility>

#include "base/key_name.hpp"
#include "node/subnodes.hpp"

namespace dsn::node {

void Databases::replace(std::vector<Database> all, const std::vector<std::string>& keys,
                        Instant now) {
  all_ = std::move(all);
  expires_.clear();
  for (const std::string& key : keys) touch(key, now);
}

const Database* Databases::of(std::string_view key) const {
  const auto found =
      std::ranges::find(all_, database_of(key_of_subnode(key).value_or(key)), &Database::name);
  return found == all_.end() ? nullptr : &*found;
}

void Databases::touch(const std::string& key, Instant now) {
  const Database* database = of(key);
  if (database != nullptr && database->expire) expires_[key] = now + *database->expire;
}

std::vector<std::string> Databases::take_expired(Instant now) {
  std::vector<std::string> expired;
  std::erase_if(expires_, [&](const auto& one) {
    if (one.second > now) return false;
    expired.push_back(one.first);
    return true;
  });
  return expired;
}

Instant Databases::next_due() const {
  Instant due = kNever;
  for (const auto& [key, expires] : expires_) due = std::min(due, expires);
  return due;
}

}  // namespace dsn::node
