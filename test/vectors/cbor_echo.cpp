// SPDX-License-Identifier: Apache-2.0
// For cbor_interop.py: reads a line of hex, answers the same item as our typed reader and writer
// pass it on, or "refused".
#include <cstdio>
#include <iostream>
#include <string>

#include "base/bytes.hpp"
#include "cbor_tree.hpp"

using namespace dsn::wire;

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    const std::optional<dsn::Bytes> input = dsn::from_hex(line);
    std::optional<dsn::test::CborTree> tree;
    if (input && dsn::wire::is_deterministic_item(*input, dsn::wire::kValueDepthMax)) {
      dsn::wire::CborReader reader(*input);
      tree = dsn::test::read_tree(reader);
    }
    std::puts(tree ? dsn::to_hex(dsn::test::encode_tree(*tree)).c_str() : "refused");
  }
}
