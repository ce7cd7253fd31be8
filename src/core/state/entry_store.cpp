// SPDX-License-Identifier: Apache-2.0
#include "core/state/entry_store.hpp"

#include <algorithm>
#include <vector>

#include "base/check.hpp"

namespace dsn::core {

std::size_t encoded_head_bytes(std::size_t count) {
  if (count < 24) return 1;
  if (count <= 0xff) return 2;
  if (count <= 0xffff) return 3;
  return 5;
}

std::size_t encoded_pair_bytes(std::string_view key, std::size_t entry_bytes) {
  return encoded_head_bytes(key.size()) + key.size() + entry_bytes;
}

bool EntryStore::set(std::string_view key, ByteView encoded_entry) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) {
    entries_.emplace(std::string(key), Bytes(encoded_entry.begin(), encoded_entry.end()));
    pair_bytes_ += encoded_pair_bytes(key, encoded_entry.size());
    return true;
  }
  if (std::ranges::equal(found->second, encoded_entry)) return false;
  pair_bytes_ -= found->second.size();
  pair_bytes_ += encoded_entry.size();
  found->second.assign(encoded_entry.begin(), encoded_entry.end());
  return true;
}

bool EntryStore::erase(std::string_view key) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return false;
  pair_bytes_ -= encoded_pair_bytes(key, found->second.size());
  entries_.erase(found);
  return true;
}

void EntryStore::clear() {
  entries_.clear();
  pair_bytes_ = 0;
}

const Bytes* EntryStore::find(std::string_view key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : &found->second;
}

std::size_t EntryStore::encoded_bytes() const {
  return encoded_head_bytes(entries_.size()) + pair_bytes_;
}

EntryStore::Extent EntryStore::extent_with(const wire::EntryMap& more,
                                           const wire::KeyList& erased) const {
  Extent extent{entries_.size(), pair_bytes_};
  std::vector<std::string_view> gone;  // as many as an owner keeps tombstones, at most
  wire::CborReader keys(erased.encoded);
  for (std::size_t i = 0; i < erased.count; ++i) {
    const std::string_view key = keys.text();
    const Bytes* old = find(key);
    if (old == nullptr) continue;
    --extent.count;
    extent.encoded_bytes -= encoded_pair_bytes(key, old->size());
    gone.push_back(key);
  }
  wire::CborReader in(more.encoded);
  for (std::size_t i = 0; i < more.count; ++i) {
    const wire::KeyedEntry next = wire::next_encoded_entry(in);
    const Bytes* old = find(next.key);
    if (old != nullptr && !std::ranges::binary_search(gone, next.key, wire::CborTextLess{})) {
      extent.encoded_bytes -= encoded_pair_bytes(next.key, old->size());
    } else {
      ++extent.count;
    }
    extent.encoded_bytes += encoded_pair_bytes(next.key, next.encoded_entry.size());
  }
  extent.encoded_bytes += encoded_head_bytes(extent.count);
  return extent;
}

void EntryStore::encode_canonical(Bytes& out) const {
  out.resize(encoded_bytes());
  wire::CborWriter writer(out);
  writer.map(entries_.size());
  for (const auto& [key, entry] : entries_) {
    writer.text(key);
    writer.raw(entry);
  }
  DSN_CHECK(writer.ok() && writer.size() == out.size());
}

}  // namespace dsn::core
