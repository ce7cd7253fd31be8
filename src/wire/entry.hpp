// SPDX-License-Identifier: Apache-2.0
// An entry of a node's state. Its bytes are the same in memory and in all messages
// (docs/protocol.md, section 5.1).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "wire/cbor_reader.hpp"
#include "wire/cbor_writer.hpp"

namespace dsn::wire {

/// `[version, sampled_ms, max_age_ms, unit, value, ?error]`
struct Entry {
  std::uint64_t version = 0;     ///< version of the owner's state that last wrote this entry
  std::uint64_t sampled_ms = 0;  ///< the owner's session clock when `value` was measured
  std::uint64_t max_age_ms = 0;  ///< 0: never late
  std::string_view unit;         ///< SenML, or empty
  ByteView value;                ///< one CBOR item; the last good one if there is an error
  std::string_view error;        ///< why the latest sample failed; empty if it was good
};

void encode_entry(CborWriter& out, const Entry& entry);
/// Reads one entry and checks its sizes, the depth of its value and its texts.
Entry decode_entry(CborReader& in);

/// A map of keys to entries in a message. Its decoder checked that all keys are valid and ascending
/// and all entries are valid. `encoded` holds the pairs without the map's head.
struct EntryMap {
  std::size_t count = 0;
  ByteView encoded;
};

struct KeyedEntry {
  std::string_view key;
  Entry entry;
  ByteView encoded_entry;
};

void encode_entry_map(CborWriter& out, const EntryMap& entries);
EntryMap decode_entry_map(CborReader& in);
/// Reads the next pair of a map that decode_entry_map() has checked.
KeyedEntry next_entry(CborReader& in);

/// An array of keys, which its decoder checked to be valid and ascending.
struct KeyList {
  std::size_t count = 0;
  ByteView encoded;
};

void encode_key_list(CborWriter& out, const KeyList& keys);
KeyList decode_key_list(CborReader& in);

}  // namespace dsn::wire
