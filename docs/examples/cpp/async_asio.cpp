// SPDX-License-Identifier: Apache-2.0
// An agent's client on an io_context that the program has anyway, here for a timer and signals:
// each second it sets the key "uptime" of this node, and it answers messages named "uptime".
//
//   g++ -std=c++20 -DASIO_STANDALONE async_asio.cpp $(pkg-config --cflags --libs dsn) -o async_asio
#include <unistd.h>

#include <asio.hpp>
#include <cstdio>
#include <dsn/async_client.hpp>
#include <string>

/// Calls process() when something comes, or when the time is over.
class AgentOnLoop {
 public:
  AgentOnLoop(asio::io_context& io, dsn::AsyncClient& agent)
      : agent_(agent), socket_(io, dup(agent.descriptor())), time_(io) {
    wait();
  }

  /// To be called when something was asked.
  void wait() {
    using Descriptor = asio::posix::stream_descriptor;
    socket_.cancel();
    const auto turn = [this](const std::error_code& error) {
      if (error) return;
      agent_.process();
      if (agent_.connected()) wait();
    };
    socket_.async_wait(Descriptor::wait_read, turn);
    if (agent_.wants_to_write()) socket_.async_wait(Descriptor::wait_write, turn);
    time_.cancel();
    if (const auto left = agent_.time_left()) {
      time_.expires_after(*left);
      time_.async_wait(turn);
    }
  }

 private:
  dsn::AsyncClient& agent_;
  asio::posix::stream_descriptor socket_;
  asio::steady_timer time_;
};

class Uptime {
 public:
  Uptime(asio::io_context& io, dsn::AsyncClient& agent) : agent_(agent), loop_(io, agent), io_(io) {
    agent_.listen({"uptime"}, {});
    tick({});
  }

  void answer(const dsn::Message& message) {
    if (!message.ask.empty()) agent_.reply(message.ask, dsn::Value::integer(seconds_), {});
  }

 private:
  void tick(const std::error_code& error) {
    if (error) return;
    agent_.set({{.key = "uptime", .value = dsn::Value::integer(seconds_++), .unit = "s"}},
               [](const dsn::Result<dsn::SetReport>& done) {
                 if (!done) std::fprintf(stderr, "%s\n", done.error().c_str());
               });
    loop_.wait();
    second_.expires_after(std::chrono::seconds(1));
    second_.async_wait([this](const std::error_code& cancelled) { tick(cancelled); });
  }

  dsn::AsyncClient& agent_;
  AgentOnLoop loop_;
  asio::io_context& io_;
  asio::steady_timer second_{io_};
  std::int64_t seconds_ = 0;
};

int main() {
  asio::io_context io;
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](const std::error_code&, int) { io.stop(); });
  Uptime* uptime = nullptr;
  int status = 0;
  const auto answer = [&](const dsn::Message& message) { uptime->answer(message); };
  const auto end = [&](const dsn::Error& error) {
    std::fprintf(stderr, "%s\n", error.message.c_str());
    status = 1;
    io.stop();
  };
  auto agent =
      dsn::AsyncClient::connect(dsn::default_socket_path(), {.message = answer, .ended = end});
  if (!agent) return std::fprintf(stderr, "%s\n", agent.error().c_str()), 1;
  Uptime program(io, *agent);
  uptime = &program;
  io.run();
  return status;
}
