// SPDX-License-Identifier: Apache-2.0
#include "local/client/client_connection.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
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

void ClientConnection::give_up(Error reason) { failure_ = std::move(reason); }

void ClientConnection::send(std::string_view line) {
  if (failure_) return;
  output_.append(line);
  output_ += '\n';
  flush();
}

void ClientConnection::transfer() {
  flush();
  receive();
}

void ClientConnection::flush() {
  std::size_t sent = 0;
  while (!failure_ && sent < output_.size()) {
    const ssize_t count =
        ::send(socket_.get(), output_.data() + sent, output_.size() - sent, MSG_NOSIGNAL);
    if (count > 0) {
      sent += static_cast<std::size_t>(count);
      moved_ = std::chrono::steady_clock::now();
    } else if (errno == EAGAIN) {
      break;
    } else if (errno != EINTR) {
      const Error failure = ended(cause(errno));
      receive_rest();
      give_up(failure);
    }
  }
  output_.erase(0, sent);
}

/// What the agent sent before it ended the connection: an agent that refuses it says why.
void ClientConnection::receive_rest() {
  std::array<char, 4096> chunk;
  for (ssize_t count = 0; (count = ::recv(socket_.get(), chunk.data(), chunk.size(), 0)) > 0;) {
    input_.append(chunk.data(), static_cast<std::size_t>(count));
  }
}

void ClientConnection::receive() {
  if (failure_) return;
  std::array<char, 64 * 1024> chunk;
  const ssize_t count = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
  if (count > 0) {
    moved_ = std::chrono::steady_clock::now();
    input_.append(chunk.data(), static_cast<std::size_t>(count));
    if (input_.size() > kAnswerBytesMax) {
      give_up({"the agent's answer never ends", ErrorCode::not_understood});
    }
  } else if (count == 0) {
    give_up(ended());
  } else if (errno != EINTR && errno != EAGAIN) {
    give_up(ended(cause(errno)));
  }
}

std::optional<std::string> ClientConnection::next_line() {
  const std::size_t end = input_.find('\n', scanned_);
  if (end == std::string::npos) {
    scanned_ = input_.size();
    return std::nullopt;
  }
  // The line may be very long, so it is not copied.
  std::string line = std::exchange(input_, input_.substr(end + 1));
  line.resize(end);
  scanned_ = 0;
  return line;
}

}  // namespace dsn::local
