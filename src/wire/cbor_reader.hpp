// SPDX-License-Identifier: Apache-2.0
// Reads deterministic CBOR (RFC 8949, section 4.2.1) from a span, and nothing else.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"

namespace dsn::wire {

/// The data model of DSN: what a value or message may be made of. No tags, no undefined, no other
/// simple values, no indefinite lengths.
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
  none,  ///< at the end of the input, after an error, or an item that DSN does not know
};

/// How deep a value may nest.
inline constexpr std::size_t kValueDepthMax = 8;

/// The deepest that item() can follow: a value inside of the arrays of a message, with room to
/// spare. Each level takes 40 bytes of stack at most.
inline constexpr std::size_t kCborDepthCapacity = kValueDepthMax + 8;

/// A forward reader with a sticky error: after the first wrong byte every call returns zero or an
/// empty view, so that a decoder reads straight through and asks ok() once at the end.
///
/// Refused, each by one test in test/unit/wire: a length or number not in its shortest form, a
/// float that a shorter one could hold, a NaN other than 0x7e00, map keys unsorted or doubled
/// (checked by item(); typed map reading leaves the check to the caller's key order), text that is
/// not UTF-8, and lengths beyond the end of the input. Nothing is allocated, whatever is declared.
/// The input must outlive the views that are returned.
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
  /// The head of an array or map: how many elements or pairs follow. Never more than the bytes
  /// that are left, so a caller may loop on it but must not allocate from it.
  std::size_t array();
  std::size_t map();

  /// One complete item of any type, verified down to `depth_max` levels of arrays and maps (0: a
  /// scalar only), returned as its encoding. Iterative: no recursion on input. A depth_max above
  /// kCborDepthCapacity is an error.
  ByteView item(std::size_t depth_max);

  /// Marks the input as wrong for a reason that only the caller knows.
  void fail() { failed_ = true; }

  [[nodiscard]] bool ok() const { return !failed_; }
  [[nodiscard]] bool at_end() const { return !failed_ && offset_ == input_.size(); }
  [[nodiscard]] std::size_t offset() const { return offset_; }
  /// What has not been read yet.
  [[nodiscard]] ByteView rest() const { return input_.subspan(offset_); }

 private:
  struct Head {
    std::uint8_t major = 0;
    std::uint8_t info = 0;
    std::uint64_t argument = 0;
  };
  bool read_head(Head& head);
  std::uint64_t read_argument_of(std::uint8_t major);
  ByteView take(std::uint64_t count);
  void skip_scalar();

  ByteView input_;
  std::size_t offset_ = 0;
  bool failed_ = false;
};

/// The order of map keys: that of their encodings, byte by byte (RFC 8949, section 4.2.1). For
/// texts of less than 2^32 bytes it is the shorter first, then by their bytes.
struct CborTextLess {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  }
};

/// Whether `encoded` is exactly one deterministic item of at most `depth_max` levels.
[[nodiscard]] bool is_deterministic_item(ByteView encoded, std::size_t depth_max);

}  // namespace dsn::wire
