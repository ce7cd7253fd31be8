// SPDX-License-Identifier: Apache-2.0
#include "cbor_tree.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

#include "base/big_endian.hpp"

namespace dsn::test {

using namespace wire;

namespace {

constexpr std::size_t kTreeBytesMax = 65536;

std::optional<CborTree> read_negative(CborReader& reader) {
  // The reader returns an int64; what lies below it only travels as an item.
  const ByteView encoded = reader.item(0);
  if (encoded.empty()) return std::nullopt;
  CborTree tree{CborType::negative_integer};
  CborReader typed(encoded);
  const std::int64_t value = typed.integer();
  if (typed.ok()) {
    tree.number = ~static_cast<std::uint64_t>(value);
  } else {
    tree.number = get_big_endian<std::uint64_t>(encoded.subspan(1));
  }
  return tree;
}

std::optional<CborTree> read_children(CborReader& reader, CborType type) {
  CborTree tree{type};
  const std::size_t count = type == CborType::map ? 2 * reader.map() : reader.array();
  for (std::size_t i = 0; i < count; ++i) {
    std::optional<CborTree> child = read_tree(reader);
    if (!child) return std::nullopt;
    tree.children.push_back(std::move(*child));
  }
  if (!reader.ok()) return std::nullopt;
  return tree;
}

std::string random_text(Random& random, std::size_t characters) {
  static constexpr const char* kCharacters[] = {
      "a", "Z", "0", "\xc3\xbc", "\xe6\xb0\xb4", "\xf0\x90\x85\x91"};
  std::string text;
  for (std::size_t i = 0; i < characters; ++i) {
    text += kCharacters[random.below(std::size(kCharacters))];
  }
  return text;
}

std::uint64_t random_number(Random& random) {
  static constexpr std::uint64_t kEdges[] = {
      0, 23, 24, 255, 256, 0xffff, 0x10000, 0xffffffff, 0x100000000, 1ULL << 63, ~0ULL};
  if (random.one_in(3)) return kEdges[random.below(std::size(kEdges))] + random.below(3) - 1;
  return random.next() >> random.below(64);
}

double random_real(Random& random) {
  switch (random.below(4)) {
    case 0:
      return static_cast<double>(random_number(random)) / 16;
    case 1:
      return std::bit_cast<double>(random.next());
    case 2: {
      const auto bits = static_cast<std::uint32_t>(random.next());
      return static_cast<double>(std::bit_cast<float>(bits));
    }
    default: {
      // Near the limits of halves: few fraction bits, exponents from -30 to 20.
      const double fraction = static_cast<double>(random.below(4096)) - 2048;
      return std::ldexp(fraction, static_cast<int>(random.below(50)) - 40);
    }
  }
}

CborTree random_scalar(Random& random) {
  switch (random.below(7)) {
    case 0:
      return {CborType::unsigned_integer, random_number(random)};
    case 1:
      return {CborType::negative_integer, random_number(random)};
    case 2: {
      CborTree tree{CborType::bytes};
      const std::size_t size = random.one_in(20) ? 250 + random.below(12) : random.below(28);
      for (std::size_t i = 0; i < size; ++i) tree.payload += static_cast<char>(random.next());
      return tree;
    }
    case 3: {
      CborTree tree{CborType::text};
      tree.payload = random_text(random, random.below(26));
      return tree;
    }
    case 4:
      return {CborType::boolean, random.below(2)};
    case 5:
      return {CborType::null};
    default:
      return CborTree::real(random_real(random));
  }
}

void sort_pairs(std::vector<CborTree>& children) {
  std::map<std::string, std::size_t> order;  // by encoding; of equal keys the first stays
  for (std::size_t i = 0; i < children.size(); i += 2) {
    order.emplace(as_text(encode_tree(children[i])), i);
  }
  std::vector<CborTree> sorted;
  for (const auto& [key, i] : order) {
    sorted.push_back(children[i]);
    sorted.push_back(children[i + 1]);
  }
  children = std::move(sorted);
}

}  // namespace

CborTree CborTree::real(double value) {
  if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
  CborTree tree{CborType::real};
  tree.real_bits = std::bit_cast<std::uint64_t>(value);
  return tree;
}

std::optional<CborTree> read_tree(CborReader& reader) {
  CborTree tree{reader.peek()};
  switch (tree.type) {
    case CborType::unsigned_integer:
      tree.number = reader.uint();
      break;
    case CborType::negative_integer:
      return read_negative(reader);
    case CborType::bytes:
      tree.payload = as_text(reader.bytes());
      break;
    case CborType::text:
      tree.payload = reader.text();
      break;
    case CborType::array:
    case CborType::map:
      return read_children(reader, tree.type);
    case CborType::boolean:
      tree.number = reader.boolean() ? 1 : 0;
      break;
    case CborType::null:
      reader.null();
      break;
    case CborType::real:
      tree = CborTree::real(reader.real());
      break;
    case CborType::none:
      reader.fail();
      break;
  }
  if (!reader.ok()) return std::nullopt;
  return tree;
}

void write_tree(const CborTree& tree, CborWriter& writer) {
  switch (tree.type) {
    case CborType::unsigned_integer:
      writer.uint(tree.number);
      break;
    case CborType::negative_integer:
      if (tree.number >> 63 == 0) {
        writer.integer(static_cast<std::int64_t>(~tree.number));
      } else {
        std::array<std::uint8_t, 9> encoded{0x3b};
        for (std::size_t i = 1; i < 9; ++i) {
          encoded[i] = static_cast<std::uint8_t>(tree.number >> (64 - 8 * i));
        }
        writer.raw(encoded);
      }
      break;
    case CborType::bytes:
      writer.bytes(as_bytes(tree.payload));
      break;
    case CborType::text:
      writer.text(tree.payload);
      break;
    case CborType::array:
      writer.array(tree.children.size());
      break;
    case CborType::map:
      writer.map(tree.children.size() / 2);
      break;
    case CborType::boolean:
      writer.boolean(tree.number != 0);
      break;
    case CborType::null:
    case CborType::none:
      writer.null();
      break;
    case CborType::real:
      writer.real(std::bit_cast<double>(tree.real_bits));
      break;
  }
  for (const CborTree& child : tree.children) write_tree(child, writer);
}

Bytes encode_tree(const CborTree& tree) {
  Bytes encoded(kTreeBytesMax);
  CborWriter writer(encoded);
  write_tree(tree, writer);
  encoded.resize(writer.ok() ? writer.size() : 0);
  return encoded;
}

CborTree random_tree(Random& random, std::size_t depth) {
  if (depth == 0 || random.one_in(3)) return random_scalar(random);
  CborTree tree{random.one_in(2) ? CborType::array : CborType::map};
  const std::size_t count = random.below(4) * (tree.type == CborType::map ? 2 : 1);
  for (std::size_t i = 0; i < count; ++i) tree.children.push_back(random_tree(random, depth - 1));
  if (tree.type == CborType::map) sort_pairs(tree.children);
  return tree;
}

}  // namespace dsn::test
