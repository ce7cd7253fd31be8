// SPDX-License-Identifier: Apache-2.0
// What the shell knows of a datagram that came in, besides its bytes.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/endpoint.hpp"

namespace dsn::core {

struct Arrival {
  Endpoint from;
  bool multicast = false;           ///< sent to the group, not to us
  std::string_view interface_name;  ///< may be empty
};

}  // namespace dsn::core
