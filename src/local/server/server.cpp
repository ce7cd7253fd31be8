// SPDX-License-Identifier: Apache-2.0
#include "local/server/server.hpp"

#include <unistd.h>

#include <algorithm>
#include <asio/buffer.hpp>
#include <cerrno>
#include <chrono>
#include <tuple>
#include <utility>

#include "local/server/connection_limits.hpp"

namespace dsn::local {
namespace {

/// The pause after accept() ran out of descriptors or memory: the connection stays in the backlog,
/// and to accept again at once would only spin.
constexpr std::chrono::milliseconds kAcceptRetry{100};

/// Of a process of which the kernel does not tell the user; no user has it.
constexpr auto kUnknownUser = static_cast<uid_t>(-1);

// By its number: Asio's category maps none to std::errc, which never compares equal.
bool is_shortage(const std::error_code& error) {
  const int number = error.value();
  return number == EMFILE || number == ENFILE || number == ENOMEM || number == ENOBUFS;
}

}  // namespace

Server::Server(asio::io_context& io, Backend& backend, ServerSettings settings)
    : io_(io),
      settings_(std::move(settings)),
      api_(backend),
      turns_(io),
      acceptor_(io),
      retry_timer_(io) {}

Server::~Server() { close(); }

Result<void> Server::listen(const std::string& path) {
  close();
  const Result<int> socket = open_listen_socket(path);
  if (!socket) return socket.failure();
  std::error_code error;
  acceptor_.assign(asio::local::stream_protocol(), *socket, error);
  if (!error) acceptor_.non_blocking(true, error);
  if (error) {
    if (!acceptor_.is_open()) ::close(*socket);
    ::unlink(path.c_str());
    return Error{"cannot listen on " + path + ": " + error.message()};
  }
  path_ = path;
  file_ = identity_of(path);
  access_ = access_of(path);
  await_connection();
  return {};
}

void Server::close() {
  for (const auto& connection : connections_) connection->close();
  std::error_code ignored;
  retry_timer_.cancel();
  if (!acceptor_.is_open()) return;
  acceptor_.close(ignored);
  // After an upgrade the new agent may already have put its own socket there.
  if (identity_of(path_) == file_) ::unlink(path_.c_str());
}

void Server::await_connection() {
  acceptor_.async_wait(loop::LocalAcceptor::wait_read,
                       alive_.guard(this, &Server::handle_connection));
}

void Server::handle_connection(const std::error_code& error) {
  if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
  std::error_code accept_error;
  ServerConnection::Socket socket(io_);
  acceptor_.accept(socket, accept_error);
  if (is_shortage(accept_error)) {
    retry_timer_.expires_after(kAcceptRetry);
    retry_timer_.async_wait(alive_.guard(this, &Server::handle_retry));
    return;
  }
  if (!accept_error) admit(std::move(socket));
  await_connection();
}

void Server::handle_retry(const std::error_code& error) {
  if (!error && acceptor_.is_open()) await_connection();
}

void Server::admit(ServerConnection::Socket socket) {
  forget_closed();
  const auto peer = settings_.credentials(socket.native_handle());
  const ServerClient client{counters_.connections + counters_.refused + 1,
                            peer ? peer->user : kUnknownUser,
                            peer && local::may_write(*peer, access_), peer ? peer->process : 0};
  std::vector<uid_t> present;
  for (const auto& connection : connections_) present.push_back(connection->user());
  if (const auto refusal = connection_refusal(present, client.user, access_.agent_user)) {
    ++counters_.refused;
    return refuse(socket, *refusal);
  }
  ++counters_.connections;
  connections_.push_back(std::make_unique<ServerConnection>(
      std::move(socket), ServerParts{api_, turns_, counters_, [this] { return modules(); }},
      client));
  connections_.back()->start(settings_.patience);
}

void Server::refuse(ServerConnection::Socket& socket, const std::string& why) {
  std::error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(error_line(RpcCode::too_many, why)), ignored);
}

void Server::publish(const NodeEvent& event) {
  std::string line;
  for (const auto& connection : connections_) {
    if (!connection->wants(event)) continue;
    if (line.empty()) line = event_line(event);
    connection->publish(line);
  }
}

std::size_t Server::deliver(const Message& message) {
  const std::string line = message_line(message);
  return static_cast<std::size_t>(std::ranges::count_if(
      connections_, [&](const auto& one) { return one->deliver(message.name, line); }));
}

std::vector<ModuleInfo> Server::modules() const {
  std::vector<ModuleInfo> all;
  for (const auto& connection : connections_) {
    if (auto module = connection->module()) all.push_back(*std::move(module));
  }
  std::ranges::sort(all, {}, [](const ModuleInfo& of) { return std::tie(of.name, of.pid); });
  return all;
}

std::size_t Server::connections() const {
  return static_cast<std::size_t>(
      std::count_if(connections_.begin(), connections_.end(),
                    [](const auto& connection) { return !connection->closed(); }));
}

bool Server::has_subscribers() const {
  return std::any_of(connections_.begin(), connections_.end(),
                     [](const auto& connection) { return connection->subscribed(); });
}

/// Called between handlers of connections only, never from within one.
void Server::forget_closed() {
  std::erase_if(connections_, [](const auto& connection) { return connection->closed(); });
}

}  // namespace dsn::local
