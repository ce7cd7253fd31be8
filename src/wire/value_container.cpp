// SPDX-License-Identifier: Apache-2.0
// Values that hold other values.
#include <algorithm>

#include "base/utf8.hpp"
#include "dsn/value.hpp"
#include "wire/cbor_reader.hpp"
#include "wire/cbor_writer.hpp"

namespace dsn {
namespace {

constexpr std::size_t kHeadBytesMax = 9;

std::optional<Value> finished(Bytes& buffer, const wire::CborWriter& writer) {
  if (!writer.ok()) return std::nullopt;
  return Value::from_cbor(ByteView(buffer).first(writer.size()));
}

/// The next item of a value, whose encoding is right.
Value next_value(wire::CborReader& reader) {
  return Value::from_cbor(reader.item(wire::kValueDepthMax)).value_or(Value());
}

}  // namespace

std::optional<Value> Value::array(std::span<const Value> elements) {
  std::size_t size = kHeadBytesMax;
  for (const Value& element : elements) size += element.cbor().size();
  Bytes buffer(size);
  wire::CborWriter writer(buffer);
  writer.array(elements.size());
  for (const Value& element : elements) writer.raw(element.cbor());
  return finished(buffer, writer);
}

std::optional<Value> Value::map(std::span<const std::pair<std::string, Value>> members) {
  std::vector<const std::pair<std::string, Value>*> sorted;
  std::size_t size = kHeadBytesMax;
  for (const auto& member : members) {
    sorted.push_back(&member);
    size += kHeadBytesMax + member.first.size() + member.second.cbor().size();
  }
  std::ranges::sort(sorted, wire::CborTextLess{}, [](const auto* member) { return member->first; });
  Bytes buffer(size);
  wire::CborWriter writer(buffer);
  writer.map(members.size());
  for (const auto* member : sorted) {
    if (!is_utf8(dsn::as_bytes(member->first))) return std::nullopt;
    writer.text(member->first);
    writer.raw(member->second.cbor());
  }
  return finished(buffer, writer);
}

std::optional<std::span<const std::uint8_t>> Value::as_bytes() const {
  wire::CborReader reader(encoded_);
  const ByteView value = reader.bytes();
  if (!reader.ok()) return std::nullopt;
  return value;
}

std::optional<std::vector<Value>> Value::as_array() const {
  wire::CborReader reader(encoded_);
  const std::size_t count = reader.array();
  if (!reader.ok()) return std::nullopt;
  std::vector<Value> elements;
  for (std::size_t i = 0; i < count; ++i) elements.push_back(next_value(reader));
  return elements;
}

std::optional<std::vector<std::pair<Value, Value>>> Value::as_map() const {
  wire::CborReader reader(encoded_);
  const std::size_t count = reader.map();
  if (!reader.ok()) return std::nullopt;
  std::vector<std::pair<Value, Value>> members;
  for (std::size_t i = 0; i < count; ++i) {
    Value key = next_value(reader);
    Value value = next_value(reader);
    members.emplace_back(std::move(key), std::move(value));
  }
  return members;
}

std::optional<Value> Value::find(std::string_view key) const {
  wire::CborReader reader(encoded_);
  const Value wanted = text(key);
  const std::size_t count = reader.map();
  for (std::size_t i = 0; i < count; ++i) {
    const Value found = next_value(reader);
    const Value value = next_value(reader);
    if (found == wanted) return value;
  }
  return std::nullopt;
}

}  // namespace dsn
