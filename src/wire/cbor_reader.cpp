// SPDX-License-Identifier: Apache-2.0
#include "wire/cbor_reader.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "base/big_endian.hpp"
#include "base/utf8.hpp"
#include "wire/float_form.hpp"

namespace dsn::wire {
namespace {

// Major types and simple values of RFC 8949, sections 3.1 and 3.3.
constexpr std::uint8_t kUnsigned = 0;
constexpr std::uint8_t kNegative = 1;
constexpr std::uint8_t kBytes = 2;
constexpr std::uint8_t kText = 3;
constexpr std::uint8_t kArray = 4;
constexpr std::uint8_t kMap = 5;
constexpr std::uint8_t kTag = 6;
constexpr std::uint8_t kSimple = 7;
constexpr std::uint8_t kFalse = 20;
constexpr std::uint8_t kTrue = 21;
constexpr std::uint8_t kNull = 22;
constexpr std::uint8_t kHalf = 25;
constexpr std::uint8_t kSingle = 26;
constexpr std::uint8_t kDouble = 27;

bool is_known_simple_or_float(std::uint8_t info) {
  return (info >= kFalse && info <= kNull) || (info >= kHalf && info <= kDouble);
}

// The smallest argument that needs as many bytes as `info` announces.
std::uint64_t smallest_argument(std::uint8_t info) {
  if (info == 24) return 24;
  if (info == 25) return 0x100;
  if (info == 26) return 0x10000;
  if (info == 27) return 0x100000000;
  return 0;
}

// Whether no shorter float has this value. Of the NaNs only the half 0x7e00 is allowed.
bool is_shortest_float(std::uint8_t info, std::uint64_t bits) {
  if (info == kHalf) {
    const bool nan = (bits & 0x7c00) == 0x7c00 && (bits & 0x3ff) != 0;
    return !nan || bits == kHalfNan;
  }
  if (info == kSingle) {
    const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    return !std::isnan(value) && !exact_half(value);
  }
  const auto value = std::bit_cast<double>(bits);
  return !std::isnan(value) && !exact_single(value);
}

bool is_shortest(std::uint8_t major, std::uint8_t info, std::uint64_t argument) {
  if (major != kSimple) return argument >= smallest_argument(info);
  return info < kHalf || is_shortest_float(info, argument);
}

double float_value(std::uint8_t info, std::uint64_t bits) {
  if (info == kHalf) return half_value(static_cast<std::uint16_t>(bits));
  if (info == kSingle) {
    return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  }
  return std::bit_cast<double>(bits);
}

// An array or map that item() is inside of.
struct Level {
  std::uint64_t remaining = 0;  // items; a map has two for each pair
  std::size_t child_start = 0;  // where the item being read began
  bool map = false;
  bool at_key = false;
  ByteView previous_key;

