// SPDX-License-Identifier: Apache-2.0
// A kernel that refuses to send, for a while. As in src/net: EINTR is tried again at once, any
// other datagram that is refused is lost, and the core is not told.
#pragma once

#include <cerrno>
#include <cstddef>

#include "base/endpoint.hpp"
#include "base/time.hpp"

namespace dsn::test {

struct SendErrors {
  int error = 0;
  Endpoint to;  ///< of those errors that one destination has
  Instant until{};

  [[nodiscard]] bool refuses(const Endpoint& receiver, std::size_t bytes, Instant now) {
    if (now >= until || error == EINTR) return false;
    switch (error) {
      case EPERM:  // a rule of a firewall
      case EACCES:
      case EHOSTUNREACH:
      case ECONNREFUSED:
        return receiver == to;
      case EMSGSIZE:  // a path that takes less
        return bytes > 548;
      case ENOBUFS:  // a queue that is full and drains
      case ENOMEM:
      case EAGAIN:
        return ++count_ % 3 != 0;
      default:  // no network at all
        return true;
    }
  }

 private:
  unsigned count_ = 0;
};

}  // namespace dsn::test
