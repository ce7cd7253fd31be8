// SPDX-License-Identifier: Apache-2.0
#include "wire/cbor_writer.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/big_endian.hpp"
#include "base/check.hpp"
#include "wire/float_form.hpp"

namespace dsn::wire {

CborWriter::ItemHead CborWriter::shortest_head(std::uint8_t major, std::uint64_t argument) {
  const unsigned initial = major * 32U;
  if (argument < 24) return sized_head(initial + static_cast<unsigned>(argument), 0, 0);
  if (argument <= 0xff) return sized_head(initial + 24, argument, 1);
  if (argument <= 0xffff) return sized_head(initial + 25, argument, 2);
  if (argument <= 0xffffffff) return sized_head(initial + 26, argument, 4);
  return sized_head(initial + 27, argument, 8);
}

CborWriter::ItemHead CborWriter::sized_head(unsigned initial, std::uint64_t argument,
                                            std::size_t argument_bytes) {
  ItemHead head;
  head.bytes[0] = static_cast<std::uint8_t>(initial);
  head.size = 1 + argument_bytes;
  put_big_endian(MutableBytes(head.bytes).subspan(1, argument_bytes), argument);
  return head;
}

void CborWriter::append(ByteView first, ByteView second) {
  if (overflowed_ || space() < first.size() || space() - first.size() < second.size()) {
    overflowed_ = true;
    return;
  }
  const auto end = std::ranges::copy(first, output_.begin() + static_cast<std::ptrdiff_t>(size_));
  std::ranges::copy(second, end.out);
  size_ += first.size() + second.size();
}

void CborWriter::uint(std::uint64_t value) { append(shortest_head(0, value).view()); }

void CborWriter::integer(std::int64_t value) {
  // -1 - n without overflow: the complement.
  const auto unsigned_value = static_cast<std::uint64_t>(value);
  append((value < 0 ? shortest_head(1, ~unsigned_value) : shortest_head(0, unsigned_value)).view());
}

void CborWriter::boolean(bool value) { append(shortest_head(7, value ? 21 : 20).view()); }

void CborWriter::null() { append(shortest_head(7, 22).view()); }

void CborWriter::real(double value) {
  if (std::isnan(value)) {
    append(sized_head(0xf9, kHalfNan, 2).view());
    return;
  }
  const std::optional<float> single = exact_single(value);
  if (!single) {
    append(sized_head(0xfb, std::bit_cast<std::uint64_t>(value), 8).view());
  } else if (const std::optional<std::uint16_t> half = exact_half(*single)) {
    append(sized_head(0xf9, *half, 2).view());
  } else {
    append(sized_head(0xfa, std::bit_cast<std::uint32_t>(*single), 4).view());
  }
}

void CborWriter::bytes(ByteView value) { append(shortest_head(2, value.size()).view(), value); }

void CborWriter::text(std::string_view value) {
  append(shortest_head(3, value.size()).view(), as_bytes(value));
}

void CborWriter::array(std::size_t count) { append(shortest_head(4, count).view()); }

void CborWriter::map(std::size_t count) { append(shortest_head(5, count).view()); }

void CborWriter::raw(ByteView encoded) { append(encoded); }

void CborWriter::rewind(std::size_t size) {
  DSN_CHECK(size <= size_);
  size_ = size;
  overflowed_ = false;
}

}  // namespace dsn::wire