  // Counts the item that ends here. False if it is a key that does not follow the one before it;
  // the first key follows the empty view, which is less than any encoding.
  bool finish_child(ByteView input, std::size_t end) {
    --remaining;
    if (!map) return true;
    const bool was_key = at_key;
    at_key = !at_key;
    if (!was_key) return true;
    const ByteView key = input.subspan(child_start, end - child_start);
    const bool ascending = std::ranges::lexicographical_compare(previous_key, key);
    previous_key = key;
    return ascending;
  }
};

}  // namespace

CborType CborReader::peek() const {
  if (failed_ || offset_ == input_.size()) return CborType::none;
  const std::uint8_t major = input_[offset_] >> 5;
  const std::uint8_t info = input_[offset_] & 0x1f;
  if (info > 27) return CborType::none;
  switch (major) {
    case kUnsigned:
      return CborType::unsigned_integer;
    case kNegative:
      return CborType::negative_integer;
    case kBytes:
      return CborType::bytes;
    case kText:
      return CborType::text;
    case kArray:
      return CborType::array;
    case kMap:
      return CborType::map;
    case kSimple:
      if (info == kFalse || info == kTrue) return CborType::boolean;
      if (info == kNull) return CborType::null;
      return info >= kHalf ? CborType::real : CborType::none;
    default:  // a tag
      return CborType::none;
  }
}

// All rules about heads are checked here: after a success the argument is in its shortest form, and
// a simple value or float is one that DSN knows.
bool CborReader::read_head(ItemHead& head) {
  if (failed_ || offset_ == input_.size()) {
    failed_ = true;
    return false;
  }
  head.major = input_[offset_] >> 5;
  head.info = input_[offset_] & 0x1f;
  const bool known = head.major == kSimple ? is_known_simple_or_float(head.info)
                                           : head.major != kTag && head.info <= 27;
  const std::size_t argument_bytes = head.info < 24 ? 0 : std::size_t{1} << (head.info & 3);
  if (!known || input_.size() - offset_ - 1 < argument_bytes) {
    failed_ = true;
    return false;
  }
  head.argument = argument_bytes == 0
                      ? head.info
                      : get_big_endian<std::uint64_t>(input_.subspan(offset_ + 1, argument_bytes));
  if (!is_shortest(head.major, head.info, head.argument)) {
    failed_ = true;
    return false;
  }
  offset_ += 1 + argument_bytes;
  return true;
}

std::uint64_t CborReader::read_argument_of(std::uint8_t major) {
  ItemHead head;
  if (!read_head(head)) return 0;
  if (head.major != major) {
    failed_ = true;
    return 0;
  }
  return head.argument;
}

ByteView CborReader::take(std::uint64_t count) {
  if (failed_ || count > input_.size() - offset_) {
    failed_ = true;
    return {};
  }
  const ByteView taken = input_.subspan(offset_, static_cast<std::size_t>(count));
  offset_ += taken.size();
  return taken;
}

std::uint64_t CborReader::uint() { return read_argument_of(kUnsigned); }

std::uint64_t CborReader::uint_at_most(std::uint64_t max) {
  const std::uint64_t value = uint();
  if (value <= max) return value;
  failed_ = true;
  return 0;
}

std::int64_t CborReader::integer() {
  ItemHead head;
  if (!read_head(head)) return 0;
  if (head.major > kNegative || head.argument > std::numeric_limits<std::int64_t>::max()) {
    failed_ = true;
    return 0;
  }
  const auto magnitude = static_cast<std::int64_t>(head.argument);
  return head.major == kUnsigned ? magnitude : -1 - magnitude;
}

bool CborReader::boolean() {
  if (peek() != CborType::boolean) {
    failed_ = true;
    return false;
  }
  return (input_[offset_++] & 0x1f) == kTrue;
}

void CborReader::null() {
  if (peek() == CborType::null) {
    ++offset_;
  } else {
    failed_ = true;
  }
}

double CborReader::real() {
  ItemHead head;
  if (!read_head(head)) return 0;
  if (head.major != kSimple || head.info < kHalf) {
    failed_ = true;
    return 0;
  }
  return float_value(head.info, head.argument);
}

ByteView CborReader::bytes() { return take(read_argument_of(kBytes)); }

ByteView CborReader::bytes_of(std::size_t size) {
  const ByteView value = bytes();
  if (value.size() == size) return value;
  failed_ = true;
  return {};
}

std::string_view CborReader::text() {
  const ByteView value = take(read_argument_of(kText));
  if (is_utf8(value)) return as_text(value);
  failed_ = true;
  return {};
}

std::size_t CborReader::array() {
  const std::uint64_t count = read_argument_of(kArray);
  if (count <= rest().size()) return static_cast<std::size_t>(count);
  failed_ = true;
  return 0;
}

std::size_t CborReader::map() {
  const std::uint64_t count = read_argument_of(kMap);
  // Each pair takes two bytes at least.
  if (count <= rest().size() / 2) return static_cast<std::size_t>(count);
  failed_ = true;
  return 0;
}

void CborReader::skip_scalar() {
  const CborType type = peek();
  if (type == CborType::text) {
    text();
  } else if (type == CborType::bytes) {
    bytes();
  } else {
    ItemHead head;
    read_head(head);
  }
}

ByteView CborReader::item(std::size_t depth_max) {
  std::array<Level, kCborDepthCapacity> levels;
  std::size_t depth = 0;
  const std::size_t start = offset_;
  if (depth_max > levels.size()) failed_ = true;
  do {
    if (depth > 0) levels[depth - 1].child_start = offset_;
    const CborType type = peek();
    if (type == CborType::array || type == CborType::map) {
      if (depth == depth_max) failed_ = true;
      Level level;
      level.map = level.at_key = type == CborType::map;
      level.remaining = level.map ? std::uint64_t{2} * map() : array();
      if (failed_) return {};
      levels[depth++] = level;
    } else {
      skip_scalar();
      if (depth > 0 && !levels[depth - 1].finish_child(input_, offset_)) failed_ = true;
    }
    // The last item of an array or map ends it, and that may end the one around it in turn.
    while (!failed_ && depth > 0 && levels[depth - 1].remaining == 0) {
      --depth;
      if (depth > 0 && !levels[depth - 1].finish_child(input_, offset_)) failed_ = true;
    }
  } while (!failed_ && depth > 0);
  return failed_ ? ByteView{} : input_.subspan(start, offset_ - start);
}

bool is_deterministic_item(ByteView encoded, std::size_t depth_max) {
  CborReader reader(encoded);
  reader.item(depth_max);
  return reader.at_end();
}

}  // namespace dsn::wire
