// SPDX-License-Identifier: Apache-2.0
// Reads deterministic CBOR (RFC 8949, section 4.2.1) from a span, and refuses all other CBOR.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"

namespace dsn::wire {

/// The types of items in values and messages. DSN has no tags, no `undefined`, no other simple
/// values and no indefinite lengths.
enum class CborType : std::uint8_t {
  unsigned_integer,
  negative_integer,
  bytes,
  text,
  array,
  map,
  boolean,
  null,
  real,
  none,  ///< the end of the input, a failed reader, or an item that DSN does not know
};

/// Levels of arrays and maps in a value.
inline constexpr std::size_t kValueDepthMax = 8;

/// Levels that item() can follow, at most 40 bytes of stack each: a value in the arrays of a
/// message.
inline constexpr std::size_t kCborDepthCapacity = kValueDepthMax + 8;

/// A forward reader with a sticky error: after the first wrong byte every call returns zero or an
/// empty view, so that a decoder reads straight through and asks ok() once at the end.
///
/// Refused are a length or number that is not in its shortest form, a float that a shorter one
/// could hold, a NaN other than 0x7e00, map keys that are unsorted or doubled (by item(); whoever
/// reads a map with map() compares its keys), text that is not UTF-8, and a length beyond the end
/// of the input. Nothing is allocated. The input must outlive the views that are returned.
/// protocol.md [cbor]
class CborReader {
 public:
  explicit CborReader(ByteView input) : input_(input) {}

  /// The type of the next item, without reading it.
  [[nodiscard]] CborType peek() const;

  std::uint64_t uint();
  /// A number of at most `max`; more is an error.
  std::uint64_t uint_at_most(std::uint64_t max);
  std::int64_t integer();  ///< either sign; outside of int64 is an error
  bool boolean();
  double real();
  void null();
  ByteView bytes();
  /// Exactly `size` bytes.
  ByteView bytes_of(std::size_t size);
  std::string_view text();
  /// Reads the head of an array or map: how many elements or pairs follow. The number is never more
  /// than the bytes that are left, so it may bound a loop, but must not size an allocation.
  std::size_t array();
  std::size_t map();

  /// Reads and checks one complete item of any type, with at most `depth_max` levels of arrays and
  /// maps (0: a scalar only; more than kCborDepthCapacity fails). Returns its encoding. It does not
  /// recurse.
  ByteView item(std::size_t depth_max);

  /// Fails the reader because the caller found an error.
  void fail() { failed_ = true; }

  [[nodiscard]] bool ok() const { return !failed_; }
  [[nodiscard]] bool at_end() const { return !failed_ && offset_ == input_.size(); }
  [[nodiscard]] std::size_t offset() const { return offset_; }
  /// The input that has not been read yet.
  [[nodiscard]] ByteView rest() const { return input_.subspan(offset_); }

 private:
  struct ItemHead {
    std::uint8_t major = 0;
    std::uint8_t info = 0;
    std::uint64_t argument = 0;
  };
  bool read_head(ItemHead& head);
  std::uint64_t read_argument_of(std::uint8_t major);
  ByteView take(std::uint64_t count);
  void skip_scalar();

  ByteView input_;
  std::size_t offset_ = 0;
  bool failed_ = false;
};

/// The order of text keys in a map, which is the order of their encodings (RFC 8949,
/// section 4.2.1): shorter texts first, texts of one length by their bytes.
struct CborTextLess {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  }
};

/// Whether `encoded` is exactly one deterministic item of at most `depth_max` levels.
[[nodiscard]] bool is_deterministic_item(ByteView encoded, std::size_t depth_max);

}  // namespace dsn::wire
