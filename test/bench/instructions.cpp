// SPDX-License-Identifier: Apache-2.0
// What an update and a second of rest cost in instructions: two nodes of this process, with their
// sockets on loopback. instructions.py runs it under callgrind, which counts within one of the
// three functions that are not inlined.
//
//     instructions FOLDER KEYS UPDATES REST_SECONDS
#include <asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "dsn/node.hpp"

namespace {

using namespace std::chrono_literals;

std::string key_of(int key) { return "bench/v" + std::to_string(1000 + key); }  // 11 bytes

dsn::NodeConfig config_of(const std::string& folder, const std::string& name) {
  dsn::NodeConfig config;
  config.file = folder + "/node.yaml";
  config.node_id = name;
  config.credential_dir = folder + "/" + name;
  return config;
}

struct Pair {
  asio::io_context io_a{1}, io_b{1};
  std::optional<dsn::Node> a, b;
  int seen = 0;

  bool start(const std::string& folder) {
    dsn::NodeCallbacks callbacks;
    callbacks.updated = [this](const dsn::Reading& reading) {
      if (reading.node == "a") ++seen;
    };
    auto first = dsn::Node::start(io_a, config_of(folder, "a"));
    auto second = dsn::Node::start(io_b, config_of(folder, "b"), callbacks);
    if (!first || !second) return false;
    a.emplace(std::move(*first));
    b.emplace(std::move(*second));
    return true;
  }
  void run_for(std::chrono::milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) {
      io_a.run_for(1ms);
      io_b.run_for(1ms);
    }
  }
};

[[gnu::noinline]] void bench_send(Pair& pair, const std::string& key, const dsn::Value& value) {
  (void)pair.a->set(key, value);
}

[[gnu::noinline]] void bench_receive(Pair& pair, int until) {
  while (pair.seen < until) pair.io_b.run_one();
}

[[gnu::noinline]] void bench_rest(Pair& pair, std::chrono::seconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
    pair.io_a.run_for(100ms);
    pair.io_b.run_for(100ms);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const int keys = std::atoi(argv[2]);
  const int updates = std::atoi(argv[3]);
  Pair pair;
  if (!pair.start(argv[1])) return 1;
  for (int tries = 0; pair.seen < keys; ++tries) {
    for (int key = 0; key < keys && tries == 0; ++key) {
      (void)pair.a->set(key_of(key), dsn::Value::text("as long as 20 bytes."));
    }
    pair.run_for(100ms);
    if (tries == 600) return 1;
  }
  pair.run_for(3s);  // the head is signed and told
  int until = pair.seen;
  for (int update = 0; update < updates; ++update) {
    char text[32];
    std::snprintf(text, sizeof text, "%020d", update);
    bench_send(pair, key_of(update % keys), dsn::Value::text(text));
    bench_receive(pair, ++until);
    pair.run_for(3ms);
  }
  bench_rest(pair, std::chrono::seconds(std::atoi(argv[4])));
  return 0;
}
