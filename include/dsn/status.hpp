// SPDX-License-Identifier: Apache-2.0
// The state of an agent itself, as `dsn status` shows it. Plain values; counters count from the
// start of the agent and never go back.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dsn {

/// A network interface of this machine, on which the agent looks for other nodes by multicast
/// unless it is left out. One that the configuration names and that is not there is shown too.
struct InterfaceStatus {
  std::string name{};
  bool ipv4_joined = false;  ///< member of the IPv4 multicast group
  bool ipv6_joined = false;  ///< member of the IPv6 multicast group
  std::string problem{};     ///< why a group is not joined, or empty
  /// How long ago another machine's multicast was heard here; nothing if none was.
  std::optional<std::chrono::milliseconds> heard_ago{};
  std::string left_out{};  ///< why the agent does not use it at all, or empty
};

/// A node of `bootstrap_nodes`.
struct BootstrapStatus {
  std::string address{};  ///< as in the configuration
  std::uint16_t port = 0;
  std::string node{};     ///< label of the node that answered there last, or empty
  std::string problem{};  ///< why it is of no use now, or empty
  std::chrono::milliseconds tried_for{0};
};

/// A node that is heard, and with which no contact comes about. What it says of itself is not
/// proven.
struct HalfMetNode {
  std::string node{};     ///< its name
  std::string node_id{};  ///< its identity, 32 hexadecimal digits
  std::string address{};
  std::string interface_name{};  ///< on which it is heard, or empty
  bool multicast = false;        ///< it was heard by multicast last
  bool left_out = false;         ///< `whitelist_node_ids` leaves it out
  std::uint64_t count = 0;       ///< how often it was heard
  std::chrono::milliseconds first_ago{0};
  std::chrono::milliseconds heard_ago{0};
};

/// What the operator should know now, and can do something about.
struct Warning {
  std::string code{};    ///< a stable word for programs, such as "send-refused"
  std::string about{};   ///< the node, address, interface or key that it is about, or empty
  std::string text{};    ///< what is wrong, since when, and how often
  std::string advice{};  ///< the likely cause and what to do, or empty
};

struct SensorStatus {
  std::string key{};
  std::string driver{};                ///< as in the configuration, such as "w1"
  std::chrono::milliseconds every{0};  ///< interval between samples
  std::uint64_t samples = 0;           ///< samples taken, failures included
  std::uint64_t failures = 0;          ///< samples that failed
  std::string error{};                 ///< of the last sample; empty if it was good
};

struct HookStatus {
  std::string name{};
  std::string event{};         ///< on_change, on_late, on_gone, on_back, on_message; command
  std::uint64_t runs = 0;      ///< times that its action was done or failed
  std::uint64_t failures = 0;  ///< runs that failed
  std::uint64_t skipped = 0;   ///< events that a later event of the same kind replaced
  std::string error{};         ///< of the last run; empty if it was good
};

/// A connection to the agent of a program that said who it is.
struct ModuleInfo {
  std::string name;
  std::string version;                  ///< of the program, or empty
  std::uint32_t pid = 0;                ///< its process id; 0: the kernel does not tell
  std::uint32_t uid = 0;                ///< its user
  bool subscribed = false;              ///< it is told of events
  std::vector<std::string> listens_to;  ///< patterns of names of messages, the first 16
  std::uint64_t messages = 0;           ///< that it was handed
  std::uint32_t keys_held = 0;          ///< that end with the connection
};

struct AgentStatus {
  std::string version{};            ///< of the program dsn-agent
  std::string node{};               ///< name of the local node
  std::string node_id{};            ///< its identity, 32 hexadecimal digits
  std::string network{};            ///< network id in hexadecimal; empty without a network key
  std::string config_file{};        ///< path of the configuration, or empty
  std::uint16_t port = 0;           ///< UDP port
  std::uint32_t pid = 0;            ///< process id of the agent
  std::uint32_t incarnation = 0;    ///< of the local node
  std::uint64_t state_version = 0;  ///< of the local node's state
  std::chrono::milliseconds uptime{0};
  std::uint32_t nodes_live = 0;     ///< other nodes that are heard
  std::uint32_t nodes_known = 0;    ///< other nodes, in any state
  std::uint32_t keys_held = 0;      ///< keys of all nodes, the local one included
  std::uint64_t replica_bytes = 0;  ///< memory of the copies of other nodes' states
  std::uint32_t key_epoch = 0;      ///< of the network key; 0 without an authority
  std::uint32_t lack_key = 0;       ///< nodes that do not have it
  std::vector<InterfaceStatus> interfaces{};
  std::vector<BootstrapStatus> bootstrap_nodes{};
  std::vector<HalfMetNode> half_met{};  ///< sorted by name
  std::vector<SensorStatus> sensors{};
  std::vector<HookStatus> hooks{};
  /// All counters by name: frames and bytes in each direction, and dropped frames by cause.
  std::vector<std::pair<std::string, std::uint64_t>> counters{};
  std::vector<Warning> warnings{};  ///< empty when all is well
};

}  // namespace dsn
