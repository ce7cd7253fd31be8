// SPDX-License-Identifier: Apache-2.0
// What the messages have in common: how they begin and end, and versions.
#pragma once

#include "wire/messages.hpp"

namespace dsn::wire {

/// Writes the array's head and the type.
void begin(CborWriter& out, MessageType type, std::size_t elements);
/// Fails the reader if the message has fewer elements after its type.
void require(CborReader& in, const MessageStart& head, std::size_t elements);
/// Passes over what a later version appended (protocol.md [message-extend]).
void skip_rest(CborReader& in, const MessageStart& head, std::size_t known);

void write_version(CborWriter& out, const StateVersion& version);
StateVersion read_version(CborReader& in);

}  // namespace dsn::wire
