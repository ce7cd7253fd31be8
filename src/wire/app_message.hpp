// SPDX-License-Identifier: Apache-2.0
// An application message: what a program on one node says to programs on another
// (docs/protocol.md, section 6.8). Views point into the encoding.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "wire/wire_limits.hpp"

namespace dsn::wire {

enum class AppMessageKind : std::uint8_t {
  send = 0,     ///< wants no reply
  ask = 1,      ///< wants a reply
  reply = 2,    ///< answers an ask
  failure = 3,  ///< answers an ask: nobody could; the payload is a text that says why
  fetch = 4,    ///< asks the node itself for a value that an entry names: [origin, size, hash]
  sample = 5,   ///< asks the node itself to sample a key now; the reply is the version that has it
};

struct AppMessage {
  AppMessageKind kind = AppMessageKind::send;
  std::string_view name;      ///< base/message_name.hpp
  ByteView payload;           ///< one encoded value, at most kAppPayloadBytesMax
  std::uint64_t answers = 0;  ///< reply, failure: the number of the ask; else 0
};

/// Nothing if the message is not what AppMessage says.
[[nodiscard]] std::optional<Bytes> encode_app_message(const AppMessage& message);
/// Nothing if it is no application message.
[[nodiscard]] std::optional<AppMessage> decode_app_message(ByteView encoded);

}  // namespace dsn::wire
