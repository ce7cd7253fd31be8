// SPDX-License-Identifier: Apache-2.0
// A CBOR item as a tree, to compare what different codecs make of the same bytes. For tests: it
// allocates and recurses.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "wire/cbor_reader.hpp"
#include "wire/cbor_writer.hpp"

namespace dsn::test {

using namespace wire;

struct CborTree {
  CborType type = CborType::null;
  /// An unsigned integer, the n of a negative one (-1 - n), or a boolean.
  std::uint64_t number = 0;
  /// The bits of a real, so that equality tells zeros apart and knows one NaN.
  std::uint64_t real_bits = 0;
  /// Of bytes and of text.
  std::string payload;
  /// Elements; of a map, keys and values in turn.
  std::vector<CborTree> children;

  bool operator==(const CborTree&) const = default;

  static CborTree real(double value);
};

/// Reads one item by the typed calls of the reader; nothing if they fail.
[[nodiscard]] std::optional<CborTree> read_tree(CborReader& reader);

/// Writes by the typed calls of the writer.
void write_tree(const CborTree& tree, CborWriter& writer);
[[nodiscard]] Bytes encode_tree(const CborTree& tree);

/// A value of up to `depth` levels, map keys of any type in order. Numbers and lengths cluster
/// around the places where encodings change their size.
[[nodiscard]] CborTree random_tree(Random& random, std::size_t depth);

}  // namespace dsn::test
