// SPDX-License-Identifier: Apache-2.0
// What a node is told by the program that runs it. A configuration file is not needed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dsn::node {

/// A node to which this one says HELLO by its address, beside those that multicast finds.
struct BootstrapNode {
  std::string address;  ///< IPv4, IPv6 (link-local with %zone) or host name
  std::uint16_t port = 0;
  bool operator==(const BootstrapNode&) const = default;
};

/// How keys of this node are shared that begin with `name` and '/'.
struct Database {
  std::string name;
  std::optional<std::chrono::milliseconds> max_age;  ///< of what is set without one
  bool on_demand = false;  ///< other nodes fetch values when they want them
  /// What was neither written nor read for so long is not replicated any more; nothing: never.
  std::optional<std::chrono::milliseconds> expire;
  bool operator==(const Database&) const = default;
};

struct NodeSettings {
  std::string name;                   ///< base/node_name.hpp
  std::optional<std::uint16_t> port;  ///< 0: any free one. Nothing: kDefaultPort, or any meanwhile
  std::string network_ip;             ///< the address to bind to; empty: all addresses
  std::vector<std::string> interfaces;  ///< names, or prefixes ending in '*'; empty: all eligible
  bool multicast = true;
  /// Frames of direct mail in a second; nothing: core::kMailFramesPerSecond.
  std::optional<std::int64_t> mail_rate;
  bool observer = false;  ///< as in core::NodeOptions
  std::vector<BootstrapNode> bootstrap_nodes;
  std::vector<std::string> whitelist;  ///< names and ids of the nodes that are let in; empty: all
  std::vector<std::string> expected;   ///< names of nodes that are missed if they are not there
  /// How long a gone node is shown; nothing: core::kRetain.
  std::optional<std::chrono::milliseconds> retain;
  std::vector<Database> databases;
};

/// Where the identity of a node is kept.
struct CredentialSettings {
  std::string folder;       ///< empty: crypto::default_credential_directory()
  std::string system_root;  ///< stands before the paths that name this machine
  bool adopt = false;       ///< use a key of another machine, and bind it to this one
};

}  // namespace dsn::node
