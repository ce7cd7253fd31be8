// SPDX-License-Identifier: Apache-2.0
#include "local/server/list_answer.hpp"

namespace dsn::local {

bool ListAnswer::write_slice(std::string& out) {
  const std::size_t end = out.size() + kSliceBytes;
  for (int i = 0; i < kElementsPerSlice && out.size() < end; ++i) {
    const std::size_t before = out.size();
    if (!is_first_) out += ',';
    const std::size_t start = out.size();
    if (!next_(out)) {
      out.resize(before);
      out += "]}\n";
      return false;
    }
    if (out.size() == start) {
      out.resize(before);
    } else {
      is_first_ = false;
    }
  }
  return true;
}

}  // namespace dsn::local
