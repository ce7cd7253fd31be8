// SPDX-License-Identifier: Apache-2.0
#include "core/state/short_entries.hpp"

#include "base/check.hpp"

namespace dsn::core {
namespace {

// protocol.md [short-gap]
std::optional<wire::Entry> whole_entry(const wire::ShortEntry& shortened, const Bytes* held,
                                       std::uint64_t to, std::uint64_t clock_ms) {
  if (held == nullptr || wire::has_later_elements(*held)) return std::nullopt;
  if (shortened.age_ms > clock_ms || shortened.back > to) return std::nullopt;
  wire::CborReader in(*held);
  wire::Entry entry = wire::decode_entry(in);
  if (entry.absent) return std::nullopt;
  entry.version = to - shortened.back;
  entry.sampled_ms = clock_ms - shortened.age_ms;
  entry.value = shortened.value;
  entry.error = {};
  return entry;
}

}  // namespace

std::optional<wire::EntryMap> whole_entries(const wire::Update& update, const EntryStore& before,
                                            std::uint64_t clock_ms, Bytes& buffer) {
  const wire::ChangeMap& changes = update.entries;
  buffer.resize(changes.encoded.size() + changes.count * wire::kEntryOverheadMax);
  wire::CborWriter out(buffer);
  wire::CborReader in(changes.encoded);
  for (std::size_t i = 0; i < changes.count; ++i) {
    const wire::KeyedChange next = wire::next_change(in);
    out.text(next.key);
    if (!next.shortened) {
      out.raw(next.encoded_entry);
      continue;
    }
    const auto entry = whole_entry(*next.shortened, before.find(next.key), update.to, clock_ms);
    if (!entry) return std::nullopt;
    wire::encode_entry(out, *entry);
  }
  DSN_CHECK(out.ok());
  return wire::EntryMap{changes.count, out.written()};
}

}  // namespace dsn::core
