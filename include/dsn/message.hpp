// SPDX-License-Identifier: Apache-2.0
// Messages from a program on one node to programs on others. All of these are plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "dsn/value.hpp"

namespace dsn {

/// A message to be sent.
struct SendRequest {
  std::string node{};  ///< its name or id
  /// What it is about: 1 to 64 bytes of UTF-8 without control and format characters, and without
  /// blanks at its ends.
  std::string name{};
  Value payload{};  ///< at most 64 KiB encoded
  /// How long it is tried, and how long a reply is waited for; 100 ms to 1 h.
  std::chrono::milliseconds timeout{10'000};
};

/// What became of a message at one node.
enum class Delivery : std::uint8_t {
  delivered,       ///< at least one listener has it
  nobody_listens,  ///< no program there listens to messages of this name
  refused,         ///< the node takes no message of this name from this node
  busy,            ///< the node had no room for it within the time limit
  unanswered,      ///< the node did not acknowledge it in time: it may have arrived or not
  restarted,       ///< the node restarted before it acknowledged: it may have arrived or not
  unreachable,     ///< the node is gone, or was never heard: nothing was sent
  no_reply,        ///< an ask was delivered, and nobody replied in time
  failed,          ///< an ask was delivered, and the listener said why it could not reply
};

[[nodiscard]] const char* to_string(Delivery delivery);

/// The answer to a message.
struct SendReport {
  std::string node{};  ///< the name of the node that it was sent to
  Delivery delivery = Delivery::delivered;
  std::uint64_t listeners = 0;  ///< programs, hooks and commands that have it
  std::chrono::microseconds took{0};
  std::string reason{};          ///< Delivery::failed: why
  std::optional<Value> reply{};  ///< of an ask that was answered
};

/// A message that arrived.
struct Message {
  std::string from{};     ///< the name of the node that sent it, as in NodeInfo
  std::string from_id{};  ///< 32 hexadecimal digits
  std::string name{};
  Value payload{};
  /// If it is not empty, the sender waits for a reply: what reply() takes.
  std::string ask{};
};

}  // namespace dsn
