// SPDX-License-Identifier: Apache-2.0
// Host names to addresses, off the loop: getaddrinfo may block for seconds.
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
/// Requests for a name that is being resolved join it; at most 64 wait, more are answered with an
/// Error. One name is looked up at a time, so a name server that does not answer delays the others
/// by its timeout. The thread starts with the first name and outlives a destructor that finds it
/// in getaddrinfo, which cannot be interrupted; it then touches nothing but its own memory.
class Resolver {
 public:
  using Done = std::function<void(Result<std::vector<Endpoint>>)>;
  /// An open request counts as work of `io`. `io` must outlive the resolver.
  explicit Resolver(asio::io_context& io);
  /// Drops the requests that are not answered yet.
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// `host` is an IPv4 or IPv6 address (with %zone) or a name; an address is answered without the
  /// thread. All addresses (up to 64) are returned, without duplicates, in the system's order of
  /// preference. `done` may destroy the resolver.
  void resolve(const std::string& host, std::uint16_t port, Done done);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dsn::net
