// SPDX-License-Identifier: Apache-2.0
// Goal: on any bytes our reader and the streaming decoder of libcbor, which share no code, see the
// same item, or ours refuses; and ours refuses nothing that is deterministic.
#include <cbor.h>

#include <algorithm>

#include "base/check.hpp"
#include "base/utf8.hpp"
#include "fuzz/input.hpp"
#include "unit/wire/cbor_tree.hpp"

namespace dsn::fuzz {

using namespace test;
using namespace wire;

namespace {

// One token of the stream; `none` is what DSN's data model does not have.
struct Token {
  CborTree item{CborType::none};
  std::size_t children = 0;
};

Token& token_of(void* context) { return *static_cast<Token*>(context); }

void set_number(void* context, CborType type, std::uint64_t number) {
  token_of(context).item = {type, number};
}

void set_payload(void* context, CborType type, cbor_data bytes, std::uint64_t size) {
  token_of(context).item = {type, 0, 0, {reinterpret_cast<const char*>(bytes), size}};
}

void set_children(void* context, CborType type, std::uint64_t count) {
  token_of(context) = {{type}, count};
}

template <typename Number>
void take_unsigned(void* context, Number number) {
  set_number(context, CborType::unsigned_integer, number);
}

template <typename Number>
void take_negative(void* context, Number number) {
  set_number(context, CborType::negative_integer, number);
}

template <typename Number>
void take_real(void* context, Number number) {
  token_of(context).item = CborTree::real(static_cast<double>(number));
}

cbor_callbacks callbacks() {
  cbor_callbacks calls = cbor_empty_callbacks;
  calls.uint8 = take_unsigned<std::uint8_t>;
  calls.uint16 = take_unsigned<std::uint16_t>;
  calls.uint32 = take_unsigned<std::uint32_t>;
  calls.uint64 = take_unsigned<std::uint64_t>;
  calls.negint8 = take_negative<std::uint8_t>;
  calls.negint16 = take_negative<std::uint16_t>;
  calls.negint32 = take_negative<std::uint32_t>;
  calls.negint64 = take_negative<std::uint64_t>;
  calls.float2 = take_real<float>;
  calls.float4 = take_real<float>;
  calls.float8 = take_real<double>;
  calls.byte_string = [](void* context, cbor_data bytes, auto size) {
    set_payload(context, CborType::bytes, bytes, size);
  };
  calls.string = [](void* context, cbor_data bytes, auto size) {
    set_payload(context, CborType::text, bytes, size);
  };
  calls.array_start = [](void* context, auto count) {
    set_children(context, CborType::array, count);
  };
  calls.map_start = [](void* context, auto count) { set_children(context, CborType::map, count); };
  calls.boolean = [](void* context, bool value) {
    set_number(context, CborType::boolean, value ? 1 : 0);
  };
  calls.null = [](void* context) { token_of(context).item = {CborType::null}; };
  return calls;
}

// Recursion ends at `depth_max`.
std::optional<CborTree> read_theirs(ByteView& input, std::size_t depth_max) {
  static const cbor_callbacks calls = callbacks();
  Token token;
  const cbor_decoder_result result = cbor_stream_decode(input.data(), input.size(), &calls, &token);
  if (result.status != CBOR_DECODER_FINISHED || token.item.type == CborType::none) {
    return std::nullopt;
  }
  input = input.subspan(result.read);
  const bool is_map = token.item.type == CborType::map;
  if (token.item.type != CborType::array && !is_map) return token.item;
  if (depth_max == 0 || token.children > input.size()) return std::nullopt;
  for (std::size_t left = is_map ? 2 * token.children : token.children; left > 0; --left) {
    std::optional<CborTree> child = read_theirs(input, depth_max - 1);
    if (!child) return std::nullopt;
    token.item.children.push_back(std::move(*child));
  }
  return token.item;
}

// What the bytes alone do not show once they are equal to our encoding of the tree.
bool is_in_order(const CborTree& tree) {
  if (tree.type == CborType::text && !is_utf8(as_bytes(tree.payload))) return false;
  Bytes previous;
  for (std::size_t i = 0; i < tree.children.size(); ++i) {
    if (!is_in_order(tree.children[i])) return false;
    if (tree.type != CborType::map || i % 2 != 0) continue;
    Bytes key = encode_tree(tree.children[i]);
    if (i > 0 && previous >= key) return false;
    previous = std::move(key);
  }
  return true;
}

}  // namespace
}  // namespace dsn::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dsn;
  using namespace dsn::fuzz;
  const ByteView input(data, size);
  CborReader reader(input);
  const ByteView ours = reader.item(kValueDepthMax);
  ByteView rest = input;
  const std::optional<CborTree> theirs = read_theirs(rest, kValueDepthMax);
  const ByteView read = input.first(size - rest.size());
  DSN_CHECK(is_deterministic_item(input, kValueDepthMax) == (reader.ok() && reader.at_end()));
  if (reader.ok()) {
    DSN_CHECK(theirs.has_value() && read.size() == ours.size());
    CborReader typed(ours);
    const std::optional<CborTree> tree = read_tree(typed);
    DSN_CHECK(tree.has_value() && *tree == *theirs && typed.at_end());
    DSN_CHECK(is_in_order(*tree));
    DSN_CHECK(std::ranges::equal(encode_tree(*tree), ours));
  } else if (theirs) {
    DSN_CHECK(!is_in_order(*theirs) || !std::ranges::equal(encode_tree(*theirs), read));
  }
  return 0;
}
