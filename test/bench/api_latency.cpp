// SPDX-License-Identifier: Apache-2.0
// How long it takes from `set` in one program to the event in others, through their agents: local
// socket, agent, network, agent, local socket. test/bench/api_latency.py starts the agents.
//
//     api_latency UPDATES WRITER_SOCKET READER_SOCKET...
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "dsn/client.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// The value that this program sets; readers look for it.
constexpr const char* kKey = "bench/value";

bool wait_for(dsn::Client& reader, std::int64_t update) {
  while (true) {
    const auto event = reader.next_event(2000ms);
    if (!event || !event->has_value()) return false;
    const auto& reading = (*event)->reading;
    if (reading && reading->key == kKey && reading->value.as_integer() == update) return true;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const auto updates = static_cast<std::int64_t>(std::strtoll(argv[1], nullptr, 10));
  auto writer = dsn::Client::connect(argv[2]);
  std::vector<dsn::Client> readers;
  for (int i = 3; i < argc; ++i) {
    auto reader = dsn::Client::connect(argv[i]);
    if (!reader || !reader->subscribe()) return 1;
    readers.push_back(std::move(reader).value());
  }
  if (!writer) return 1;
  std::vector<double> took_us;
  for (std::int64_t update = 0; update < updates; ++update) {
    const auto started = Clock::now();
    if (!writer->set({{kKey, dsn::Value::integer(update), "", std::nullopt}})) return 1;
    // One after the other: the last one's event waits in its socket until its turn.
    for (dsn::Client& reader : readers) {
      if (!wait_for(reader, update)) return 1;
    }
    took_us.push_back(std::chrono::duration<double, std::micro>(Clock::now() - started).count());
    std::this_thread::sleep_for(2ms * readers.size());
  }
  std::ranges::sort(took_us);
  std::printf("%zu readers: set to last event p50 %.0f us, p99 %.0f us\n", readers.size(),
              took_us[took_us.size() / 2], took_us[took_us.size() * 99 / 100]);
  return 0;
}
