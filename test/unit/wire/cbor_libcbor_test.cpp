// SPDX-License-Identifier: Apache-2.0
// Differential test against libcbor, which shares no code with ours. Goal: on any bytes, both see
// the same item or ours refuses; and ours refuses nothing that is deterministic.
#include <cbor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "cbor_tree.hpp"

namespace dsn::test {

using namespace wire;

namespace {

constexpr std::uint64_t kSeed = 0xd5f1;

struct ItemDeleter {
  void operator()(cbor_item_t* item) const { cbor_decref(&item); }
};
using Item = std::unique_ptr<cbor_item_t, ItemDeleter>;

Item load(ByteView input, std::size_t& read) {
  cbor_load_result result{};
  Item item(cbor_load(input.data(), input.size(), &result));
  read = result.read;
  return item;
}

std::string payload(const unsigned char* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

// Nothing for what is not in DSN's data model.
std::optional<CborTree> tree_of(const cbor_item_t* item) {
  switch (cbor_typeof(item)) {
    case CBOR_TYPE_UINT:
      return CborTree{CborType::unsigned_integer, cbor_get_int(item)};
    case CBOR_TYPE_NEGINT:
      return CborTree{CborType::negative_integer, cbor_get_int(item)};
    case CBOR_TYPE_BYTESTRING:
      if (!cbor_bytestring_is_definite(item)) return std::nullopt;
      return CborTree{CborType::bytes, 0, 0,
                      payload(cbor_bytestring_handle(item), cbor_bytestring_length(item))};
    case CBOR_TYPE_STRING:
      if (!cbor_string_is_definite(item)) return std::nullopt;
      return CborTree{CborType::text, 0, 0,
                      payload(cbor_string_handle(item), cbor_string_length(item))};
    case CBOR_TYPE_ARRAY: {
      CborTree tree{CborType::array};
      for (std::size_t i = 0; i < cbor_array_size(item); ++i) {
        std::optional<CborTree> child = tree_of(cbor_array_handle(item)[i]);
        if (!child) return std::nullopt;
        tree.children.push_back(std::move(*child));
      }
      return tree;
    }
    case CBOR_TYPE_MAP: {
      CborTree tree{CborType::map};
      for (std::size_t i = 0; i < cbor_map_size(item); ++i) {
        for (const cbor_item_t* part :
             {cbor_map_handle(item)[i].key, cbor_map_handle(item)[i].value}) {
          std::optional<CborTree> child = tree_of(part);
          if (!child) return std::nullopt;
          tree.children.push_back(std::move(*child));
        }
      }
      return tree;
    }
    case CBOR_TYPE_TAG:
      return std::nullopt;
    case CBOR_TYPE_FLOAT_CTRL:
      if (!cbor_float_ctrl_is_ctrl(item)) return CborTree::real(cbor_float_get_float(item));
      if (cbor_is_bool(item)) return CborTree{CborType::boolean, cbor_get_bool(item) ? 1U : 0U};
      if (cbor_is_null(item)) return CborTree{CborType::null};
      return std::nullopt;
  }
  return std::nullopt;
}

bool keys_ascend(const CborTree& tree) {
  Bytes previous;
  for (std::size_t i = 0; i < tree.children.size(); ++i) {
    if (!keys_ascend(tree.children[i])) return false;
    if (tree.type != CborType::map || i % 2 != 0) continue;
    Bytes key = encode_tree(tree.children[i]);
    if (previous >= key) return false;
    previous = std::move(key);
  }
  return true;
}

std::size_t depth_of(const CborTree& tree) {
  std::size_t depth = 0;
  for (const CborTree& child : tree.children) depth = std::max(depth, depth_of(child));
  return depth + (tree.type == CborType::array || tree.type == CborType::map ? 1 : 0);
}

// libcbor allocates what a head declares, so it is not shown lengths of four or eight bytes.
bool declares_much(ByteView input) {
  return std::ranges::any_of(input, [](std::uint8_t byte) {
    return byte >> 5 >= 2 && byte >> 5 <= 5 && (byte & 0x1e) == 0x1a;
  });
}

void mutate(Bytes& bytes, Random& random) {
  for (std::uint64_t left = 1 + random.below(2); left > 0 && !bytes.empty(); --left) {
    const auto at = bytes.begin() + static_cast<std::ptrdiff_t>(random.below(bytes.size()));
    const auto byte = static_cast<std::uint8_t>(random.next());
    switch (random.below(5)) {
      case 0:
        *at = byte;
        break;
      case 1:
        *at = static_cast<std::uint8_t>(*at ^ 1U << random.below(8));
        break;
      case 2:
        bytes.insert(at, byte);
        break;
      case 3:
        bytes.erase(at);
        break;
      default:
        bytes.erase(at, bytes.end());
        break;
    }
  }
}

TEST(CborAgainstLibcbor, AgreesOnWhatWeWrite) {
  Random random(kSeed);
  for (int i = 0; i < 10000; ++i) {
    const CborTree tree = random_tree(random, kValueDepthMax);
    const Bytes encoded = encode_tree(tree);
    ASSERT_TRUE(is_deterministic_item(encoded, kValueDepthMax)) << to_hex(encoded);
    CborReader reader(encoded);
    ASSERT_EQ(read_tree(reader), tree) << to_hex(encoded);
    std::size_t read = 0;
    const Item item = load(encoded, read);
    ASSERT_TRUE(item) << to_hex(encoded);
    ASSERT_EQ(read, encoded.size());
    ASSERT_EQ(tree_of(item.get()), tree) << to_hex(encoded);
  }
}

TEST(CborAgainstLibcbor, AgreesOnDamagedInput) {
  Random random(kSeed);
  Bytes original;
  int accepted = 0;
  for (int i = 0; i < 100000; ++i) {
    if (i % 16 == 0) original = encode_tree(random_tree(random, 4));
    Bytes input = original;
    mutate(input, random);
    CborReader reader(input);
    const ByteView ours = reader.item(kValueDepthMax);
    if (!reader.ok() && declares_much(input)) continue;
    std::size_t read = 0;
    const Item item = load(input, read);
    const std::optional<CborTree> theirs = item ? tree_of(item.get()) : std::nullopt;
    if (reader.ok()) {
      ++accepted;
      CborReader typed(ours);
      ASSERT_TRUE(theirs) << "accepted only by us: " << to_hex(input);
      ASSERT_EQ(read_tree(typed), theirs) << to_hex(input);
      ASSERT_EQ(read, ours.size()) << to_hex(input);
      ASSERT_EQ(to_hex(encode_tree(*theirs)), to_hex(ours));
      ASSERT_TRUE(keys_ascend(*theirs)) << to_hex(input);
    } else if (theirs && depth_of(*theirs) <= kValueDepthMax && keys_ascend(*theirs)) {
      const Bytes deterministic = encode_tree(*theirs);
      ASSERT_FALSE(read == deterministic.size() &&
                   std::equal(deterministic.begin(), deterministic.end(), input.begin()))
          << "refused without a reason: " << to_hex(input);
    }
  }
  // Both ways must have been walked often, or the test says little.
  EXPECT_GT(accepted, 10000);
  EXPECT_LT(accepted, 90000);
}

}  // namespace
}  // namespace dsn::test
