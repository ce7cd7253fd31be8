// SPDX-License-Identifier: Apache-2.0
// What an agent tells: the readings of all nodes, the nodes themselves, and events. All of these
// are plain values: copy them freely, from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dsn/value.hpp"

namespace dsn {

/// How far a reading can be trusted. Every reading comes with it.
enum class Freshness : std::uint8_t {
  ok,         ///< the node is live, and the reading is younger than its max_age or has none
  late,       ///< older than its max_age, or the node has a newer state that is not held here
  node_late,  ///< the node has not been heard within its time
  node_gone,  ///< the node is taken for lost, or said good-bye
  error,      ///< the sensor failed; the value, if any, is the last good one
  conflict,   ///< the node goes by a name that belongs to another node
  stale,      ///< neither written nor read for long: its owner does not replicate it any more
  on_demand,  ///< the value is not here: reading this one key of this node fetches it
};

/// One key of one node, as the local agent holds it at the moment of the answer.
struct Reading {
  std::string node{};     ///< name of the node that owns the key, as in NodeInfo
  std::string node_id{};  ///< identity of that node, 32 hexadecimal digits
  std::string key{};
  Value value{};
  /// The bytes of a value that is not here, and is null therefore.
  std::optional<std::uint64_t> absent_bytes{};
  std::string unit{};  ///< SenML unit (RFC 8428, section 12.1), or empty
  /// What is measured, as Home Assistant calls it, such as "temperature" or "door": 1 to 32 of a-z,
  /// 0-9 and `_`, as the owner said it. Empty if it did not.
  std::string device_class{};
  /// The decimals, 0 to 9, to which the owner rounds a number: 21 with 1 is 21.0. Nothing: it does
  /// not round.
  std::optional<std::uint32_t> precision{};
  /// Time since the owner sampled the value: the age that the owner sent with it, plus the time
  /// since it arrived here. No wall clock is involved.
  std::chrono::milliseconds age{0};
  /// The owner samples so often and tells only what has changed: while this is `ok`, the value was
  /// found to be the same, or as good as that, within this time before the node was last heard.
  /// Nothing: it tells each sample.
  std::optional<std::chrono::milliseconds> interval{};
  /// The age at which the reading is late; nothing: it is never late.
  std::optional<std::chrono::milliseconds> max_age{};
  Freshness freshness = Freshness::ok;
  std::string error{};            ///< with Freshness::error: why the sensor failed
  std::uint32_t incarnation = 0;  ///< counts the starts of the node
  std::uint64_t version = 0;      ///< of the node's state at which this value was set
  /// Time since the node was last heard; 0 for the local node.
  std::chrono::milliseconds node_heard{0};
  std::string via{};  ///< as in NodeInfo; "self" for the local node
};

/// What the local agent takes a node for.
enum class NodeState : std::uint8_t {
  self,        ///< the local node
  live,        ///< the node was heard within its time
  late,        ///< the node was not heard within its time, and is being probed
  gone,        ///< the node did not answer the probes
  restarting,  ///< the node said that it stops and will be back
  left,        ///< the node said that it stops for good
  asleep,      ///< the node said for how long nothing will be heard of it
};

/// What a node does for others.
enum class NodeRole : std::uint8_t {
  node,      ///< everything
  observer,  ///< it has a state and reads those of others; nobody finds the network through it
};

/// One node of the network, as the local agent sees it.
struct NodeInfo {
  std::string name{};  ///< with `~` and 4 digits of the id, if the name belongs to another node
  std::string id{};    ///< 32 hexadecimal digits
  NodeState state = NodeState::live;
  std::chrono::milliseconds since{0};  ///< time in this state
  std::string reason{};                ///< cause of the state, such as "silent", or empty
  std::chrono::milliseconds heard{0};  ///< time since its last authentic frame
  std::optional<std::chrono::microseconds> round_trip{};  ///< smoothed; nothing if never measured
  std::optional<double> loss{};  ///< share of its frames that did not arrive, 0 to 1
  std::string address{};         ///< where it is reached, such as "192.168.1.7:17373"
  /// How it was found, such as "mcast4@eth0"; or "via coop" while only others hear it, of whom coop
  /// told of it last.
  std::string via{};
  std::uint32_t incarnation = 0;  ///< as in Reading
  std::uint64_t version = 0;      ///< of its state that is held here
  std::uint32_t keys = 0;         ///< how many keys of it are held
  bool conflict = false;          ///< the name belongs to another node
  NodeRole role = NodeRole::node;
  std::string program{};  ///< version of its program, or empty if it did not say so
  /// Since its agent started; nothing if it is not in contact.
  std::optional<std::chrono::milliseconds> uptime{};
  /// How many warnings its agent shows, as it said last; nothing if it is not in contact.
  std::optional<std::uint32_t> warnings{};
  /// Of its newest network key that is known of: 1 for the first one of a network. Nothing if that
  /// is not known, or if the network has no authority.
  std::optional<std::uint32_t> key_epoch{};
  bool lacks_key = false;  ///< it does not have the newest network key
};

/// Something that changed.
struct NodeEvent {
  enum class Kind : std::uint8_t {
    updated,     ///< a key has a new value
    removed,     ///< a key was removed
    joined,      ///< a node is heard that was not there: see `returned`
    live,        ///< the node changed to NodeState::live
    late,        ///< the node changed to NodeState::late; with a key: older than its max_age
    gone,        ///< the node changed to NodeState::gone
    restarting,  ///< the node changed to NodeState::restarting
    left,        ///< the node changed to NodeState::left
    asleep,      ///< the node changed to NodeState::asleep
    conflict,    ///< a node turned up under a name that belongs to another node
    clone,       ///< a second machine runs with the identity of the node
    snapshot,    ///< the present was told; from here on it is changes alone. Has no node
    back,        ///< a key that was late is fresh again
  };
  Kind kind = Kind::updated;
  std::string node;                ///< name of the node
  std::string node_id;             ///< identity of the node
  std::string key;                 ///< with updated and removed, late or back; else empty
  std::optional<Reading> reading;  ///< if there is a key, but for removed
  /// With joined: the node was there before, also in an earlier run of the agent.
  bool returned = false;
};

/// The words of the command line and the API, such as "node late"; literals.
[[nodiscard]] const char* to_string(Freshness freshness);
[[nodiscard]] const char* to_string(NodeState state);
[[nodiscard]] const char* to_string(NodeRole role);
[[nodiscard]] const char* to_string(NodeEvent::Kind kind);

}  // namespace dsn
