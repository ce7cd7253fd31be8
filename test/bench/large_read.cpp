// SPDX-License-Identifier: Apache-2.0
// What it costs an agent that clients read everything: the memory of the process that serves, and
// the longest time in which its event loop did nothing else. The readings are made up; the clients
// are processes of their own, which take the bytes and look at nothing.
//
//     large_read [NODES [CLIENTS [KEYS]]]     KEYS of each node
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <asio/post.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "local/server/server.hpp"
#include "loop/handles.hpp"
#include "support/temp_dir.hpp"
#include "unit/local/server/fake_backend.hpp"

namespace {

using namespace std::chrono_literals;
using Clock = dsn::loop::Clock;

class ManyReadings : public dsn::local::FakeBackend {
 public:
  ManyReadings(std::size_t nodes, std::size_t keys) : nodes_(nodes), keys_(keys) {}
  std::vector<dsn::NodeId> find_nodes(const std::optional<std::string>& /*node*/) override {
    std::vector<dsn::NodeId> ids;
    for (std::size_t i = 0; i < nodes_; ++i) ids.push_back(id_of(std::to_string(i)));
    return ids;
  }
  std::vector<std::string> keys(const dsn::NodeId& /*id*/) override {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < keys_; ++i) all.push_back("sensor/value_" + std::to_string(i));
    return all;
  }
  std::optional<dsn::Reading> reading(const dsn::NodeId& /*id*/, const std::string& key) override {
    return dsn::local::sample_reading(key, dsn::Value::real(21.4), "Cel");
  }

 private:
  std::size_t nodes_;
  std::size_t keys_;
};

/// Memory of this process, in kB: VmRSS now, VmHWM at most.
long memory(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return std::atol(line.c_str() + field.size() + 1);
  }
  return 0;
}

/// Reads one answer to its end. Returns how many MB it had; nothing came for a minute: -1.
int read_everything(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) return -1;
  const std::string line = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"read\"}\n";
  if (::send(socket, line.data(), line.size(), 0) < 0) return -1;
  std::vector<char> chunk(256 * 1024);
  std::size_t bytes = 0;
  while (true) {
    pollfd waiting{socket, POLLIN, 0};
    if (::poll(&waiting, 1, 60'000) != 1) return -1;
    const ssize_t count = ::recv(socket, chunk.data(), chunk.size(), 0);
    if (count <= 0) return -1;
    bytes += static_cast<std::size_t>(count);
    if (chunk[static_cast<std::size_t>(count) - 1] == '\n') break;
  }
  return static_cast<int>(bytes / 1'000'000);
}

/// Looks every millisecond whether the loop still runs other things.
class Stalls {
 public:
  explicit Stalls(asio::io_context& io) : timer_(io) { arm(); }
  [[nodiscard]] double longest_ms() const { return longest_ms_; }

 private:
  void arm() {
    due_ = Clock::now() + 1ms;
    timer_.expires_at(due_);
    timer_.async_wait([this](const std::error_code&) {
      const double late = std::chrono::duration<double, std::milli>(Clock::now() - due_).count();
      longest_ms_ = std::max(longest_ms_, late);
      arm();
    });
  }
  dsn::loop::Timer timer_;
  Clock::time_point due_;
  double longest_ms_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const auto argument = [&](int at, std::size_t otherwise) {
    return argc > at ? static_cast<std::size_t>(std::atoi(argv[at])) : otherwise;
  };
  const std::size_t nodes = argument(1, 1023);
  const std::size_t clients = argument(2, 1);
  const std::size_t keys = argument(3, 256);
  const dsn::test::TempDir folder;
  ManyReadings backend(nodes, keys);
  asio::io_context io;
  dsn::local::Server server(io, backend);
  if (!server.listen(folder / "agent.sock")) return 1;
  const long before = memory("VmRSS:");
  std::vector<pid_t> readers;
  for (std::size_t i = 0; i < clients; ++i) {
    readers.push_back(::fork());
    if (readers.back() == 0) ::_exit(read_everything(folder / "agent.sock") < 0 ? 1 : 0);
  }
  const auto started = Clock::now();
  Stalls stalls(io);
  std::size_t failed = 0;
  for (std::size_t ended = 0; ended < clients;) {
    io.run_for(10ms);
    int status = 0;
    while (ended<clients&& ::waitpid(-1, &status, WNOHANG)> 0) {
      ++ended;
      failed += status != 0 ? 1 : 0;
    }
  }
  const double took = std::chrono::duration<double>(Clock::now() - started).count();
  std::printf(
      "%zu readings, %zu clients (%zu failed): %.1f s, longest stall %.1f ms, "
      "peak +%ld kB, kept +%ld kB\n",
      nodes * keys, clients, failed, took, stalls.longest_ms(), memory("VmHWM:") - before,
      memory("VmRSS:") - before);
  return failed == 0 ? 0 : 1;
}
