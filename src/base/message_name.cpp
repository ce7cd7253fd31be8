// SPDX-License-Identifier: Apache-2.0
#include "base/message_name.hpp"

#include "base/printable.hpp"

namespace dsn::inline base {

bool is_message_name(std::string_view name) {
  if (name.empty() || name.size() > kMessageNameBytesMax) return false;
  if (name.front() == ' ' || name.back() == ' ') return false;
  while (!name.empty()) {
    const CodePoint point = first_code_point(name);
    if (!point.valid || is_unsafe(point.value)) return false;
    name.remove_prefix(point.size);
  }
  return true;
}

}  // namespace dsn::inline base
