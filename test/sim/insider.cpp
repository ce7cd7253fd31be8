// SPDX-License-Identifier: Apache-2.0
#include "sim/insider.hpp"

#include <utility>

namespace dsn::sim {

using namespace core;
using namespace wire;

namespace {

constexpr std::uint64_t kSeed = 0x1d51'de00;
constexpr std::size_t kKeptMax = 40;
constexpr Duration kDelay = 1ms;

template <typename T>
void keep(std::vector<T>& kept, T one, Random& random) {
  if (kept.size() < kKeptMax) {
    kept.push_back(std::move(one));
  } else {
    kept[random.below(kKeptMax)] = std::move(one);
  }
}

}  // namespace

Insider::Insider(test::VirtualNetwork& net, std::uint64_t seed, MakeCrypto make_crypto)
    : net_(net),
      seed_(kSeed + (seed & 0xff)),
      make_crypto_(std::move(make_crypto)),
      random_(seed ^ 0x696e'7369'6465'7200),
      victims_(seed ^ 0x7669'6374'696d'7300),
      message_random_(random_) {
  id_ = puppet(0)->id;
  endpoint_ = puppet(0)->endpoint;
  net_.filter = [this, next = net_.filter](std::size_t from, const Endpoint& to, ByteView bytes) {
    if (!silent_) hear(from, to, bytes);
    return next(from, to, bytes);
  };
}

test::Puppet* Insider::puppet(std::size_t to) {
  if (!net_[to].running) return nullptr;
  if (strings_.size() < net_.size()) strings_.resize(net_.size());
  String& string = strings_[to];
  if (!string.puppet || string.key_seed != net_[to].key_seed) {
    string.key_seed = net_[to].key_seed;
    string.puppet = std::make_unique<test::Puppet>(net_, to, seed_, make_crypto_(seed_));
    if (session_ == SessionId{}) session_ = string.puppet->session;
  }
  string.puppet->session = session_;
  return string.puppet.get();
}

void Insider::post(std::size_t to, ByteView datagram, bool multicast) {
  if (sending) sending(datagram);
  net_.post(to, endpoint_, datagram, multicast, kDelay);
}

void Insider::say(std::size_t to, const Write& write) {
  test::Puppet* string = puppet(to);
  std::array<std::uint8_t, kPlaintextBytesMax> text;
  CborWriter out(text);
  write(out);
  if (string != nullptr && out.ok()) post(to, string->pair(out.written()));
}

void Insider::hear(std::size_t from, const Endpoint& to, ByteView bytes) {
  const std::optional<FrameHeader> header = decode_frame_header(bytes);
  if (!header) return;
  keep(recorded_, Bytes(bytes.begin(), bytes.end()), random_);
  const bool group = header->frame_class == FrameClass::group;
  if (!group && to != endpoint_) return;
  test::Puppet* string = puppet(from);
  const std::optional<Bytes> text = string != nullptr ? string->open(bytes) : std::nullopt;
  if (!text) return;
  if (group) learn(*header, *text);
  if (to == endpoint_) answer(from, *text);
}

void Insider::learn(const FrameHeader& header, ByteView plaintext) {
  CborReader in(plaintext);
  const MessageStart head = decode_message_start(in);
  if (head.type > static_cast<std::uint64_t>(MessageType::welcome)) return;
  const Hello hello = decode_hello(in, head);
  if (!in.at_end()) return;
  const auto copy = [](ByteView view) { return Bytes(view.begin(), view.end()); };
  keep(
      introductions_,
      {header.session(), copy(hello.head.head), copy(hello.head.signature), copy(hello.public_key)},
      random_);
}

void Insider::answer(std::size_t to, ByteView plaintext) {
  CborReader in(plaintext);
  while (in.ok() && !in.at_end()) {
    const MessageStart head = decode_message_start(in);
    if (in.ok()) answer_one(to, head, in);
  }
}

void Insider::answer_one(std::size_t to, const MessageStart& head, CborReader& in) {
  switch (static_cast<MessageType>(head.type)) {
    case MessageType::welcome:
      skip_message(in, head);
      post(to, puppet(to)->knock(), false);
      return speak_of_itself(to, MessageType::mail);
    case MessageType::knock:
      skip_message(in, head);
      return say(to, [&](CborWriter& out) {
        encode_run(out, {{incarnation_, version_}, puppet(to)->name});
      });
    case MessageType::syn: {
      Ack ack{decode_syn(in, head).token, {}, {}};
      const Bytes items = draw_items(ack.newer.count);
      ack.newer.encoded = items;
      Bytes buckets(random_.one_in(2) ? 512 : 0);
      for (std::uint8_t& byte : buckets) byte = static_cast<std::uint8_t>(random_.next());
      ack.buckets = buckets;
      return say(to, [&](CborWriter& out) { encode_ack(out, ack); });
    }
    case MessageType::rumours:
      return keep_beats(to, decode_rumours(in, head));
    case MessageType::list: {
      List list = decode_list(in, head);
      if (list.answer) return;
      list.answer = true;
      const Bytes items = draw_items(list.items.count);
      list.items.encoded = items;
      return say(to, [&](CborWriter& out) { encode_list(out, list); });
    }
    case MessageType::pull: {
      const Pull pull = decode_pull(in, head);
      if (pull.origin) return answer_as_relay(to, *pull.origin);
      constexpr MessageType kAnswers[] = {MessageType::delta, MessageType::snapshot,
                                          MessageType::manifest};
      return speak_of_itself(to, kAnswers[random_.below(3)]);
    }
    case MessageType::want: {
      const Want want = decode_want(in, head);
      if (want.origin) return send_chunks(to, want);
      return speak_of_itself(to, MessageType::chunk);
    }
    case MessageType::data: {
      const Data data = decode_data(in, head);
      acknowledge(to, data.number);
      return answer_question(to, data);
    }
    case MessageType::who:
      skip_message(in, head);
      return send_addresses(to);
    default:
      return skip_message(in, head);
  }
}

void Insider::keep_beats(std::size_t from, const Rumours& rumours) {
  constexpr std::size_t kBeatsMax = 4096;
  if (beats_.size() >= kBeatsMax) return;
  const std::uint64_t prefix = net_.node(from).self().id().prefix();
  beats_.push_back({static_cast<std::uint32_t>(prefix >> 40),
                    static_cast<std::uint16_t>(rumours.own.index), rumours.own.element});
}

}  // namespace dsn::sim
