// SPDX-License-Identifier: Apache-2.0
// Resolves host names without blocking the loop: getaddrinfo may take seconds.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/endpoint.hpp"
#include "dsn/result.hpp"

namespace asio {
class io_context;
}

namespace dsn::net {

/// Resolves on a thread of its own and answers on the io_context, never from within resolve().
/// Requests for the same name share one lookup. At most 64 requests wait; further ones are answered
/// with an Error. One name is looked up at a time, so a name server that does not answer delays the
/// other names by its timeout. The thread starts with the first name. getaddrinfo cannot be
/// interrupted: a thread that is in it outlives this object, and then touches its own memory only.
class Resolver {
 public:
  using Done = std::function<void(Result<std::vector<Endpoint>>)>;
  /// While a request is open, `io` does not run out of work. `io` must outlive the resolver.
  explicit Resolver(asio::io_context& io);
  /// Drops the requests that are not answered yet.
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// `host` is an IPv4 or IPv6 address (with %zone), which needs no lookup, or a name. The answer
  /// has up to 64 addresses, without duplicates, in the system's order of preference. `done` may
  /// destroy the resolver.
  void resolve(const std::string& host, std::uint16_t port, Done done);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dsn::net
