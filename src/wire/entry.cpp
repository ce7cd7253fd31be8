// SPDX-License-Identifier: Apache-2.0
#include "wire/entry.hpp"

#include <algorithm>

#include "base/key_name.hpp"
#include "wire/wire_limits.hpp"

namespace dsn::wire {
namespace {

constexpr std::size_t kEntryElements = 5;
constexpr std::size_t kEntryElementsMax = 10;
constexpr std::size_t kAbsentElements = 3;
constexpr std::size_t kShortElements = 2;
constexpr std::size_t kShortElementsWithBack = 3;

// Keys strictly ascending in the order of CBOR maps, so none is there twice.
bool follows(std::string_view previous, std::string_view key, bool first) {
  return first || CborTextLess{}(previous, key);
}

ByteView read_value(CborReader& in) {
  const ByteView value = in.item(kValueDepthMax);
  if (value.size() > kValueBytesMax) in.fail();
  return value;
}

void write_absent(CborWriter& out, const AbsentValue& absent) {
  out.array(kAbsentElements);
  out.uint(absent.size);
  out.bytes(absent.hash);
  out.boolean(absent.is_expired);
}

AbsentValue read_absent(CborReader& in) {
  AbsentValue absent;
  if (in.array() != kAbsentElements) in.fail();
  absent.size = in.uint_at_most(kFetchedValueBytesMax);
  const ByteView hash = in.bytes_of(absent.hash.size());
  absent.is_expired = in.boolean();
  if (in.ok()) std::ranges::copy(hash, absent.hash.begin());
  return absent;
}

bool is_null(ByteView item) { return CborReader(item).peek() == CborType::null; }

std::string_view read_error(CborReader& in) {
  const std::string_view error = in.text();
  // An empty error would be a second encoding of "no error".
  if (error.empty() || error.size() > kErrorBytesMax) in.fail();
  return error;
}

std::string_view read_class(CborReader& in) {
  const std::string_view device_class = in.text();
  if (!is_device_class(device_class)) in.fail();
  return device_class;
}

std::size_t elements_of(const Entry& entry) {
  if (entry.interval_ms != 0) return 10;
  if (entry.precision) return 9;
  if (!entry.device_class.empty()) return 8;
  if (entry.absent) return 7;
  return entry.error.empty() ? kEntryElements : 6;
}

void write_text_or_null(CborWriter& out, std::string_view text) {
  if (text.empty()) {
    out.null();
  } else {
    out.text(text);
  }
}

// The elements after the value, which has been read.
// protocol.md [entry-null] [entry-extend]
void read_tail(CborReader& in, std::size_t elements, Entry& entry) {
  for (std::size_t i = kEntryElements + 1; i <= elements && in.ok(); ++i) {
    if (i > kEntryElementsMax) {
      in.item(kValueDepthMax);
    } else if (i < elements && in.peek() == CborType::null) {
      in.null();
    } else if (i == 6) {
      entry.error = read_error(in);
    } else if (i == 7) {
      entry.absent = read_absent(in);
    } else if (i == 8) {
      entry.device_class = read_class(in);
    } else if (i == 10) {
      entry.interval_ms = in.uint_at_most(kSessionClockMsMax);
      if (entry.interval_ms == 0) in.fail();
    } else {
      entry.precision = static_cast<std::uint32_t>(in.uint_at_most(kPrecisionMax));
    }
  }
}

bool is_short(CborReader in) {
  const std::size_t elements = in.array();
  return elements == kShortElements || elements == kShortElementsWithBack;
}

ShortEntry decode_short_entry(CborReader& in) {
  const std::size_t elements = in.array();
  ShortEntry entry;
  entry.age_ms = in.uint_at_most(kSessionClockMsMax);
  entry.value = read_value(in);
  if (elements == kShortElementsWithBack) entry.back = in.uint();
  return entry;
}

template <typename Map, typename ReadEntry>
Map read_map(CborReader& in, ReadEntry read_entry) {
  Map map;
  map.count = in.map();
  if (map.count > kKeysPerNodeMax) in.fail();
  const ByteView from = in.rest();
  const std::size_t start = in.offset();
  std::string_view previous;
  for (std::size_t i = 0; i < map.count && in.ok(); ++i) {
    const std::string_view key = in.text();
    if (!is_key_name(key) || !follows(previous, key, i == 0)) in.fail();
    previous = key;
    read_entry(in);
  }
  if (in.ok()) map.encoded = from.first(in.offset() - start);
  return map;
}

}  // namespace

void encode_entry(CborWriter& out, const Entry& entry) {
  const std::size_t elements = elements_of(entry);
  out.array(elements);
  out.uint(entry.version);
  out.uint(entry.sampled_ms);
  out.uint(entry.max_age_ms);
  out.text(entry.unit);
  out.raw(entry.value);
  if (elements > 5) write_text_or_null(out, entry.error);
  if (elements > 6 && entry.absent) write_absent(out, *entry.absent);
  if (elements > 6 && !entry.absent) out.null();
  if (elements > 7) write_text_or_null(out, entry.device_class);
  if (elements > 8 && entry.precision) out.uint(*entry.precision);
  if (elements > 8 && !entry.precision) out.null();
  if (elements > 9) out.uint(entry.interval_ms);
}

Entry decode_entry(CborReader& in) {
  const std::size_t elements = in.array();
  if (elements < kEntryElements) in.fail();
  Entry entry;
  entry.version = in.uint();
  entry.sampled_ms = in.uint_at_most(kSessionClockMsMax);
  entry.max_age_ms = in.uint_at_most(kSessionClockMsMax);
  entry.unit = in.text();
  if (entry.unit.size() > kUnitBytesMax) in.fail();
  entry.value = read_value(in);
  read_tail(in, elements, entry);
  if (entry.absent && !is_null(entry.value)) in.fail();
  return entry;
}

void encode_short_entry(CborWriter& out, const ShortEntry& entry) {
  out.array(entry.back == 0 ? kShortElements : kShortElementsWithBack);
  out.uint(entry.age_ms);
  out.raw(entry.value);
  if (entry.back != 0) out.uint(entry.back);
}

void encode_entry_map(CborWriter& out, const EntryMap& entries) {
  out.map(entries.count);
  out.raw(entries.encoded);
}

EntryMap decode_entry_map(CborReader& in) {
  return read_map<EntryMap>(in, [](CborReader& from) { decode_entry(from); });
}

void encode_change_map(CborWriter& out, const ChangeMap& changes) {
  out.map(changes.count);
  out.raw(changes.encoded);
}

ChangeMap decode_change_map(CborReader& in) {
  return read_map<ChangeMap>(in, [](CborReader& from) {
    if (is_short(from)) {
      decode_short_entry(from);
    } else {
      decode_entry(from);
    }
  });
}

KeyedChange next_change(CborReader& in) {
  KeyedChange next;
  next.key = in.text();
  if (is_short(in)) {
    next.shortened = decode_short_entry(in);
    return next;
  }
  const ByteView from = in.rest();
  const std::size_t start = in.offset();
  decode_entry(in);
  if (in.ok()) next.encoded_entry = from.first(in.offset() - start);
  return next;
}

bool has_later_elements(ByteView encoded_entry) {
  return CborReader(encoded_entry).array() > kEntryElementsMax;
}

KeyedEntry next_entry(CborReader& in) {
  KeyedEntry next;
  next.key = in.text();
  const ByteView from = in.rest();
  const std::size_t start = in.offset();
  next.entry = decode_entry(in);
  if (in.ok()) next.encoded_entry = from.first(in.offset() - start);
  return next;
}

KeyedEntry next_encoded_entry(CborReader& in) {
  KeyedEntry next;
  next.key = in.text();
  next.encoded_entry = in.item(kValueDepthMax + 1);
  return next;
}

void encode_key_list(CborWriter& out, const KeyList& keys) {
  out.array(keys.count);
  out.raw(keys.encoded);
}

KeyList decode_key_list(CborReader& in) {
  KeyList keys;
  keys.count = in.array();
  if (keys.count > kTombstonesMax) in.fail();
  const ByteView from = in.rest();
  const std::size_t start = in.offset();
  std::string_view previous;
  for (std::size_t i = 0; i < keys.count && in.ok(); ++i) {
    const std::string_view key = in.text();
    if (!is_key_name(key) || !follows(previous, key, i == 0)) in.fail();
    previous = key;
  }
  if (in.ok()) keys.encoded = from.first(in.offset() - start);
  return keys;
}

}  // namespace dsn::wire
