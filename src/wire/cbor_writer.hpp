// SPDX-License-Identifier: Apache-2.0
// Writes deterministic CBOR (RFC 8949, section 4.2.1) into a span of fixed size.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"

namespace dsn::wire {

/// A forward writer with a sticky overflow: what does not fit is not written at all, and ok() says
/// so at the end. Numbers, lengths and floats take their shortest form by themselves; the order of
/// map keys, the number of elements announced and that a text is UTF-8 are the caller's duty.
class CborWriter {
 public:
  explicit CborWriter(MutableBytes output) : output_(output) {}

  void uint(std::uint64_t value);
  void integer(std::int64_t value);
  void boolean(bool value);
  void null();
  /// The shortest of half, single and double that holds the value exactly; every NaN is 0x7e00.
  void real(double value);
  void bytes(ByteView value);
  void text(std::string_view value);
  void array(std::size_t count);
  void map(std::size_t count);
  /// One or more items that are already encoded.
  void raw(ByteView encoded);

  [[nodiscard]] bool ok() const { return !overflowed_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t space() const { return output_.size() - size_; }
  [[nodiscard]] ByteView written() const { return output_.first(size_); }
  /// Forgets everything written after `size`, and an overflow with it: a list can be filled
  /// until an element no longer fits. `size` is one that size() gave before.
  void rewind(std::size_t size);

 private:
  struct Head {
    std::array<std::uint8_t, 9> bytes{};
    std::size_t size = 0;
    [[nodiscard]] ByteView view() const { return ByteView(bytes).first(size); }
  };
  static Head shortest_head(std::uint8_t major, std::uint64_t argument);
  static Head sized_head(unsigned initial, std::uint64_t argument, std::size_t argument_bytes);
  /// Both parts or neither.
  void append(ByteView first, ByteView second = {});

  MutableBytes output_;
  std::size_t size_ = 0;
  bool overflowed_ = false;
};

}  // namespace dsn::wire
