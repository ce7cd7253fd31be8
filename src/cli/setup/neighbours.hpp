// SPDX-License-Identifier: Apache-2.0
// Which DSN networks are here, before this machine has a key of one (docs/protocol.md,
// section 8.3).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"

namespace dsn::cli {

/// A node that answered a call. Nothing that it says is proven.
struct Neighbour {
  std::string address;  ///< without the port
  NetworkId network;
  std::uint64_t name_mark = 0;  ///< core::NetworkKeys::name_mark()
  bool is_here = false;         ///< an agent of this machine
};

struct Neighbours {
  std::uint64_t nonce = 0;       ///< of the call
  std::vector<Neighbour> found;  ///< sorted by address
};

/// Calls on all IPv4 links and listens for two seconds. Finds nodes on the default port only.
/// Finding nobody is no error, whatever the reason.
[[nodiscard]] Neighbours call_neighbours();

/// "10.88.0.2, 10.88.0.3", and how many more if there are many.
[[nodiscard]] std::string addresses_text(const std::vector<Neighbour>& neighbours);

}  // namespace dsn::cli
