// SPDX-License-Identifier: Apache-2.0
// Values that entries only name (docs/protocol.md, section 5.4): those of this node, which others
// fetch, and those of others that were fetched or have expired.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "core/session/crypto_port.hpp"
#include "wire/entry.hpp"

namespace dsn::core {

/// What the values of other nodes may take together. At the bound the one that was taken first
/// gives way: it can be fetched again.
inline constexpr std::size_t kHeldBytesMax = std::size_t{4} * 1024 * 1024;

/// Of each key the latest value is held. Those of this node stay until they are dropped.
class HeldValues {
 public:
  HeldValues(CryptoPort& crypto, const NodeId& self) : crypto_(crypto), self_(self) {}

  /// `value` is one encoded item.
  void hold(const NodeId& origin, std::string_view key, ByteView value);
  void drop(const NodeId& origin, std::string_view key);
  /// The value that an entry names, if it is held here; else null.
  [[nodiscard]] const Bytes* find(const NodeId& origin, std::string_view key,
                                  const wire::AbsentValue& absent) const;
  /// What names this value in an entry.
  [[nodiscard]] wire::AbsentValue name_of(ByteView value) const;
  /// What the values of other nodes take.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  using Name = std::pair<NodeId, std::string>;
  struct Held {
    wire::AbsentValue name;
    Bytes value;
    std::list<Name>::iterator place;  // in order_; its end for a value of this node
  };
  void erase(std::map<Name, Held>::iterator held);

  CryptoPort& crypto_;
  const NodeId self_;
  std::map<Name, Held> values_;
  std::list<Name> order_;  // of other nodes, the oldest first
  std::size_t bytes_ = 0;
};

}  // namespace dsn::core
