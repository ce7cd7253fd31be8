// SPDX-License-Identifier: Apache-2.0
#include "net/resolver.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <map>
#include <optional>
#include <utility>

#include "loop/alive.hpp"
#include "net/resolver_thread.hpp"
#include "net/socket_address.hpp"

namespace dsn::net {
namespace {

constexpr std::size_t kRequestsMax = 64;
/// RFC 1035, section 2.3.4: no name is longer.
constexpr std::size_t kHostBytesMax = 255;

}  // namespace

class Resolver::Impl {
 public:
  explicit Impl(asio::io_context& io);

  void resolve(const std::string& host, std::uint16_t port, Done done);

 private:
  struct Request {
    std::uint16_t port = 0;
    Done done;
  };

  void answer_later(Done done, Addresses addresses);
  void handle_found_on_thread(const std::weak_ptr<const void>& watch, const std::string& host,
                              Addresses addresses);
  void handle_found(const std::string& host, const Addresses& addresses);

  asio::io_context& io_;
  std::map<std::string, std::vector<Request>> requests_;
  std::size_t request_count_ = 0;
  /// Set while there are requests: the io_context sees nothing of the thread's work.
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_;
  loop::Alive alive_;
  ResolverThread thread_;  ///< last: its destructor ends all calls from the thread
};

Resolver::Impl::Impl(asio::io_context& io)
    : io_(io),
      // The watch is made here, on the loop's thread; the other thread only passes it on.
      thread_([this, watch = alive_.watch()](const std::string& host, Addresses addresses) {
        handle_found_on_thread(watch, host, std::move(addresses));
      }) {}

void Resolver::Impl::resolve(const std::string& host, std::uint16_t port, Done done) {
  if (const std::optional<Endpoint> address = parse_address(host, port)) {
    answer_later(std::move(done), std::vector{*address});
    return;
  }
  if (host.empty() || host.size() > kHostBytesMax || host.find('\0') != std::string::npos) {
    answer_later(std::move(done), Error{"'" + host + "' is neither a host name nor an address"});
    return;
  }
  if (request_count_ == kRequestsMax) {
    answer_later(std::move(done),
                 Error{"cannot resolve '" + host + "': too many names are waiting"});
    return;
  }
  std::vector<Request>& waiting = requests_[host];
  if (waiting.empty() && !thread_.look_up_later(host)) {
    requests_.erase(host);
    answer_later(std::move(done),
                 Error{"cannot resolve '" + host + "': the system has no thread to give"});
    return;
  }
  waiting.push_back({port, std::move(done)});
  ++request_count_;
  if (!work_) work_.emplace(io_.get_executor());
}

void Resolver::Impl::answer_later(Done done, Addresses addresses) {
  asio::post(io_, [watch = alive_.watch(), done = std::move(done),
                   addresses = std::move(addresses)]() mutable {
    if (!watch.expired()) done(std::move(addresses));
  });
}

// The other thread runs no other code of this class than this post.
void Resolver::Impl::handle_found_on_thread(const std::weak_ptr<const void>& watch,
                                            const std::string& host, Addresses addresses) {
  asio::post(io_, [this, watch, host, addresses = std::move(addresses)] {
    if (!watch.expired()) handle_found(host, addresses);
  });
}

void Resolver::Impl::handle_found(const std::string& host, const Addresses& addresses) {
  const auto found = requests_.find(host);
  if (found == requests_.end()) return;
  const std::vector<Request> answered = std::move(found->second);
  requests_.erase(found);
  request_count_ -= answered.size();
  if (requests_.empty()) work_.reset();
  const std::weak_ptr<const void> watch = alive_.watch();
  for (const Request& request : answered) {
    Addresses answer = addresses;
    if (answer.ok()) {
      for (Endpoint& endpoint : answer.value()) endpoint.port = request.port;
    }
    request.done(std::move(answer));
    if (watch.expired()) return;  // the answer destroyed this
  }
}

Resolver::Resolver(asio::io_context& io) : impl_(std::make_unique<Impl>(io)) {}
Resolver::~Resolver() = default;

void Resolver::resolve(const std::string& host, std::uint16_t port, Done done) {
  impl_->resolve(host, port, std::move(done));
}

}  // namespace dsn::net
