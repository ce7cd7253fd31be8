// SPDX-License-Identifier: Apache-2.0
#include "sim/later_version.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/big_endian.hpp"
#include "core/session/frame_codec.hpp"
#include "core/state/head.hpp"
#include "wire/messages.hpp"

namespace dsn::sim {

using namespace core;
using namespace wire;

namespace {

constexpr std::size_t kRememberedMax = 1024;
constexpr std::uint8_t kArray = 0x80;
constexpr std::uint8_t kMoreElement = 0x05;
constexpr std::uint8_t kNull = 0xf6;
constexpr std::array<std::uint8_t, 5> kUnknownMessage{0x83, 0x18, 0x28, 0x07,
                                                      0xf6};  // [40, 7, null]

std::uint64_t tag_of(ByteView sealed) {
  std::uint64_t tag = 0;
  std::memcpy(&tag, sealed.last(kAeadTagBytes).data(), sizeof tag);
  return tag;
}

/// What a message leaves out, behind so many elements.
struct Defaults {
  std::size_t before = 0;
  std::vector<std::uint8_t> omitted;
};

Defaults defaults_of(std::uint64_t type) {
  switch (static_cast<MessageType>(type)) {
    case MessageType::mail:
    case MessageType::delta:  // no flags, one step, nothing deleted, no incarnation, one part
      return {3, {0x00, 0x01, 0x80, kNull, 0x00, 0x01}};
    case MessageType::run:  // no roles, no program
      return {4, {0x00, 0x60}};
    case MessageType::bye:  // no silence
      return {2, {0x00}};
    case MessageType::rumours:  // no warnings
      return {4, {0x00}};
    default:
      return {};
  }
}

// What is left out has to be said if something follows.
void say_defaults(Bytes& message) {
  CborReader in(message);
  const MessageStart start = decode_message_start(in);
  if (!in.ok()) return;
  const Defaults defaults = defaults_of(start.type);
  for (std::size_t i = start.elements + 1 - defaults.before; i < defaults.omitted.size(); ++i) {
    ++message[0];
    message.push_back(defaults.omitted[i]);
  }
}

// Where a third node would be named, null says that none is.
std::size_t elements_before_origin(std::uint8_t type) {
  switch (static_cast<MessageType>(type)) {
    case MessageType::pull:
      return 2;
    case MessageType::want:
      return 3;
    case MessageType::chunk:
      return 4;
    case MessageType::manifest:
      return 5;
    default:
      return 0;
  }
}

void append_null_origin(Bytes& message) {
  if (message.size() < 2) return;
  const std::size_t before = elements_before_origin(message[1]);
  if (before == 0 || message[0] != kArray + 1 + before) return;
  ++message[0];
  message.push_back(kNull);
}

/// One element more, of a message or head: all of them have less than 23.
void append_element(Bytes& array) {
  if (array.empty() || array[0] >= kArray + 23) return;
  ++array[0];
  array.push_back(kMoreElement);
}

// A head says its key mark if something follows. Its array has 14 elements without, and 15 with it.
void append_key_mark(Bytes& head) {
  if (head.empty() || head[0] != kArray + 14) return;
  ++head[0];
  head.push_back(0);
}

bool is_bare_syn(ByteView plaintext) {
  CborReader in(plaintext);
  const MessageStart start = decode_message_start(in);
  if (start.type != static_cast<std::uint64_t>(MessageType::syn)) return false;
  const Syn syn = decode_syn(in, start);
  return syn.recents.count == 0 && in.at_end();
}

bool has_one_message(ByteView plaintext) {
  CborReader in(plaintext);
  skip_message(in, decode_message_start(in));
  return in.at_end();
}

std::optional<Bytes> extend_hello(CryptoPort& port, ByteView plaintext) {
  CborReader in(plaintext);
  const MessageStart message = decode_message_start(in);
  if (message.type > static_cast<std::uint64_t>(MessageType::welcome)) return std::nullopt;
  Hello hello = decode_hello(in, message);
  Bytes head(hello.head.head.begin(), hello.head.head.end());
  append_key_mark(head);
  append_element(head);
  Signature signature{};
  if (!in.at_end() || !sign_head(port, head, signature)) return std::nullopt;
  hello.head = {head, signature};
  Bytes text(kPlaintextBytesMax);
  CborWriter out(text);
  encode_hello(out, hello);
  if (!hello.echo) {  // as long as it was: two bytes are the padding's own, one is the element's
    const std::size_t padding = plaintext.size() - out.size() - 3;
    if (padding < 24 || padding > 255) return std::nullopt;
    out.rewind(0);
    encode_hello(out, hello, padding);
  }
  text.resize(out.size());
  append_element(text);
  return text;
}

// KNOCK and OWNHEAD are no larger than they may be, so they get one element.
std::optional<Bytes> extend_group(CryptoPort& port, ByteView plaintext) {
  CborReader in(plaintext);
  const MessageStart message = decode_message_start(in);
  if (message.type <= static_cast<std::uint64_t>(MessageType::welcome)) {
    return extend_hello(port, plaintext);
  }
  Bytes text(plaintext.begin(), plaintext.end());
  append_element(text);
  return text;
}

// What goes to an unproven address is a bare SYN, and must not have more bytes than came from
// there.
std::optional<Bytes> extend_pair(ByteView plaintext) {
  if (is_bare_syn(plaintext)) return std::nullopt;
  Bytes text(plaintext.begin(), plaintext.end());
  if (has_one_message(plaintext)) {
    say_defaults(text);
    append_null_origin(text);
    append_element(text);
  }
  const bool before = text.size() % 2 == 0;
  text.insert(before ? text.begin() : text.end(), kUnknownMessage.begin(), kUnknownMessage.end());
  return text;
}

}  // namespace

class LaterVersion::Port final : public CryptoDecorator {
 public:
  Port(std::unique_ptr<CryptoPort> port, LaterVersion& later)
      : CryptoDecorator(std::move(port)), later_(later) {}

