// SPDX-License-Identifier: Apache-2.0
// What the messages have in common: how they begin and end, versions and lists.
#pragma once

#include "wire/messages.hpp"

namespace dsn::wire {

/// Writes the head of the message's array, and the type. `elements` follow.
void begin_message(CborWriter& out, MessageType type, std::size_t elements);
/// Fails the reader if the message has fewer elements after its type.
void require_elements(CborReader& in, const MessageStart& start, std::size_t elements);
/// Passes over the elements after the `known` ones, which a later version appended (protocol.md
/// [message-extend]).
void skip_later_elements(CborReader& in, const MessageStart& start, std::size_t known);

void write_version(CborWriter& out, const StateVersion& version);
StateVersion read_version(CborReader& in);

/// Reads a list of at most `count_max` elements. `read_one` checks each of them, so that later
/// readers of the list need no further check.
template <typename Elements, typename ReadOne>
Elements read_list(CborReader& in, std::size_t count_max, ReadOne read_one) {
  Elements list;
  list.count = in.array();
  if (list.count > count_max) in.fail();
  const ByteView from = in.rest();
  const std::size_t start = in.offset();
  for (std::size_t i = 0; i < list.count && in.ok(); ++i) read_one(in);
  if (in.ok()) list.encoded = from.first(in.offset() - start);
  return list;
}

}  // namespace dsn::wire
