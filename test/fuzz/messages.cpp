// SPDX-License-Identifier: Apache-2.0
// Goal: a message that is decoded and encoded again is the same bytes, or it was refused
// (docs/protocol.md, section 6). What a later version appended is dropped, and nothing else.
#include "wire/messages.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "core/state/head.hpp"
#include "fuzz/input.hpp"
#include "wire/app_message.hpp"
#include "wire/wire_limits.hpp"

namespace dsn::fuzz {

using namespace core;
using namespace wire;

namespace {

// Elements of the messages of this version, after the type; 0 for an unknown type.
std::size_t known_elements(std::uint64_t type) {
  constexpr std::size_t kElements[] = {0, 5, 6, 7, 3, 3, 4, 2, 7, 4, 5, 3, 4, 3,
                                       1, 2, 1, 1, 0, 0, 4, 3, 1, 2, 5, 4, 3};
  return type < std::size(kElements) ? kElements[type] : 0;
}

// Reads one message after its head and writes it again. What a decoder leaves after a failure is
// not to be looked at.
template <typename Decode, typename Encode>
void copy(CborReader& in, const MessageStart& head, CborWriter& out, Decode decode, Encode encode) {
  const auto message = decode(in, head);
  if (in.ok()) encode(out, message);
}

// Copies a message about nodes and their runs. False if it is none.
bool copy_message_of_nodes(CborReader& in, const MessageStart& head, CborWriter& out) {
  switch (static_cast<MessageType>(head.type)) {
    case MessageType::hello:
    case MessageType::welcome:
      copy(in, head, out, decode_hello,
           [](CborWriter& to, const Hello& hello) { encode_hello(to, hello); });
      return true;
    case MessageType::own_head:
      copy(in, head, out, decode_own_head, encode_own_head);
      return true;
    case MessageType::head:
      copy(in, head, out, decode_head_message, encode_head_message);
      return true;
    case MessageType::origin:
      copy(in, head, out, decode_origin, encode_origin);
      return true;
    case MessageType::key:
      copy(in, head, out, decode_key, encode_key);
      return true;
    case MessageType::run:
      copy(in, head, out, decode_run, encode_run);
      return true;
    case MessageType::knock:
      copy(in, head, out, decode_knock, encode_knock);
      return true;
    case MessageType::data:
      copy(in, head, out, decode_data, encode_data);
      return true;
    case MessageType::data_ack:
      copy(in, head, out, decode_data_ack, encode_data_ack);
      return true;
    case MessageType::bye:
      copy(in, head, out, decode_bye, encode_bye);
      return true;
    default:
      return false;
  }
}

// Copies a message. False if it is of no known type.
bool copy_message(CborReader& in, const MessageStart& head, CborWriter& out) {
  const auto type = static_cast<MessageType>(head.type);
  switch (type) {
    case MessageType::mail:
    case MessageType::delta:
      copy(in, head, out, decode_update,
           [type](CborWriter& to, const Update& update) { encode_update(to, type, update); });
      return true;
    case MessageType::syn:
      copy(in, head, out, decode_syn, encode_syn);
      return true;
    case MessageType::ack:
      copy(in, head, out, decode_ack, encode_ack);
      return true;
    case MessageType::list:
      copy(in, head, out, decode_list, encode_list);
      return true;
    case MessageType::pull:
      copy(in, head, out, decode_pull, encode_pull);
      return true;
    case MessageType::snapshot:
      copy(in, head, out, decode_snapshot, encode_snapshot);
      return true;
    case MessageType::manifest:
      copy(in, head, out, decode_manifest, encode_manifest);
      return true;
    case MessageType::want:
      copy(in, head, out, decode_want, encode_want);
      return true;
    case MessageType::chunk:
      copy(in, head, out, decode_chunk, encode_chunk);
      return true;
    case MessageType::rumours:
      copy(in, head, out, decode_rumours, encode_rumours);
      return true;
    case MessageType::late:
      copy(in, head, out, decode_late, encode_late);
      return true;
    case MessageType::who:
      copy(in, head, out, decode_who, encode_who);
      return true;
    case MessageType::peers:
      copy(in, head, out, decode_peers, encode_peers);
      return true;
    default:
      return copy_message_of_nodes(in, head, out);
  }
}

// A reason of a later version is read as the good-bye that it is, and an outcome as a refusal.
bool is_of_later_version(const MessageStart& head, ByteView message) {
  const auto type = static_cast<MessageType>(head.type);
  CborReader in(message);
  (void)decode_message_start(in);
  if (type == MessageType::bye) return in.uint() > static_cast<std::uint64_t>(ByeReason::asleep);
  if (type != MessageType::data_ack) return false;
  (void)in.uint();
  return in.uint() > static_cast<std::uint64_t>(DataOutcome::malformed);
}

// They leave out what has its default; who says it all the same is understood.
bool may_say_defaults(const MessageStart& head) {
  const auto type = static_cast<MessageType>(head.type);
  return type == MessageType::mail || type == MessageType::delta || type == MessageType::run ||
         type == MessageType::bye;
}

void check_message(const MessageStart& head, ByteView message, ByteView written) {
  if (may_say_defaults(head)) {
    DSN_CHECK(written.size() <= message.size());
  } else if (head.elements == known_elements(head.type) && !is_of_later_version(head, message)) {
    DSN_CHECK(std::ranges::equal(message, written));
  }
  CborReader in(written);
  Bytes buffer(kDatagramBytesMax);
  CborWriter out(buffer);
  const MessageStart again = decode_message_start(in);
  DSN_CHECK(copy_message(in, again, out) && in.at_end());
  DSN_CHECK(out.ok() && std::ranges::equal(out.written(), written));
}

void check_head(ByteView encoded) {
  const std::optional<Head> head = decode_head(encoded);
  if (!head) return;
  DSN_CHECK(encoded.size() <= kHeadBytesMax);
  std::array<std::uint8_t, kHeadBytesMax> again{};
  const ByteView written = ByteView(again).first(encode_head(*head, again));
  const bool later = encoded.front() != written.front();
  DSN_CHECK(later || std::ranges::equal(encoded, written));
}

void check_app_message(ByteView encoded) {
  const auto message = decode_app_message(encoded);
  if (!message) return;
  const auto written = encode_app_message(*message);
  const bool later = encoded.front() != written->front();
  DSN_CHECK(later || std::ranges::equal(encoded, *written));
  DSN_CHECK(!later || decode_app_message(*written)->name == message->name);
}

}  // namespace
}  // namespace dsn::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dsn;
  using namespace dsn::fuzz;
  const ByteView text = ByteView(data, size).first(std::min(size, kPlaintextBytesMax));
  check_head(text);
  check_app_message(text);
  CborReader in(text);
  Bytes buffer(kDatagramBytesMax);
  while (in.ok() && !in.at_end()) {
    const std::size_t start = in.offset();
    const MessageStart head = decode_message_start(in);
    CborWriter out(buffer);
    const bool known = in.ok() && copy_message(in, head, out);
    if (in.ok() && !known) skip_message(in, head);
    if (!known || !in.ok()) continue;
    DSN_CHECK(out.ok());
    check_message(head, text.subspan(start, in.offset() - start), out.written());
  }
  return 0;
}
