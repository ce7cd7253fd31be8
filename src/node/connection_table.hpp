// SPDX-License-Identifier: Apache-2.0
// How full the kernel's table of connections is, without room in which it sends nothing new.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace dsn::node {

struct ConnectionTable {
  std::uint64_t count = 0;
  std::uint64_t max = 0;

  [[nodiscard]] bool is_full() const { return max != 0 && count >= max - max / 50; }
};

/// Nothing if the kernel tracks no connections, or does not tell. `root` is "/" but for tests.
[[nodiscard]] std::optional<ConnectionTable> connection_table(const std::string& root = "/");

}  // namespace dsn::node
