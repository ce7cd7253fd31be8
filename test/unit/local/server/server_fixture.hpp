// SPDX-License-Identifier: Apache-2.0
// The server over a real Unix socket: the loop runs in a thread of its own, the blocking client and
// raw sockets in the test's. Whatever touches the server is posted to its loop.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <cstring>
#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/descriptor.hpp"
#include "dsn/client.hpp"
#include "local/client/client_connection.hpp"
#include "local/server/server.hpp"
#include "support/temp_dir.hpp"
#include "unit/local/server/fake_backend.hpp"

namespace dsn::local {

using std::chrono::milliseconds;
inline constexpr milliseconds kPatience{5000};

/// A network of many readings that are composed when they are asked for.
class BigBackend : public FakeBackend {
 public:
  static constexpr std::size_t kKeys = 256;  // of each node

  std::vector<NodeId> find_nodes(const std::optional<std::string>& node) override {
    if (big_nodes == 0) return FakeBackend::find_nodes(node);
    std::vector<NodeId> ids(big_nodes);
    for (std::size_t i = 0; i < big_nodes; ++i) ids[i] = id_of(std::to_string(i));
    return ids;
  }
  std::vector<std::string> keys(const NodeId& id) override {
    if (big_nodes == 0) return FakeBackend::keys(id);
    std::vector<std::string> all;
    for (std::size_t i = 0; i < kKeys; ++i) all.push_back("key/" + std::to_string(i));
    return all;
  }
  std::optional<Reading> reading(const NodeId& id, const std::string& key) override {
    if (big_nodes == 0) return FakeBackend::reading(id, key);
    if (++composed == at && act) act();
    return sample_reading(key, Value::text(std::string(100, 'v')), "");
  }
  Result<SetReport> set(const std::vector<SetRequest>& entries, std::uint64_t connection) override {
    if (act) act();
    return FakeBackend::set(entries, connection);
  }
  AgentStatus status() override {
    composed_before_status = composed;
    return FakeBackend::status();
  }

  std::size_t big_nodes = 0;  ///< 0: the readings of FakeBackend
  std::size_t composed = 0;   ///< readings so far
  std::size_t composed_before_status = 0;
  std::size_t at = 0;  ///< act() is called when so many readings were composed, and by set()
  std::function<void()> act;
};

/// Lines to the server and back, with a wait for them.
class RawConnection {
 public:
  explicit RawConnection(ClientConnection lines) : lines_(std::move(lines)) {}

  /// Fails if the server takes nothing for `patience`.
  Result<void> send(std::string_view line, milliseconds patience) {
    lines_.send(line);
    while (lines_.unsent() > 0 && await(POLLOUT, patience)) lines_.flush();
    if (lines_.unsent() > 0) return Error{"the server takes nothing", ErrorCode::timed_out};
    return lines_.failure() ? Result<void>(*lines_.failure()) : Result<void>();
  }
  /// Nothing if nothing came for `patience`.
  Result<std::optional<std::string>> receive(milliseconds patience) {
    while (true) {
      if (auto line = lines_.next_line()) return line;
      if (lines_.failure()) return *lines_.failure();
      if (!await(POLLIN, patience)) return std::optional<std::string>();
      lines_.transfer();
    }
  }

 private:
  bool await(short events, milliseconds patience) {
    pollfd waiting{lines_.descriptor(), events, 0};
    return ::poll(&waiting, 1, static_cast<int>(patience.count())) > 0;
  }

  ClientConnection lines_;
};

class ServerTest : public testing::Test {
 protected:
  explicit ServerTest(milliseconds patience = milliseconds(60'000)) {
    const auto credentials = [this](int socket) {
      auto peer = credentials_of(socket);
      if (peer && user_) peer->user = *user_;
      return peer;
    };
    server_ = std::make_unique<Server>(io_, backend_, ServerSettings{patience, credentials});
    const auto listening = server_->listen(path_);
    EXPECT_TRUE(listening) << listening.error();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~ServerTest() override {
    on_loop([this] { server_.reset(); });
    guard_.reset();
    thread_.join();
  }

  /// Runs something on the loop and waits for it.
  void on_loop(const std::function<void()>& action) {
    std::latch done(1);
    asio::post(io_, [&] {
      action();
      done.count_down();
    });
    done.wait();
  }
  ServerCounters counters() {
    ServerCounters copy;
    on_loop([&] { copy = server_->counters(); });
    return copy;
  }
  std::size_t connections() {
    std::size_t count = 0;
    on_loop([&] { count = server_->connections(); });
    return count;
  }
  void publish(const NodeEvent& event) {
    on_loop([&] { server_->publish(event); });
  }

  Client client() {
    auto opened = Client::connect(path_);
    EXPECT_TRUE(opened) << opened.error();
    return std::move(opened).value();
  }
  RawConnection raw() {
    auto opened = ClientConnection::connect(path_);
    EXPECT_TRUE(opened) << opened.error();
    return RawConnection(std::move(opened).value());
  }
  /// A connection that has said this line, and says no more.
  Descriptor last_words(const std::string& line) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.data(), path_.size());
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM, 0));
    EXPECT_EQ(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::send(socket.get(), line.data(), line.size(), 0), static_cast<ssize_t>(line.size()));
    ::shutdown(socket.get(), SHUT_WR);
    return socket;
  }
  /// Everything that comes until the other side ends the connection.
  static std::string all_of(const Descriptor& socket) {
    std::string text;
    char chunk[4096];
    for (ssize_t n = 1; (n = ::recv(socket.get(), chunk, sizeof(chunk), 0)) > 0;) {
      text.append(chunk, static_cast<std::size_t>(n));
    }
    return text;
  }
  static std::string next_line(RawConnection& connection) {
    const auto line = connection.receive(kPatience);
    EXPECT_TRUE(line) << line.error();
    return line && *line ? **line : std::string();
  }
  static NodeEvent gone(const std::string& node) {
    NodeEvent event;
    event.kind = NodeEvent::Kind::gone;
    event.node = node;
    event.node_id = "00";
    return event;
  }

  test::TempDir folder_;
  std::string path_ = folder_ / "dsn/agent.sock";
  BigBackend backend_;
  std::optional<uid_t> user_;  ///< who connects, if it is not the user of the test
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_ = asio::make_work_guard(io_);
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

}  // namespace dsn::local
