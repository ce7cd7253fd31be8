// SPDX-License-Identifier: Apache-2.0
// The keys of this node that programs set, and how long each of them lasts.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "dsn/client.hpp"

namespace dsn::node {

/// A key that outlasts the program that runs the node.
struct KeptKey {
  std::string key;
  Value value;
  std::string unit;
  std::string device_class{};
  std::optional<std::uint32_t> precision{};
  bool operator==(const KeptKey&) const = default;
};

/// Why a key cannot be set as asked for; empty if it can.
[[nodiscard]] std::string problem_of(const SetRequest& request);

/// Has no clock and no timer: time is an argument, and next_due() says when expired() has
/// something. It remembers at most as many keys as the node has.
class ProgramKeys {
 public:
  /// A program has set the key. `holder` is what ends a key that was set with `hold`.
  void note_set(const SetRequest& request, std::uint64_t holder, Instant now);
  void note_unset(const std::string& key);

  /// Those that fit the pattern (fnmatch).
  [[nodiscard]] std::vector<std::string> matching(const std::string& pattern) const;
  [[nodiscard]] std::vector<std::string> held_by(std::uint64_t holder) const;
  [[nodiscard]] std::vector<std::string> expired(Instant now) const;
  /// kNever if no key expires.
  [[nodiscard]] Instant next_due() const;
  [[nodiscard]] std::vector<KeptKey> kept() const;

 private:
  struct Lifetime {
    Instant expires = kNever;
    std::optional<std::uint64_t> holder;
    std::optional<KeptKey> kept;
  };
  template <typename Wanted>
  [[nodiscard]] std::vector<std::string> keys_where(Wanted wanted) const;

  std::map<std::string, Lifetime> keys_;
};

}  // namespace dsn::node
