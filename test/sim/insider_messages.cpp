// SPDX-License-Identifier: Apache-2.0
// What a malicious member says in application messages, and of those of others.
#include "sim/insider.hpp"
#include "wire/app_message.hpp"

namespace dsn::sim {

using namespace core;
using namespace wire;

namespace {

// At the edges of what a number can be, and among those that honest nodes use.
std::uint64_t draw_number(Random& random, SessionId session) {
  switch (random.below(4)) {
    case 0:
      return ~std::uint64_t{0} - random.below(3);
    case 1:
      return 1 + random.below(40);
    default:
      return (static_cast<std::uint64_t>(session) >> 16) + 1 + random.below(40);
  }
}

DataAck draw_ack(Random& random, std::uint64_t number) {
  constexpr DataOutcome kOutcomes[] = {DataOutcome::incomplete,     DataOutcome::delivered,
                                       DataOutcome::nobody_listens, DataOutcome::refused,
                                       DataOutcome::busy,           DataOutcome::malformed};
  return {number, kOutcomes[random.below(std::size(kOutcomes))], random.next()};
}

}  // namespace

void Insider::lie_in_messages() {
  if (silent_) return;
  const std::size_t to = message_random_.below(net_.size());
  if (!net_[to].running) return;
  switch (message_random_.below(5)) {
    case 0:
      return send_half_messages(to);
    case 1:
      return send_repeated(to);
    case 2:
      return acknowledge_others(to);
    case 3:
      return reply_unasked(to);
    default:
      return flood_with_messages(to);
  }
}

// Parts of one number that say different sizes.
void Insider::send_half_messages(std::size_t to) {
  const std::uint64_t number = draw_number(message_random_, session_);
  for (std::uint64_t i = 0, count = 1 + message_random_.below(20); i < count; ++i) {
    const std::uint64_t parts = 2 + message_random_.below(kDataPartsMax - 2);
    const Bytes part(kDataPartBytes, static_cast<std::uint8_t>(message_random_.next()));
    const std::uint64_t at = message_random_.below(parts);
    say(to, [&](CborWriter& out) { encode_data(out, {number, parts * part.size(), at, part}); });
  }
}

// A message that is right, twice, and then others under its number.
void Insider::send_repeated(std::size_t to) {
  const std::uint64_t number = draw_number(message_random_, session_);
  const Bytes right{0x84, 0x00, 0x61, 'a', 0x01, 0x00};
  Bytes other = right;
  std::uint8_t& altered = other[message_random_.below(other.size())];
  altered = static_cast<std::uint8_t>(altered ^ 1U << message_random_.below(8));
  for (const Bytes& message : {right, right, other}) {
    say(to, [&](CborWriter& out) { encode_data(out, {number, message.size(), 0, message}); });
  }
}

// Says what became of messages that went to others, or to nobody.
void Insider::acknowledge_others(std::size_t to) {
  const SessionId session = net_.node(to).self().session();
  say(to, [&](CborWriter& out) {
    for (int i = 0; i < 20; ++i) {
      encode_data_ack(out, draw_ack(message_random_, draw_number(message_random_, session)));
    }
  });
}

void Insider::reply_unasked(std::size_t to) {
  // A failure is a text. A number may stand for a version that is everywhere.
  const auto kind = message_random_.one_in(2) ? AppMessageKind::reply : AppMessageKind::failure;
  const bool is_number = kind == AppMessageKind::reply && message_random_.one_in(2);
  const Bytes payload = is_number ? Bytes{0x00} : Bytes{0x61, 'x'};
  // Some time after a question of this node to the insider there may be one to another.
  const std::uint64_t heard = heard_numbers_[to];
  const std::uint64_t ask = heard > 0 && message_random_.one_in(2)
                                ? heard + 1 + message_random_.below(4)
                                : draw_number(message_random_, net_.node(to).self().session());
  const auto reply = encode_app_message({kind, "light", payload, ask});
  const std::uint64_t number = draw_number(message_random_, session_);
  say(to, [&](CborWriter& out) { encode_data(out, {number, reply->size(), 0, *reply}); });
}

// As many as a frame holds, of what is no message most of the time.
void Insider::flood_with_messages(std::size_t to) {
  const std::uint64_t first = draw_number(message_random_, session_);
  const Bytes byte(1, static_cast<std::uint8_t>(message_random_.next()));
  say(to, [&](CborWriter& out) {
    for (std::uint64_t i = 0; i < 40; ++i) encode_data(out, {first / 2 + 1 + i, 1, 0, byte});
  });
}

// The truth, something else, or nothing.
void Insider::acknowledge(std::size_t to, std::uint64_t number) {
  if (message_random_.one_in(4)) return;
  const DataAck ack = message_random_.one_in(3) ? DataAck{number, DataOutcome::delivered, 1}
                                                : draw_ack(message_random_, number);
  say(to, [&](CborWriter& out) { encode_data_ack(out, ack); });
}

// With a value that is not what was asked for.
void Insider::answer_question(std::size_t to, const Data& data) {
  heard_numbers_[to] = data.number;
  const auto message = decode_app_message(data.bytes);
  const bool is_question = message && (message->kind == AppMessageKind::fetch ||
                                       message->kind == AppMessageKind::sample);
  if (!is_question) return;
  const Bytes payload{0x61, 'x'};
  const auto reply =
      encode_app_message({AppMessageKind::reply, message->name, payload, data.number});
  const std::uint64_t number = draw_number(message_random_, session_);
  if (!reply) return;
  say(to, [&](CborWriter& out) { encode_data(out, {number, reply->size(), 0, *reply}); });
}

}  // namespace dsn::sim
