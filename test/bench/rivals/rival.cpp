// SPDX-License-Identifier: Apache-2.0
#include "rival.hpp"

#include <sys/prctl.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <unordered_set>
#include <vector>

namespace bench {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kStampWraps = 1'000'000'000'000'000;
constexpr const char* kKey = "bench/value";  // 11 bytes
constexpr std::size_t kWarmUpMin = 20;       // values that each reader has heard before it counts
constexpr std::size_t kNoNumber = 99999;
constexpr int kPublishedInATurn = 16;

// "NNNNNSSSSSSSSSSSSSSS": number of the update and the stamp in ns, 20 bytes.
std::string stamped(std::size_t update) {
  char text[32];
  std::snprintf(text, sizeof text, "%05zu%015lld", update % 100'000,
                static_cast<long long>(monotonic_ns() % kStampWraps));
  return text;
}

// 11 bytes, too.
std::string key_of(std::size_t node, std::size_t key) {
  char text[32];
  std::snprintf(text, sizeof text, "n%03zu/k%05zu", node % 1000, key % 100'000);
  return text;
}

std::int64_t number(std::string_view digits) {
  return std::strtoll(std::string(digits).c_str(), nullptr, 10);
}

/// Notes on the board what this node hears.
class Listener {
 public:
  explicit Listener(const Settings& settings)
      : settings_(settings), own_(key_of(settings.index, 0).substr(0, 5)) {}

  void heard(std::string_view key, std::string_view value) {
    const std::int64_t now_ns = monotonic_ns();
    Line& line = settings_.line();
    line.heard.fetch_add(1, std::memory_order_relaxed);
    if (settings_.hold) return held(key, now_ns);
    if (key != kKey || value.size() != 20) return;
    const auto update = static_cast<std::size_t>(number(value.substr(0, 5)));
    if (update < kUpdatesMax) {
      settings_.board->took_ns[settings_.index][update] =
          now_ns % kStampWraps - number(value.substr(5));
    }
  }

 private:
  void held(std::string_view key, std::int64_t now_ns) {
    // Some systems hand their own values back.
    if (key.substr(0, 5) == own_ || !keys_.emplace(key).second) return;
    Line& line = settings_.line();
    const std::size_t others = settings_.nodes - (settings_.index < settings_.nodes ? 1 : 0);
    if (keys_.size() == others * settings_.keys) line.complete_ns = now_ns;
    line.held = static_cast<std::int64_t>(keys_.size());
  }

  const Settings& settings_;
  std::string own_;  // with this the node's own keys begin
  std::unordered_set<std::string> keys_;
};

/// Takes one step after the other, each as soon as the driver allows it.
class Writer {
 public:
  Writer(const Settings& settings, Rival& rival) : settings_(settings), rival_(rival) {}

  void run() {
    std::size_t published = 0;
    while (!all_listen() || published < kWarmUpMin) {
      rival_.publish(kKey, stamped(kNoNumber));
      ++published;
      rival_.pause(settings_.pause);
    }
    rival_.pause(300ms);
    finish(1);
    for (std::size_t update = 0; update < settings_.updates; ++update) {
      rival_.publish(kKey, stamped(update));
      rival_.pause(settings_.pause);
    }
    rival_.pause(100ms);
    finish(2);
    rival_.begin_flood();
    flood(1);
    finish(3);
    flood(settings_.keys);
    finish(4);
  }

 private:
  [[nodiscard]] bool all_listen() const {
    for (std::size_t i = 1; i < settings_.nodes; ++i) {
      if (settings_.board->lines[i].heard < std::int64_t{kWarmUpMin}) return false;
    }
    return true;
  }
  void finish(std::int64_t step) {
    settings_.board->reached = step;
    while (settings_.board->allowed < step) rival_.pause(2ms);
  }
  void flood(std::size_t keys) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < keys; ++i) names.push_back(key_of(0, i));
    const std::int64_t end_ns = monotonic_ns() + std::chrono::nanoseconds(settings_.flood).count();
    for (std::size_t i = 0; i % kPublishedInATurn != 0 || monotonic_ns() < end_ns; ++i) {
      rival_.publish(names[i % keys], stamped(kNoNumber));
      if (i % kPublishedInATurn == 0) rival_.turn();
    }
  }

  const Settings& settings_;
  Rival& rival_;
};

Settings settings_of(char** words) {
  const auto count = [&](int index) {
    return static_cast<std::size_t>(std::strtoull(words[index], nullptr, 10));
  };
  Settings settings;
  settings.board = map_board(words[1]);
  settings.hold = std::string_view(words[2]) == "hold";
  settings.index = count(3);
  settings.nodes = count(4);
  settings.keys = count(5);
  settings.updates = std::min(count(6), kUpdatesMax);
  settings.pause = std::chrono::microseconds(count(7));
  settings.flood = std::chrono::milliseconds(count(8));
  settings.where = words[9];
  settings.how = words[10];
  return settings;
}

}  // namespace

int run(int argc, char** argv, Make make) {
  if (argc != 11) return 2;
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // nodes end with the driver, whatever becomes of it
  const Settings settings = settings_of(argv);
  if (settings.board == nullptr || settings.index >= kNodesMax) return 2;
  Listener listener(settings);
  settings.line().started_ns = monotonic_ns();
  const auto rival = make(settings, [&](auto key, auto value) { listener.heard(key, value); });
  if (!rival->start()) return 1;
  if (settings.writes()) Writer(settings, *rival).run();
  // The newcomer, the one beyond the others, has nothing of its own.
  if (settings.hold && settings.index < settings.nodes) {
    for (std::size_t i = 0; i < settings.keys; ++i) {
      rival->publish(key_of(settings.index, i), stamped(kNoNumber));
    }
  }
  while (true) rival->pause(100ms);
}

}  // namespace bench