  bool seal(const AeadKey& key, std::span<const std::uint8_t, kAeadNonceBytes> nonce,
            ByteView additional_data, ByteView plaintext, MutableBytes sealed) override {
    Sealed kept{&port(),
                key,
                {},
                Bytes(additional_data.begin(), additional_data.end()),
                Bytes(plaintext.begin(), plaintext.end())};
    std::ranges::copy(nonce, kept.nonce.begin());
    if (!CryptoDecorator::seal(key, nonce, additional_data, plaintext, sealed)) return false;
    if (later_.sealed_.size() >= kRememberedMax) later_.sealed_.clear();  // they were never sent
    later_.sealed_[tag_of(sealed)] = std::move(kept);
    return true;
  }

 private:
  LaterVersion& later_;
};

std::unique_ptr<CryptoPort> LaterVersion::speak(std::unique_ptr<CryptoPort> port) {
  return std::make_unique<Port>(std::move(port), *this);
}

Bytes LaterVersion::rewrite(ByteView datagram, const Keyring& keys) {
  Bytes unchanged(datagram.begin(), datagram.end());
  const bool group = datagram[0] >> 6 == 0;
  const ByteView frame = datagram.first(datagram.size() - (group ? kNetworkTagBytes : 0));
  const auto found = sealed_.find(tag_of(frame));
  if (found == sealed_.end()) return unchanged;
  const Sealed sealed = std::move(found->second);
  sealed_.erase(found);
  const std::optional<Bytes> text =
      group ? extend_group(*sealed.port, sealed.plaintext) : extend_pair(sealed.plaintext);
  const std::size_t larger_max = group ? kNetworkTagBytes : 0;
  if (!text || text->size() + larger_max > kPlaintextBytesMax) return unchanged;
  const std::size_t header_bytes = group ? kGroupHeaderBytes : kPairHeaderBytes;
  Bytes more(datagram.begin(), datagram.begin() + static_cast<std::ptrdiff_t>(header_bytes));
  more.resize(header_bytes + text->size() + kFrameTagBytes);
  const MutableBytes body = MutableBytes(more).subspan(header_bytes);
  if (!sealed.port->seal(sealed.key, sealed.nonce, sealed.additional_data, *text, body)) {
    return unchanged;
  }
  if (!group) return more;
  const auto tag = get_big_endian<std::uint64_t>(datagram.last(kNetworkTagBytes));
  const KeyHandle key = keys.find(datagram[0] & 0x3f, datagram, tag);
  if (key == nullptr) return unchanged;  // it was dropped from the ring since
  more.resize(more.size() + kNetworkTagBytes);
  put_big_endian(MutableBytes(more).last(kNetworkTagBytes), key->tag_of(more));
  return more;
}

}  // namespace dsn::sim
