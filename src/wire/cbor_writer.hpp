// SPDX-License-Identifier: Apache-2.0
// Writes deterministic CBOR (RFC 8949, section 4.2.1) into a span of fixed size.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"

namespace dsn::wire {

/// A forward writer with a sticky overflow: after the first item that does not fit nothing is
/// written any more, and ok() is false. Numbers, lengths and floats are written in their shortest
/// form. The caller takes care of the order of map keys, of the announced number of elements and of
/// UTF-8.
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
  /// Takes back everything after the first `size` bytes, and an overflow: so a list can be filled
  /// until an element does not fit. `size` is an earlier result of size().
  void rewind(std::size_t size);

 private:
  struct ItemHead {
    std::array<std::uint8_t, 9> bytes{};
    std::size_t size = 0;
    [[nodiscard]] ByteView view() const { return ByteView(bytes).first(size); }
  };
  static ItemHead shortest_head(std::uint8_t major, std::uint64_t argument);
  static ItemHead sized_head(unsigned initial, std::uint64_t argument, std::size_t argument_bytes);
  /// Appends both parts, or neither if they do not fit.
  void append(ByteView first, ByteView second = {});

  MutableBytes output_;
  std::size_t size_ = 0;
  bool overflowed_ = false;
};

}  // namespace dsn::wire
