// SPDX-License-Identifier: Apache-2.0
#include "wire/app_message.hpp"

#include "base/message_name.hpp"
#include "wire/cbor_reader.hpp"
#include "wire/cbor_writer.hpp"

namespace dsn::wire {
namespace {

constexpr std::size_t kElements = 4;
/// What a later version may append to each of its elements.
constexpr std::size_t kLaterDepthMax = 4;

bool is_answer(const AppMessage& message) {
  return message.kind == AppMessageKind::reply || message.kind == AppMessageKind::failure;
}

bool is_text(ByteView item) {
  CborReader in(item);
  in.text();
  return in.at_end();
}

// What a single element cannot tell.
bool is_consistent(const AppMessage& message) {
  if (!is_message_name(message.name) || message.payload.size() > kAppPayloadBytesMax) return false;
  if (is_answer(message) != (message.answers != 0)) return false;
  return message.kind != AppMessageKind::failure || is_text(message.payload);
}

}  // namespace

// protocol.md [app-message]
std::optional<Bytes> encode_app_message(const AppMessage& message) {
  if (!is_consistent(message) || !is_deterministic_item(message.payload, kValueDepthMax)) {
    return std::nullopt;
  }
  Bytes encoded(kAppMessageBytesMax);
  CborWriter out(encoded);
  out.array(kElements);
  out.uint(static_cast<std::uint64_t>(message.kind));
  out.text(message.name);
  out.raw(message.payload);
  out.uint(message.answers);
  encoded.resize(out.size());
  return encoded;
}

std::optional<AppMessage> decode_app_message(ByteView encoded) {
  CborReader in(encoded);
  const std::size_t elements = in.array();
  if (elements < kElements) return std::nullopt;
  AppMessage message;
  message.kind = static_cast<AppMessageKind>(
      in.uint_at_most(static_cast<std::uint64_t>(AppMessageKind::sample)));
  message.name = in.text();
  message.payload = in.item(kValueDepthMax);
  message.answers = in.uint();
  for (std::size_t i = kElements; i < elements && in.ok(); ++i) in.item(kLaterDepthMax);
  if (!in.at_end() || !is_consistent(message)) return std::nullopt;
  return message;
}

}  // namespace dsn::wire
