// SPDX-License-Identifier: Apache-2.0
// What each of the measured systems does in its own way, and what is the same for all of them: the
// steps of the writer, stamps, counts. One program a system, one process a node.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "board.hpp"

namespace bench {

/// What the words of the command line say.
struct Settings {
  Board* board = nullptr;
  bool hold = false;  ///< every node has keys of its own that newcomers get; else node 0 writes
  std::size_t index = 0;
  std::size_t nodes = 0;  ///< those that have keys, or take part
  std::size_t keys = 0;   ///< hold: of each node; else those of a burst
  std::size_t updates = 0;
  std::chrono::microseconds pause{};  ///< between two updates
  std::chrono::milliseconds flood{};  ///< how long the writer goes on at full speed
  std::string where;                  ///< a port, socket or file, as the system wants it
  std::string how;                    ///< the variant of the system

  [[nodiscard]] bool writes() const { return !hold && index == 0; }
  [[nodiscard]] Line& line() const { return board->lines[index]; }
};

/// A node of a system. Values of others are handed to `heard`, on any thread, one at a time.
class Rival {
 public:
  using Heard = std::function<void(std::string_view key, std::string_view value)>;
  virtual ~Rival() = default;
  virtual bool start() = 0;
  virtual void publish(std::string_view key, std::string_view value) = 0;
  /// Does what there is to do for so long; sleeps if threads of the library do it.
  virtual void pause(std::chrono::nanoseconds time) { std::this_thread::sleep_for(time); }
  /// Does what there is to do, and does not wait.
  virtual void turn() {}
  /// From now on many values are published without a pause.
  virtual void begin_flood() {}
};

using Make = std::unique_ptr<Rival> (*)(const Settings&, Rival::Heard);

/// The main of each program: BOARD stream|hold INDEX NODES KEYS UPDATES PAUSE_US FLOOD_MS WHERE HOW
int run(int argc, char** argv, Make make);

}  // namespace bench
