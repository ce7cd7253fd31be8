// SPDX-License-Identifier: Apache-2.0
#include "message_json.hpp"

#include <string>

#include "wire/wire_limits.hpp"

namespace dsn::vectors {

using namespace core;
using namespace wire;

namespace {

using nlohmann::json;

json describe(const SignedHead& head) {
  return {{"head", to_hex(head.head)}, {"signature", to_hex(head.signature)}};
}

json describe(const Hello& hello) {
  json fields = describe(hello.head);
  fields["public_key"] = to_hex(hello.public_key);
  fields["member_sum"] = hello.member_sum;
  fields["members"] = hello.member_count;
  if (hello.echo) fields["echo"] = *hello.echo;
  return fields;
}

json describe(const Knock& knock) {
  return {{"public_key", to_hex(knock.public_key)},
          {"echo", knock.echo},
          {"frame", to_hex(knock.frame)}};
}

json describe(std::string_view key, const Entry& entry) {
  json described = {key,        entry.version,       entry.sampled_ms, entry.max_age_ms,
                    entry.unit, to_hex(entry.value), entry.error};
  if (!entry.absent && entry.device_class.empty() && !entry.precision && entry.interval_ms == 0) {
    return described;
  }
  json more = {
      {"absent", nullptr}, {"class", nullptr}, {"precision", nullptr}, {"interval", nullptr}};
  if (entry.absent) {
    more["absent"] = {entry.absent->size, to_hex(entry.absent->hash), entry.absent->is_expired};
  }
  if (!entry.device_class.empty()) more["class"] = entry.device_class;
  if (entry.precision) more["precision"] = *entry.precision;
  if (entry.interval_ms != 0) more["interval"] = entry.interval_ms;
  described.push_back(more);
  return described;
}

json describe_changes(const ChangeMap& changes) {
  json list = json::array();
  CborReader in(changes.encoded);
  for (std::size_t i = 0; i < changes.count; ++i) {
    const KeyedChange next = next_change(in);
    if (next.shortened) {
      list.push_back(
          {next.key, next.shortened->age_ms, to_hex(next.shortened->value), next.shortened->back});
    } else {
      CborReader entry(next.encoded_entry);
      list.push_back(describe(next.key, decode_entry(entry)));
    }
  }
  return list;
}

json describe(const Update& update) {
  json deleted = json::array();
  CborReader keys(update.deleted.encoded);
  for (std::size_t i = 0; i < update.deleted.count; ++i) deleted.push_back(keys.text());
  return {{"incarnation", update.incarnation == 0 ? json() : json(update.incarnation)},
          {"steps", update.to - update.from},
          {"part", update.part},
          {"parts", update.parts},
          {"to", update.to},
          {"flags", update.flags},
          {"entries", describe_changes(update.entries)},
          {"deleted", deleted}};
}

json describe(const StateVersion& version) {
  return {{"incarnation", version.incarnation}, {"version", version.version}};
}

json describe(const Run& run) {
  json fields = describe(run.version);
  fields["name"] = run.name;
  fields["roles"] = run.roles;
  fields["program"] = run.program;
  return fields;
}

// Only messages about a third node name it.
json& add_origin(json& fields, const RelayedOrigin& origin) {
  if (origin) fields["origin"] = origin->hex();
  return fields;
}

json describe(const Snapshot& snapshot) {
  json fields = describe(snapshot.version);
  fields["entries"] = describe_entries(snapshot.entries);
  return fields;
}

json describe(const Manifest& manifest) {
  json fields = describe(manifest.version);
  fields["clock"] = manifest.clock_ms;
  fields["size"] = manifest.size;
  fields["hashes"] = to_hex(manifest.chunk_hashes);
  return add_origin(fields, manifest.origin);
}

json describe(const Pull& pull) {
  json fields = describe(pull.have);
  return add_origin(fields, pull.origin);
}

json describe(const Want& want) {
  json fields = describe(want.version);
  fields["indexes"] = json::array();
  for (std::size_t i = 0; i < want.count; ++i) fields["indexes"].push_back(want.indexes[i]);
  return add_origin(fields, want.origin);
}

json describe(const Chunk& chunk) {
  json fields = describe(chunk.version);
  fields["index"] = chunk.index;
  fields["bytes"] = to_hex(chunk.bytes);
  return add_origin(fields, chunk.origin);
}

json describe(const DigestItems& items) {
  json list = json::array();
  CborReader in(items.encoded);
  for (std::size_t i = 0; i < items.count; ++i) {
    const DigestItem item = decode_item(in);
    list.push_back(
        {item.origin_prefix, item.version.incarnation, item.version.version, item.fingerprint});
  }
  return list;
}

json describe(const Syn& syn) {
  return {{"token", syn.token},
          {"state_sum", syn.state_sum},
          {"items", describe(syn.recents)},
          {"sent", syn.sent}};
}

json describe(const Ack& ack) {
  return {{"token", ack.token},
          {"items", describe(ack.newer)},
          {"buckets", to_hex(ack.buckets)},
          {"sent", ack.sent}};
}

json describe(const List& list) {
  return {{"token", list.token},
          {"answer", list.answer},
          {"mask", list.bucket_mask},
          {"items", describe(list.items)}};
}

json describe(const Who& who) {
  json prefixes = json::array();
  for (std::size_t i = 0; i < who.count; ++i) prefixes.push_back(who.prefixes[i]);
  return {{"prefixes", prefixes}};
}

json describe(const PeerAddresses& peers) {
  json addresses = json::array();
  CborReader in(peers.encoded);
  for (std::size_t i = 0; i < peers.count; ++i) {
    const PeerAddress peer = decode_peer_address(in);
    addresses.push_back({peer.id.hex(), to_hex(peer.endpoint.address_bytes()), peer.endpoint.port});
  }
  return {{"addresses", addresses}};
}

json describe(const Rumours& rumours) {
  return {{"own_index", rumours.own.index},
          {"own_element", to_hex(rumours.own.element)},
          {"others", to_hex(rumours.others)},
          {"warnings", rumours.warnings}};
}

json describe(const Origin& origin) {
  json fields = describe(origin.head);
  fields["public_key"] = to_hex(origin.public_key);
  fields["beat_index"] = origin.beat.index;
  fields["beat_element"] = to_hex(origin.beat.element);
  return fields;
}

json describe(const KeyMessage& message) {
  return {{"statement", to_hex(message.statement)},
          {"signature", to_hex(message.signature)},
          {"authority", to_hex(message.authority)},
          {"key", to_hex(message.key)}};
}

json describe(const Data& data) {
  return {{"number", data.number},
          {"size", data.size},
          {"part", data.part},
          {"bytes", to_hex(data.bytes)}};
}

json describe(const DataAck& ack) {
  return {{"number", ack.number},
          {"outcome", static_cast<unsigned>(ack.outcome)},
          {"detail", ack.detail}};
}

template <typename Message, typename Encode>
std::optional<Described> both(const CborReader& in, const MessageStart& head,
                              const Message& message, Encode encode) {
  if (!in.ok()) return std::nullopt;
  Described described{describe(message), Bytes(4 * kDatagramBytesMax)};
  described.fields["type"] = head.type;
  CborWriter out(described.again);
  encode(out, message);
  if (!out.ok()) return std::nullopt;
  described.again.resize(out.size());
  return described;
}

std::optional<Described> describe_state(CborReader& in, const MessageStart& head) {
  switch (static_cast<MessageType>(head.type)) {
    case MessageType::snapshot:
      return both(in, head, decode_snapshot(in, head), encode_snapshot);
    case MessageType::manifest:
      return both(in, head, decode_manifest(in, head), encode_manifest);
    case MessageType::pull:
      return both(in, head, decode_pull(in, head), encode_pull);
    case MessageType::want:
      return both(in, head, decode_want(in, head), encode_want);
    case MessageType::chunk:
      return both(in, head, decode_chunk(in, head), encode_chunk);
    default: {  // MAIL and DELTA
      const auto type = static_cast<MessageType>(head.type);
      return both(in, head, decode_update(in, head), [type](CborWriter& out, const Update& update) {
        encode_update(out, type, update);
      });
    }
  }
}

std::optional<Described> describe_bye(CborReader& in, const MessageStart& head) {
  const Bye bye = decode_bye(in, head);
  if (!in.ok()) return std::nullopt;
  Described described{{{"type", head.type},
                       {"reason", static_cast<unsigned>(bye.reason)},
                       {"silence", bye.silence_ms}},
                      Bytes(16)};
  CborWriter out(described.again);
  encode_bye(out, bye);
  described.again.resize(out.size());
  return described;
}

}  // namespace

json describe_entries(const EntryMap& entries) {
  json list = json::array();
  CborReader in(entries.encoded);
  for (std::size_t i = 0; i < entries.count; ++i) {
    const KeyedEntry next = next_entry(in);
    list.push_back(describe(next.key, next.entry));
  }
  return list;
}

json describe_head(const Head& head) {
  json fields = {{"format", 1},
                 {"network", to_hex(head.network.bytes)},
                 {"id", head.id.hex()},
                 {"name", head.name},
                 {"incarnation", head.version.incarnation},
                 {"version", head.version.version},
                 {"root", to_hex(head.root)},
                 {"keys", head.key_count},
                 {"size", head.state_bytes},
                 {"sid", static_cast<std::uint64_t>(head.session)},
                 {"clock", head.clock_ms},
                 {"anchor_index", head.anchor.index},
                 {"anchor_element", to_hex(head.anchor.element)},
                 {"flags", head.flags}};
  if (head.key_mark != KeyMark::none) {
    fields["key_mark"] = static_cast<std::uint64_t>(head.key_mark);
  }
  return fields;
}

std::optional<Described> describe_app_message(ByteView encoded) {
  const auto message = decode_app_message(encoded);
  if (!message) return std::nullopt;
  json fields = {{"kind", static_cast<unsigned>(message->kind)},
                 {"name", message->name},
                 {"payload", to_hex(message->payload)},
                 {"answers", message->answers}};
  auto again = encode_app_message(*message);
  if (!again) return std::nullopt;
  return Described{std::move(fields), std::move(*again)};
}

std::optional<Described> describe_next(CborReader& in) {
  const MessageStart head = decode_message_start(in);
  if (!in.ok()) return std::nullopt;
  switch (static_cast<MessageType>(head.type)) {
    case MessageType::hello:
    case MessageType::welcome:
      return both(in, head, decode_hello(in, head),
                  [](CborWriter& out, const Hello& hello) { encode_hello(out, hello); });
    case MessageType::knock:
      return both(in, head, decode_knock(in, head), encode_knock);
    case MessageType::run:
      return both(in, head, decode_run(in, head), encode_run);
    case MessageType::syn:
      return both(in, head, decode_syn(in, head), encode_syn);
    case MessageType::ack:
      return both(in, head, decode_ack(in, head), encode_ack);
    case MessageType::list:
      return both(in, head, decode_list(in, head), encode_list);
    case MessageType::mail:
    case MessageType::delta:
    case MessageType::snapshot:
    case MessageType::manifest:
    case MessageType::pull:
    case MessageType::want:
    case MessageType::chunk:
      return describe_state(in, head);
    case MessageType::own_head:
      return both(in, head, decode_own_head(in, head), encode_own_head);
    case MessageType::rumours:
      return both(in, head, decode_rumours(in, head), encode_rumours);
    case MessageType::late:
      return both(in, head, decode_late(in, head), encode_late);
    case MessageType::head:
      return both(in, head, decode_head_message(in, head), encode_head_message);
    case MessageType::origin:
      return both(in, head, decode_origin(in, head), encode_origin);
    case MessageType::key:
      return both(in, head, decode_key(in, head), encode_key);
    case MessageType::who:
      return both(in, head, decode_who(in, head), encode_who);
    case MessageType::peers: {
      return both(in, head, decode_peers(in, head), encode_peers);
    }
    case MessageType::data:
      return both(in, head, decode_data(in, head), encode_data);
    case MessageType::data_ack:
      return both(in, head, decode_data_ack(in, head), encode_data_ack);
    case MessageType::bye:
      return describe_bye(in, head);
  }
  skip_message(in, head);
  if (!in.ok()) return std::nullopt;
  return Described{{{"type", head.type}}, {}};
}

}  // namespace dsn::vectors
