// SPDX-License-Identifier: Apache-2.0
// Databases: how keys of this node are shared, by the part before their first '/'.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "node/node_settings.hpp"

namespace dsn::node {

/// The databases of this node, and when the values in them expire. Has no clock and no timer: time
/// is an argument, and next_due() says when expired() has something.
class Databases {
 public:
  explicit Databases(std::vector<Database> all) : all_(std::move(all)) {}

  /// Values that were there before expire anew from now on.
  void replace(std::vector<Database> all, const std::vector<std::string>& keys, Instant now);

  /// The database of the key, as it is in the store, also of one of a subnode; null if it is in
  /// none.
  [[nodiscard]] const Database* of(std::string_view key) const;

  /// The key was written or read.
  void touch(const std::string& key, Instant now);
  void remove(const std::string& key) { expires_.erase(key); }
  /// Returns the keys that have expired, each once.
  [[nodiscard]] std::vector<std::string> take_expired(Instant now);
  /// kNever if nothing expires.
  [[nodiscard]] Instant next_due() const;

 private:
  std::vector<Database> all_;
  std::map<std::string, Instant> expires_;
};

}  // namespace dsn::node
