// SPDX-License-Identifier: Apache-2.0
// The entries of one node's state, in the encoding that messages have.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "wire/entry.hpp"

namespace dsn::core {

/// Key to encoded entry, in the order of CBOR maps, so that the canonical encoding is one walk.
class EntryStore {
 public:
  using Map = std::map<std::string, Bytes, wire::CborTextLess>;

  /// Writes one entry; an existing one keeps its buffer. Returns false if nothing changed.
  bool set(std::string_view key, ByteView encoded_entry);
  /// Returns false if there was no such key.
  bool erase(std::string_view key);
  void clear();

  [[nodiscard]] const Bytes* find(std::string_view key) const;
  [[nodiscard]] const Map& entries() const { return entries_; }
  [[nodiscard]] std::size_t count() const { return entries_.size(); }
  /// The size of the canonical encoding, the map's head included.
  [[nodiscard]] std::size_t encoded_bytes() const;

  struct Extent {
    std::size_t count = 0;          ///< of keys
    std::size_t encoded_bytes = 0;  ///< of the canonical encoding
  };
  /// What the store would have after `erased` was erased and `more` was written.
  [[nodiscard]] Extent extent_with(const wire::EntryMap& more, const wire::KeyList& erased) const;

  /// The complete state as one deterministic CBOR map; `out` is overwritten.
  void encode_canonical(Bytes& out) const;

 private:
  Map entries_;
  std::size_t pair_bytes_ = 0;
};

/// The bytes of a pair inside a map.
[[nodiscard]] std::size_t encoded_pair_bytes(std::string_view key, std::size_t entry_bytes);
/// The bytes of the head of a map, array or string of `count`.
[[nodiscard]] std::size_t encoded_head_bytes(std::size_t count);

}  // namespace dsn::core
