// SPDX-License-Identifier: Apache-2.0
#include "local/client/client_connection.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

namespace dsn::local {
namespace {

/// The longest line taken from an agent: all readings of 1024 nodes with 256 keys each.
constexpr std::size_t kAnswerBytesMax = 256 * 1024 * 1024;

std::string cause(int number) { return std::strerror(number); }

/// Why connect() failed: the socket file forbids it, or no agent listens on it.
ErrorCode code_of(int number) {
  return number == EACCES || number == EPERM ? ErrorCode::permission_denied
                                             : ErrorCode::unreachable;
}

Error ended(const std::string& why = {}) {
  return {"the agent ended the connection" + (why.empty() ? "" : ": " + why),
          ErrorCode::disconnected};
}

}  // namespace

Result<ClientConnection> ClientConnection::connect(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path)) {
    return Error{"the socket path '" + path + "' is empty or too long",
                 ErrorCode::invalid_argument};
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.is_open()) return Error{"cannot make a socket: " + cause(errno)};
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address),
                static_cast<socklen_t>(sizeof(address))) != 0) {
    const int number = errno;
    return Error{"no agent answers on " + path + ": " + cause(number), code_of(number)};
  }
  return ClientConnection(std::move(socket));
}

Error ClientConnection::give_up(Error reason) {
  failure_ = reason;
  return reason;
}

Result<ClientConnection::Readiness> ClientConnection::await(short events, Milliseconds patience) {
  pollfd waiting{socket_.get(), events, 0};
  const auto limit = Milliseconds(std::numeric_limits<int>::max());
  const int count =
      ::poll(&waiting, 1, static_cast<int>(std::clamp(patience, Milliseconds(0), limit).count()));
  if (count > 0) return Readiness::ready;
  if (count == 0) return Readiness::timeout;
  if (errno == EINTR) return Readiness::interrupted;
  return give_up({"cannot wait for the agent: " + cause(errno)});
}

Result<void> ClientConnection::send(std::string_view line, Milliseconds patience) {
  if (failure_) return *failure_;
  std::string text(line);
  text += '\n';
  std::size_t sent = 0;
  while (sent < text.size()) {
    const ssize_t count =
        ::send(socket_.get(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (count > 0) {
      sent += static_cast<std::size_t>(count);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) {
      const Error failure = ended(cause(errno));
      receive_rest();
      return give_up(failure);
    }
    const Result<Readiness> readiness = await(POLLOUT, patience);
    if (!readiness) return readiness.failure();
    if (*readiness == Readiness::timeout) {
      return give_up({"the agent takes no request", ErrorCode::timed_out});
    }
  }
  return {};
}

/// What the agent sent before it ended the connection.
void ClientConnection::receive_rest() {
  std::array<char, 4096> chunk;
  for (ssize_t count = 0; (count = ::recv(socket_.get(), chunk.data(), chunk.size(), 0)) > 0;) {
    input_.append(chunk.data(), static_cast<std::size_t>(count));
  }
}

Result<std::optional<std::string>> ClientConnection::receive(Milliseconds patience) {
  while (true) {
    if (const std::size_t end = input_.find('\n', scanned_); end != std::string::npos) {
      // The line may be very long, so it is not copied.
      std::string line = std::exchange(input_, input_.substr(end + 1));
      line.resize(end);
      scanned_ = 0;
      return std::optional(std::move(line));
    }
    scanned_ = input_.size();
    if (failure_) return *failure_;
    if (input_.size() > kAnswerBytesMax) {
      return give_up({"the agent's answer never ends", ErrorCode::not_understood});
    }

    const Result<Readiness> readiness = await(POLLIN, patience);
    if (!readiness) return readiness.failure();
    if (*readiness != Readiness::ready) return std::optional<std::string>();
    std::array<char, 64 * 1024> chunk;
    const ssize_t count = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
    if (count > 0) {
      heard_ = std::chrono::steady_clock::now();
      input_.append(chunk.data(), static_cast<std::size_t>(count));
    } else if (count == 0) {
      return give_up(ended());
    } else if (errno != EINTR && errno != EAGAIN) {
      return give_up(ended(cause(errno)));
    }
  }
}

}  // namespace dsn::local
