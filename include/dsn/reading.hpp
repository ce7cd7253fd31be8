// SPDX-License-Identifier: Apache-2.0
// What one learns from an agent: readings of any node, the nodes themselves, and what changes.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dsn/value.hpp"

namespace dsn {

/// How far a reading can be trusted. No reading is ever handed out without it.
enum class Freshness : std::uint8_t {
  ok,         ///< younger than its max_age, or it has none; its node is live
  late,       ///< older than its max_age
  node_late,  ///< its node has not been heard for longer than it should
  node_gone,  ///< its node is taken for lost, or said good-bye
  error,      ///< its sensor failed; the value, if any, is the last good one
  conflict,   ///< its node goes by a name that belongs to another node
};

/// One key of one node, as the local agent holds it at the moment of the answer.
struct Reading {
  std::string node;     ///< name of the owner, as in NodeInfo
  std::string node_id;  ///< its identity, 32 hexadecimal digits
  std::string key;
  Value value;
  std::string unit;  ///< SenML unit (RFC 8428, section 12.1), or empty
  /// Since the owner sampled it: its age when it was sent, and the time since it came in.
  std::chrono::milliseconds age{0};
  /// How old it may get before it is late; nothing if it never is.
  std::optional<std::chrono::milliseconds> max_age;
  Freshness freshness = Freshness::ok;
  std::string error;  ///< the cause, with Freshness::error
  std::uint32_t incarnation = 0;
  std::uint64_t version = 0;
  /// Since its node was last heard; 0 for the local node.
  std::chrono::milliseconds node_heard{0};
  std::string via;  ///< how its node was found, e.g. "mcast4@eth0"; "self" for the local node
};

enum class NodeState : std::uint8_t {
  self,        ///< the local node
  live,        ///< heard within its time
  late,        ///< not heard within its time; being probed
  gone,        ///< not heard although probed
  restarting,  ///< said that it stops and will be back
  left,        ///< said that it stops for good
};

/// One node of the network, as the local agent sees it.
struct NodeInfo {
  std::string name;  ///< with `~` and 4 digits of the id, if the name belongs to another node
  std::string id;
  NodeState state = NodeState::live;
  std::chrono::milliseconds since{0};  ///< it has been in this state
  std::string reason;                  ///< why it is, as in "silent"; empty if that is plain
  std::chrono::milliseconds heard{0};  ///< since its last authentic frame
  std::optional<std::chrono::microseconds> round_trip;  ///< smoothed; nothing if never measured
  std::optional<double> loss;  ///< share of its frames that never came, 0 to 1
  std::string address;         ///< where it is reached, e.g. "192.168.1.7:17373"
  std::string via;             ///< how it was found
  std::uint32_t incarnation = 0;
  std::uint64_t version = 0;
  std::uint32_t keys = 0;
  bool conflict = false;  ///< the name belongs to another node
};

/// Something that changed. `key` is set for updated and removed only.
struct NodeEvent {
  enum class Kind : std::uint8_t {
    updated,
    removed,
    joined,
    live,
    late,
    gone,
    restarting,
    left,
    conflict,  ///< a node turned up under a name that belongs to another one
    clone,     ///< another machine runs with the identity of the local node
  };
  Kind kind = Kind::updated;
  std::string node;
  std::string node_id;
  std::string key;
  std::optional<Reading> reading;  ///< with updated
};

[[nodiscard]] const char* to_string(Freshness freshness);
[[nodiscard]] const char* to_string(NodeState state);
[[nodiscard]] const char* to_string(NodeEvent::Kind kind);

}  // namespace dsn
