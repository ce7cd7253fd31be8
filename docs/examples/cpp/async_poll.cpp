// SPDX-License-Identifier: Apache-2.0
// A program of one thread that hears of changes, asks its agent and reads its standard input, all
// in one poll(2). A line "KEY NUMBER" sets a key of this node; what changes on any node is shown.
//
//   g++ -std=c++20 async_poll.cpp $(pkg-config --cflags --libs dsn) -o async_poll
#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <dsn/async_client.hpp>
#include <string>

void show(const dsn::NodeEvent& event) {
  if (!event.reading) return;
  const double number = event.reading->value.as_number().value_or(0);
  std::printf("%s %s = %g (%s)\n", event.node.c_str(), event.key.c_str(), number,
              to_string(event.reading->freshness));
  std::fflush(stdout);
}

void set(dsn::AsyncClient& agent, const std::string& line) {
  const std::size_t blank = line.find(' ');
  if (blank == std::string::npos) return;
  const double number = std::strtod(line.c_str() + blank, nullptr);
  agent.set({{.key = line.substr(0, blank), .value = dsn::Value::real(number)}},
            [](const dsn::Result<dsn::SetReport>& done) {
              if (!done) std::fprintf(stderr, "%s\n", done.error().c_str());
            });
}

int main() {
  bool runs = true;
  const auto end = [&](const dsn::Error& error) {
    std::fprintf(stderr, "%s\n", error.message.c_str());
    runs = false;
  };
  auto agent = dsn::AsyncClient::connect(dsn::default_socket_path(), {.event = show, .ended = end});
  if (!agent) return std::fprintf(stderr, "%s\n", agent.error().c_str()), 1;
  agent->subscribe({}, true, {});
  std::string typed;
  while (runs) {
    const int writes = agent->wants_to_write() ? POLLOUT : 0;
    pollfd waits[] = {{agent->descriptor(), static_cast<short>(POLLIN | writes), 0},
                      {STDIN_FILENO, POLLIN, 0}};
    const auto left = agent->time_left();
    if (poll(waits, 2, left ? static_cast<int>(left->count()) : -1) < 0) continue;
    agent->process();
    if (waits[1].revents == 0) continue;
    char chunk[512];
    const ssize_t count = read(STDIN_FILENO, chunk, sizeof(chunk));
    if (count <= 0) return 0;
    typed.append(chunk, static_cast<std::size_t>(count));
    for (std::size_t at = 0; (at = typed.find('\n')) != std::string::npos;) {
      set(*agent, typed.substr(0, at));
      typed.erase(0, at + 1);
    }
  }
  return 1;
}
