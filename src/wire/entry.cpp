// SPDX-License-Identifier: Apache-2.0
#include "wire/entry.hpp"

#include "base/key_name.hpp"
#include "wire/wire_limits.hpp"

namespace dsn::wire {
namespace {

constexpr std::size_t kEntryElements = 5;
constexpr std::size_t kEntryElementsWithError = 6;

// Keys strictly ascending in the order of CBOR maps, so none is there twice.
bool follows(std::string_view previous, std::string_view key, bool first) {
  return first || CborTextLess{}(previous, key);
}

}  // namespace

void encode_entry(CborWriter& out, const Entry& entry) {
  out.array(entry.error.empty() ? kEntryElements : kEntryElementsWithError);
  out.uint(entry.version);
  out.uint(entry.sampled_ms);
  out.uint(entry.max_age_ms);
  out.text(entry.unit);
  out.raw(entry.value);
  if (!entry.error.empty()) out.text(entry.error);
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
  entry.value = in.item(kValueDepthMax);
  if (entry.value.size() > kValueBytesMax) in.fail();
  if (elements >= kEntryElementsWithError) {
    entry.error = in.text();
    // An empty error would be a second encoding of "no error".
    if (entry.error.empty() || entry.error.size() > kErrorBytesMax) in.fail();
  }
  // protocol.md [entry-extend]
  for (std::size_t i = kEntryElementsWithError; i < elements && in.ok(); ++i)
    in.item(kValueDepthMax);
  return entry;
}

void encode_entry_map(CborWriter& out, const EntryMap& entries) {
  out.map(entries.count);
  out.raw(entries.encoded);
}

EntryMap decode_entry_map(CborReader& in) {
  EntryMap entries;
  entries.count = in.map();
  if (entries.count > kKeysPerNodeMax) in.fail();
  const ByteView from = in.rest();
  const std::size_t start = in.offset();
  std::string_view previous;
  for (std::size_t i = 0; i < entries.count && in.ok(); ++i) {
    const std::string_view key = in.text();
    if (!is_key_name(key) || !follows(previous, key, i == 0)) in.fail();
    previous = key;
    decode_entry(in);
  }
  if (in.ok()) entries.encoded = from.first(in.offset() - start);
  return entries;
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
