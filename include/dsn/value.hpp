// SPDX-License-Identifier: Apache-2.0
// The value of a key.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dsn {

/// An immutable value: null, boolean, integer, real, text, bytes, array or map, nested at most
/// eight deep. It is kept as its deterministic CBOR encoding (RFC 8949, section 4.2.1), so two
/// values are equal exactly when their bytes are. No function throws or fails. Copy it freely;
/// several threads may read one Value at a time.
class Value {
 public:
  /// null
  Value();

  static Value boolean(bool value);
  static Value integer(std::int64_t value);
  /// Infinities and NaN are allowed; every NaN is the same value.
  static Value real(double value);
  /// UTF-8 becomes text; anything else becomes bytes.
  static Value text(std::string_view value);
  static Value bytes(std::span<const std::uint8_t> value);
  /// Nothing if it would be nested more than eight deep.
  static std::optional<Value> array(std::span<const Value> elements);
  /// A map with texts as keys, in any order. Nothing if two keys are the same or one is not UTF-8,
  /// or if it would be nested more than eight deep.
  static std::optional<Value> map(std::span<const std::pair<std::string, Value>> members);
  /// Takes over an encoding. Nothing if it is not exactly one deterministic item without tags, at
  /// most eight deep.
  static std::optional<Value> from_cbor(std::span<const std::uint8_t> encoded);

  [[nodiscard]] bool is_null() const;
  /// Each of these: nothing if the value is of another type.
  [[nodiscard]] std::optional<bool> as_boolean() const;
  /// An integer from -2^63 to 2^63 - 1.
  [[nodiscard]] std::optional<std::int64_t> as_integer() const;
  /// A real, or an integer as a real.
  [[nodiscard]] std::optional<double> as_number() const;
  /// The view is valid as long as this Value is neither assigned to nor destroyed.
  [[nodiscard]] std::optional<std::string_view> as_text() const;
  /// As for as_text().
  [[nodiscard]] std::optional<std::span<const std::uint8_t>> as_bytes() const;
  /// The elements of an array.
  [[nodiscard]] std::optional<std::vector<Value>> as_array() const;
  /// The pairs of a map, in the order of its encoding. Keys are of any type.
  [[nodiscard]] std::optional<std::vector<std::pair<Value, Value>>> as_map() const;
  /// The value of a text key of a map; nothing too if there is no such key.
  [[nodiscard]] std::optional<Value> find(std::string_view key) const;

  /// The encoding; valid as long as this Value is neither assigned to nor destroyed.
  [[nodiscard]] std::span<const std::uint8_t> cbor() const { return encoded_; }
  bool operator==(const Value&) const = default;

 private:
  explicit Value(std::vector<std::uint8_t> encoded) : encoded_(std::move(encoded)) {}
  std::vector<std::uint8_t> encoded_;
};

}  // namespace dsn
