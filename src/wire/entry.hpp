// SPDX-License-Identifier: Apache-2.0
// An entry of a node's state. Its bytes are the same in memory and in all messages
// (docs/protocol.md, section 5.1).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "wire/cbor_reader.hpp"
#include "wire/cbor_writer.hpp"
#include "wire/wire_limits.hpp"

namespace dsn::wire {

/// What stands for a value that readers fetch when they want it: `[size, hash, is_expired]`.
struct AbsentValue {
  std::uint64_t size = 0;  ///< of its encoding in bytes, at most kFetchedValueBytesMax
  std::array<std::uint8_t, kValueHashBytes> hash{};
  bool is_expired = false;  ///< it was neither written nor read for long
  bool operator==(const AbsentValue&) const = default;
};

/// `[version, sampled_ms, max_age_ms, unit, value, ?error, ?absent, ?class, ?precision,
/// ?interval_ms]`; null stands for what is not there if something follows. With `absent` the value
/// is null.
struct Entry {
  std::uint64_t version = 0;     ///< version of the owner's state that last wrote this entry
  std::uint64_t sampled_ms = 0;  ///< the owner's session clock when `value` was measured
  std::uint64_t max_age_ms = 0;  ///< 0: never late
  std::string_view unit;         ///< SenML, or empty
  ByteView value;                ///< one CBOR item; the last good one if there is an error
  std::string_view error;        ///< why the latest sample failed; empty if it was good
  std::optional<AbsentValue> absent;
  std::string_view device_class;           ///< as in base/device_class.hpp, or empty
  std::optional<std::uint32_t> precision;  ///< decimals, at most kPrecisionMax
  std::uint64_t interval_ms = 0;           ///< how often it is sampled; 0: it is not said
};

/// What class, precision and interval take besides the text, with the nulls before them.
inline constexpr std::size_t kClassOverheadMax = 1 + 1 + 2 + 1 + 9;
/// What an entry takes besides its value and error, at most.
inline constexpr std::size_t kEntryOverheadMax =
    1 + 3 * 9 + 1 + kUnitBytesMax + kClassOverheadMax + kDeviceClassBytesMax;
/// What `absent` adds to that, with the null before it.
inline constexpr std::size_t kAbsentBytesMax = 1 + (1 + 3 + 1 + kValueHashBytes + 1);

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

/// The same without a look into the entry, of which only `encoded_entry` is set.
KeyedEntry next_encoded_entry(CborReader& in);

/// `[age_ms, value, ?back]`: an entry in MAIL or DELTA which has no error, and of which all else is
/// as the receiver has it of this key.
struct ShortEntry {
  std::uint64_t age_ms = 0;  ///< of the value, at the session clock that the frame tells
  ByteView value;            ///< one CBOR item
  std::uint64_t back = 0;    ///< its version is so much below that of the update
};

void encode_short_entry(CborWriter& out, const ShortEntry& entry);

/// A map of keys to entries in MAIL or DELTA, some of which may be short. As EntryMap otherwise.
struct ChangeMap {
  std::size_t count = 0;
  ByteView encoded;
};

struct KeyedChange {
  std::string_view key;
  std::optional<ShortEntry> shortened;
  ByteView encoded_entry;  ///< unless it is short
};

void encode_change_map(CborWriter& out, const ChangeMap& changes);
ChangeMap decode_change_map(CborReader& in);
/// Reads the next pair of a map that decode_change_map() has checked.
KeyedChange next_change(CborReader& in);

/// Whether a later version gave this entry elements that mean nothing yet.
[[nodiscard]] bool has_later_elements(ByteView encoded_entry);

/// An array of keys, which its decoder checked to be valid and ascending.
struct KeyList {
  std::size_t count = 0;
  ByteView encoded;
};

void encode_key_list(CborWriter& out, const KeyList& keys);
KeyList decode_key_list(CborReader& in);

}  // namespace dsn::wire
