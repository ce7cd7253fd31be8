// SPDX-License-Identifier: Apache-2.0
// What a key of a node holds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dsn {

/// An immutable value: null, boolean, integer, real, text, bytes, array or map, nested at most
/// eight deep. It is kept as its deterministic CBOR encoding (RFC 8949, section 4.2.1), so two
/// values are equal exactly when their bytes are. Copyable, thread-compatible.
class Value {
 public:
  /// null
  Value();

  static Value boolean(bool value);
  static Value integer(std::int64_t value);
  /// Infinities and NaN are allowed; every NaN is the same value.
  static Value real(double value);
  /// Text must be UTF-8; anything else becomes bytes.
  static Value text(std::string_view value);
  static Value bytes(std::span<const std::uint8_t> value);
  /// Takes an encoding as it is. Nothing if it is not exactly one deterministic item of DSN's data
  /// model (no tags, depth <= 8).
  static std::optional<Value> from_cbor(std::span<const std::uint8_t> encoded);

  [[nodiscard]] bool is_null() const;
  [[nodiscard]] std::optional<bool> as_boolean() const;
  /// An integer that fits in 64 bits with sign.
  [[nodiscard]] std::optional<std::int64_t> as_integer() const;
  /// A real or an integer, as a real.
  [[nodiscard]] std::optional<double> as_number() const;
  [[nodiscard]] std::optional<std::string_view> as_text() const;

  [[nodiscard]] std::span<const std::uint8_t> cbor() const { return encoded_; }
  bool operator==(const Value&) const = default;

 private:
  explicit Value(std::vector<std::uint8_t> encoded) : encoded_(std::move(encoded)) {}
  std::vector<std::uint8_t> encoded_;
};

}  // namespace dsn
