// SPDX-License-Identifier: Apache-2.0
// The keys of the network, as an agent knows them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "dsn/reading.hpp"

namespace dsn {

/// Which network key a node has.
struct KeyHolder {
  std::string node{};       ///< its name
  std::string id{};         ///< 32 hexadecimal digits
  std::uint32_t epoch = 0;  ///< of its newest key that is known of; 0: nothing is known
  bool has_key = false;     ///< it has the newest one; without an authority: both keys
  NodeState state = NodeState::live;
  std::chrono::milliseconds heard{0};  ///< time since it was last heard
};

struct KeyStatus {
  std::string network{};    ///< network id in hexadecimal
  std::string authority{};  ///< hash of the authority, 32 hexadecimal digits; empty: there is none
  std::uint32_t epoch = 0;  ///< of the current key: 1 for the first one of a network
  std::uint32_t former_keys = 0;  ///< keys that known nodes may still use
  bool has_next = false;          ///< there is no authority, and two keys (`aes_key_next`)
  /// Who made the current key did not know of all who are out: one of them may have it.
  bool may_be_known_outside = false;
  std::vector<std::string> out{};  ///< ids of the nodes that were put out, the latest last
  std::vector<KeyHolder> nodes{};  ///< this node and all others that are known, sorted by name
  std::string problem{};           ///< why the keys are not kept on disk, or empty
};

/// A new network key, as its authority made it; all in hexadecimal. The key is a secret.
struct KeyRotation {
  std::string statement{};
  std::string signature{};
  std::string authority{};  ///< its public key
  std::string key{};
};

}  // namespace dsn
