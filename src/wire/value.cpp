// SPDX-License-Identifier: Apache-2.0
#include "dsn/value.hpp"

#include <array>

#include "base/big_endian.hpp"
#include "base/check.hpp"
#include "base/utf8.hpp"
#include "wire/cbor_reader.hpp"
#include "wire/cbor_writer.hpp"

namespace dsn {
namespace {

// The first byte and an argument of 64 bits.
constexpr std::size_t kItemHeadBytesMax = 9;

template <typename Write>
Bytes encode(std::size_t size_max, Write write) {
  Bytes encoded(size_max);
  wire::CborWriter writer(encoded);
  write(writer);
  DSN_CHECK(writer.ok());
  encoded.resize(writer.size());
  encoded.shrink_to_fit();
  return encoded;
}

}  // namespace

Value::Value() : encoded_{0xf6} {}

Value Value::boolean(bool value) {
  return Value(encode(kItemHeadBytesMax, [&](wire::CborWriter& writer) { writer.boolean(value); }));
}

Value Value::integer(std::int64_t value) {
  return Value(encode(kItemHeadBytesMax, [&](wire::CborWriter& writer) { writer.integer(value); }));
}

Value Value::real(double value) {
  return Value(encode(kItemHeadBytesMax, [&](wire::CborWriter& writer) { writer.real(value); }));
}

Value Value::text(std::string_view value) {
  if (!is_utf8(dsn::as_bytes(value))) return bytes(dsn::as_bytes(value));
  return Value(encode(kItemHeadBytesMax + value.size(),
                      [&](wire::CborWriter& writer) { writer.text(value); }));
}

Value Value::bytes(std::span<const std::uint8_t> value) {
  return Value(encode(kItemHeadBytesMax + value.size(),
                      [&](wire::CborWriter& writer) { writer.bytes(value); }));
}

std::optional<Value> Value::from_cbor(std::span<const std::uint8_t> encoded) {
  if (!wire::is_deterministic_item(encoded, wire::kValueDepthMax)) return std::nullopt;
  return Value(Bytes(encoded.begin(), encoded.end()));
}

bool Value::is_null() const { return wire::CborReader(encoded_).peek() == wire::CborType::null; }

std::optional<bool> Value::as_boolean() const {
  wire::CborReader reader(encoded_);
  const bool value = reader.boolean();
  if (!reader.ok()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> Value::as_integer() const {
  wire::CborReader reader(encoded_);
  const std::int64_t value = reader.integer();
  if (!reader.ok()) return std::nullopt;
  return value;
}

std::optional<double> Value::as_number() const {
  wire::CborReader reader(encoded_);
  switch (reader.peek()) {
    case wire::CborType::real:
      return reader.real();
    case wire::CborType::unsigned_integer:
      return static_cast<double>(reader.uint());
    case wire::CborType::negative_integer: {
      if (const std::optional<std::int64_t> value = as_integer()) {
        return static_cast<double>(*value);
      }
      // Below int64: -1 - n, where only n of eight bytes can be so large.
      const auto n = get_big_endian<std::uint64_t>(std::span(encoded_).subspan(1));
      return -1.0 - static_cast<double>(n);
    }
    case wire::CborType::bytes:
    case wire::CborType::text:
    case wire::CborType::array:
    case wire::CborType::map:
    case wire::CborType::boolean:
    case wire::CborType::null:
    case wire::CborType::none:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::string_view> Value::as_text() const {
  wire::CborReader reader(encoded_);
  const std::string_view value = reader.text();
  if (!reader.ok()) return std::nullopt;
  return value;
}

}  // namespace dsn
