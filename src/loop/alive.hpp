// SPDX-License-Identifier: Apache-2.0
// Keeps handlers that are already queued from touching an object that is gone.
#pragma once

#include <memory>

namespace dsn::loop {

/// A handler that Asio has queued runs even after its timer or descriptor was cancelled, and then
/// its object may no longer exist. An object owns one Alive, hands out guarded handlers only,
/// and voids all of them at once when it closes. Copying a handler allocates nothing.
///
/// This is the one idiom for the lifetime of handlers. The exception is an object that must outlive
/// its owner: the run of a program by the exec sensor is owned by its handlers until it is reaped.
class Alive {
 public:
  Alive() : token_(std::make_shared<char>()) {}
  Alive(const Alive&) = delete;
  Alive& operator=(const Alive&) = delete;

  /// A callable that calls (owner->*member)(args...) unless renew() or the destructor came first.
  template <typename Owner, typename... Args>
  [[nodiscard]] auto guard(Owner* owner, void (Owner::*member)(Args...)) const {
    return [watch = watch(), owner, member](Args... args) {
      if (!watch.expired()) (owner->*member)(args...);
    };
  }

  /// For a handler of its own form: it expires when the guarded handlers are voided.
  [[nodiscard]] std::weak_ptr<const void> watch() const { return token_; }

  /// Voids all handlers and watches that were handed out so far.
  void renew() { token_ = std::make_shared<char>(); }

 private:
  std::shared_ptr<const void> token_;
};

}  // namespace dsn::loop
