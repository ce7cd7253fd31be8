// SPDX-License-Identifier: Apache-2.0
// The local API on a Unix socket: JSON-RPC 2.0, one message per line (docs/local-api.md).
#pragma once

#include <asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "dsn/result.hpp"
#include "local/server/api.hpp"
#include "local/server/backend.hpp"
#include "local/server/listen_socket.hpp"
#include "local/server/peer_access.hpp"
#include "local/server/server_connection.hpp"
#include "local/server/turn_queue.hpp"
#include "loop/alive.hpp"
#include "loop/handles.hpp"

namespace dsn::local {

/// Tests have others.
struct ServerSettings {
  /// A client that has asked nothing for so long is disconnected.
  std::chrono::milliseconds patience{60'000};
  /// Who is at the other end of a socket; nothing if the kernel does not tell.
  std::function<std::optional<PeerCredentials>(int socket)> credentials = credentials_of;
};

/// Serves a Backend to the processes of this machine. It runs on the thread of its io_context and
/// calls the backend from there only; the backend and the io_context must outlive it. publish() and
/// close() may be called from within the backend's functions.
class Server {
 public:
  Server(asio::io_context& io, Backend& backend, ServerSettings settings = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Fails if another agent listens on `path`; see open_listen_socket().
  Result<void> listen(const std::string& path);

  /// Sends an event to every subscriber that selected it. A subscriber that does not read is
  /// disconnected.
  void publish(const NodeEvent& event);

  /// Hands a message to every client that listens to its name. Returns how many there are.
  std::size_t deliver(const Message& message);

  /// Ends all connections and removes the socket file. listen() may be called again.
  void close();

  [[nodiscard]] const ServerCounters& counters() const { return counters_; }
  [[nodiscard]] std::size_t connections() const;
  /// Without subscribers no event needs to be composed.
  [[nodiscard]] bool has_subscribers() const;

 private:
  void await_connection();
  void handle_connection(const std::error_code& error);
  void handle_retry(const std::error_code& error);
  void admit(ServerConnection::Socket socket);
  static void refuse(ServerConnection::Socket& socket, const std::string& why);
  void forget_closed();
  [[nodiscard]] std::vector<ModuleInfo> modules() const;

  asio::io_context& io_;
  const ServerSettings settings_;
  Api api_;
  TurnQueue turns_;
  loop::LocalAcceptor acceptor_;
  loop::Timer retry_timer_;
  std::string path_;
  FileIdentity file_;
  SocketAccess access_;
  ServerCounters counters_;
  std::vector<std::unique_ptr<ServerConnection>> connections_;
  loop::Alive alive_;
};

}  // namespace dsn::local
