// SPDX-License-Identifier: Apache-2.0
// What the agent has told: all readings and nodes, and which of them changed since when. One thread
// writes, any number of them read.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dsn/reading.hpp"
#include "web/trend.hpp"

namespace dsn::web {

/// A reading, when the agent told it, and the last hour of its number. Never changed: a new one
/// takes its place.
struct HeldReading {
  using Clock = std::chrono::steady_clock;
  Reading reading;
  Clock::time_point at;
  std::shared_ptr<const Trend> trend;  ///< null if it never was a number

  /// The reading with the age that it has by now.
  [[nodiscard]] Reading as_of(Clock::time_point now) const;
};

/// A node, and when the agent told it.
struct HeldNode {
  using Clock = std::chrono::steady_clock;
  NodeInfo node;
  Clock::time_point at;

  [[nodiscard]] NodeInfo as_of(Clock::time_point now) const;
};

/// Whether the agent can be asked.
struct AgentState {
  bool is_connected = false;
  std::string problem{};                          ///< why not
  std::chrono::steady_clock::time_point since{};  ///< of this state
};

class Picture {
 public:
  using Clock = std::chrono::steady_clock;
  using ReadingPtr = std::shared_ptr<const HeldReading>;
  using NodePtr = std::shared_ptr<const HeldNode>;

  /// Everything, or what changed. A reading or node that is gone has its name and nothing else.
  struct View {
    std::uint64_t sequence = 0;  ///< of the last change in it
    bool is_whole = false;       ///< everything, and not what changed
    AgentState agent;
    std::vector<NodePtr> nodes;
    std::vector<ReadingPtr> readings;
    std::vector<std::string> gone_nodes;                             ///< ids
    std::vector<std::pair<std::string, std::string>> gone_readings;  ///< node id and key
  };

  // For the thread that writes.

  void set_connected(Clock::time_point now);
  void set_lost(const std::string& why, Clock::time_point now);
  /// The readings that come until the next call are the present: what is not among them is gone.
  void begin_present();
  void end_present();
  void put(const Reading& reading, Clock::time_point now);
  void remove(const std::string& node_id, const std::string& key);
  /// All nodes. What is not among them is gone, with its readings.
  void put_nodes(const std::vector<NodeInfo>& nodes, Clock::time_point now);

  // For all threads.

  [[nodiscard]] View whole() const;
  [[nodiscard]] AgentState agent() const;
  /// Waits until something changed after `sequence`, or for `timeout`. The changes, which may be
  /// none; the whole if they are not remembered.
  [[nodiscard]] View changes(std::uint64_t sequence, std::chrono::milliseconds timeout) const;
  /// Wakes all that wait.
  void wake() { changed_.notify_all(); }

 private:
  using Name = std::pair<std::string, std::string>;  // node id and key; no key: the node itself
  struct Change {
    std::uint64_t sequence;
    Name name;
  };
  template <typename T>
  struct Slot {
    T held;
    std::uint64_t changed = 0;
    bool is_present = true;
  };

  void note(const Name& name, std::uint64_t& changed);
  [[nodiscard]] View whole_locked() const;
  void add_to(View& view, const Change& change) const;
  void remove_locked(std::map<Name, Slot<ReadingPtr>>::iterator at);

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  AgentState agent_;
  std::map<Name, Slot<ReadingPtr>> readings_;
  std::map<std::string, Slot<NodePtr>> nodes_;
  std::deque<Change> log_;  // the oldest one first, one number after the other
  std::uint64_t sequence_ = 0;
};

}  // namespace dsn::web
