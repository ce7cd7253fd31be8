// SPDX-License-Identifier: Apache-2.0
#include "net/readable_socket.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace dsn::net {

ReadableSocket::ReadableSocket(asio::io_context& io, NetCounters& counters, Open open, Read read,
                               std::chrono::milliseconds backoff_min)
    : counters_(counters),
      open_(std::move(open)),
      read_(std::move(read)),
      descriptor_(io),
      reopen_timer_(io),
      backoff_min_(backoff_min),
      backoff_(backoff_min) {}

void ReadableSocket::start(Descriptor socket) {
  close();
  backoff_ = backoff_min_;
  if (socket.is_open()) {
    adopt(std::move(socket));
  } else {
    reopen_later();
  }
}

void ReadableSocket::close() {
  alive_.renew();
  std::error_code ignored;
  descriptor_.close(ignored);
  reopen_timer_.cancel();
}

int ReadableSocket::fd() { return descriptor_.is_open() ? descriptor_.native_handle() : -1; }

void ReadableSocket::adopt(Descriptor socket) {
  std::error_code error;
  descriptor_.assign(socket.get(), error);
  if (error) {  // epoll takes no more descriptors
    counters_.add_error(Call::wait, error.value());
    reopen_later();
    return;
  }
  static_cast<void>(socket.release());
  wait();
}

void ReadableSocket::wait() {
  descriptor_.async_wait(loop::StreamDescriptor::wait_read,
                         alive_.guard(this, &ReadableSocket::handle_readable));
}

void ReadableSocket::handle_readable(const std::error_code& error) {
  if (error) counters_.add_error(Call::wait, error.value());
  const std::weak_ptr<const void> watch = alive_.watch();
  if (!error && read_(descriptor_.native_handle()) == ReadOutcome::alive) {
    if (watch.expired()) return;  // a handler of the data closed this
    backoff_ = backoff_min_;
    wait();
    return;
  }
  if (watch.expired()) return;
  std::error_code ignored;
  descriptor_.close(ignored);
  reopen_later();
}

void ReadableSocket::reopen_later() {
  reopen_timer_.expires_after(backoff_);
  reopen_timer_.async_wait(alive_.guard(this, &ReadableSocket::handle_reopen_due));
  backoff_ = std::min(backoff_ * 2, kBackoffMax);
}

void ReadableSocket::handle_reopen_due(const std::error_code& error) {
  if (error) return;
  const int socket = open_();
  if (socket < 0) {
    counters_.add_error(Call::open, -socket);
    reopen_later();
    return;
  }
  ++counters_.sockets_reopened;
  adopt(Descriptor(socket));
}

bool is_fatal_for_socket(int error) {
  switch (error) {
    case EBADF:
    case ENOTSOCK:
    case ENODEV:
    case ENXIO:
    case EFAULT:
    case EINVAL:
    case ENOTCONN:
    case EPIPE:
      return true;
    default:
      return false;
  }
}

bool still_usable(int socket) {
  int pending = 0;  // reading the pending error clears it; epoll would report it again and again
  socklen_t size = sizeof pending;
  static_cast<void>(getsockopt(socket, SOL_SOCKET, SO_ERROR, &pending, &size));
  pollfd state{socket, POLLIN, 0};
  if (poll(&state, 1, 0) < 0) return errno == EINTR;
  return (state.revents & (POLLHUP | POLLNVAL)) == 0;
}

}  // namespace dsn::net
