// SPDX-License-Identifier: Apache-2.0
// What is no message, a reason each.
#include <gtest/gtest.h>

#include "message_samples.hpp"

namespace dsn::test {

using namespace wire;

namespace {

struct Wrong {
  const char* message;
  const char* reason;
  Write write;
};

Update update_with(const std::function<void(Update&)>& change) {
  Update update = kUpdate;
  change(update);
  return update;
}

Write mail(const std::function<void(Update&)>& change) {
  return [=](CborWriter& out) { encode_update(out, MessageType::mail, update_with(change)); };
}

Bytes pair_of(std::string_view key, const Entry& entry) {
  return encode([&](CborWriter& out) { out.text(key), encode_entry(out, entry); });
}

Write raw_mail(const std::function<void(CborWriter&)>& write) { return write; }

void short_mail(CborWriter& out, std::size_t elements) {
  out.array(3), out.uint(3), out.uint(9), out.map(1), out.text("a"), out.array(elements);
  for (std::size_t i = 0; i < elements; ++i) out.uint(0);
}

Bytes short_pair(std::uint64_t age_ms) {
  const Value value;
  return encode([&](CborWriter& out) {
    out.text("a"), encode_short_entry(out, {age_ms, value.cbor(), 0});
  });
}

Write snapshot_of(const Bytes& pair) {
  return [pair](CborWriter& out) { encode_snapshot(out, {{1, 1}, {1, pair}}); };
}

Write hello_with(const std::function<void(Hello&)>& change) {
  return [=](CborWriter& out) {
    Hello hello = some_hello(false);
    change(hello);
    encode_hello(out, hello);
  };
}

const Value kNull;
const Bytes kShort = short_pair(0);
const Bytes kTooOld = short_pair(kSessionClockMsMax + 1);
const Bytes kLongText(kErrorBytesMax + 1, 'x');

const Bytes kDoubled = encode([](CborWriter& out) { out.text("c"), out.text("c"); });
const Bytes kDescending = encode([](CborWriter& out) { out.text("door"), out.text("c"); });
const Bytes kLongHead = counting(kHeadBytesMax + 1);
const Bytes kThreeBytes = counting(3);
const Bytes kLongChunk = counting(kChunkBytes + 1);
const Bytes kHalfARumour = counting(kRumourBytes + 1);
const Bytes kTooManyRumours((kRumoursPerMessageMax + 1) * kRumourBytes);

const Wrong kWrong[] = {
    {"HELLO", "a head too long", hello_with([](Hello& h) { h.head.head = kLongHead; })},
    {"HELLO", "a short signature", hello_with([](Hello& h) { h.head.signature = kThreeBytes; })},
    {"HELLO", "a short key", hello_with([](Hello& h) { h.public_key = kThreeBytes; })},
    {"MAIL", "an incarnation of zero", raw_mail([](CborWriter& out) {
       out.array(7), out.uint(3), out.uint(9), out.map(0), out.uint(0), out.uint(1), out.array(0);
       out.uint(0);
     })},
    {"MAIL", "more steps than versions", raw_mail([](CborWriter& out) {
       out.array(5), out.uint(3), out.uint(9), out.map(0), out.uint(0), out.uint(10);
     })},
    {"MAIL", "version zero after a change",
     raw_mail([](CborWriter& out) { out.array(3), out.uint(3), out.uint(0), out.map(0); })},
    {"MAIL", "a short entry of one element", raw_mail([](CborWriter& out) { short_mail(out, 1); })},
    {"MAIL", "an entry of four elements", raw_mail([](CborWriter& out) { short_mail(out, 4); })},
    {"MAIL", "an age beyond all time", mail([](Update& u) {
       u.entries = {1, kTooOld};
     })},
    {"SNAPSHOT", "a short entry", snapshot_of(kShort)},
    {"MAIL", "an update that goes back", mail([](Update& u) { u.from = 10; })},
    {"MAIL", "a deletion twice", mail([](Update& u) {
       u.deleted = {2, kDoubled};
     })},
    {"MAIL", "deletions out of order", mail([](Update& u) {
       u.deleted = {2, kDescending};
     })},
    {"SNAPSHOT", "an incarnation of zero",
     [](CborWriter& out) {
       encode_snapshot(out, {{0, 1}, {}});
     }},
    {"SNAPSHOT", "a key that is none", snapshot_of(pair_of("door/", {.value = kNull.cbor()}))},
    {"SNAPSHOT", "a unit too long",
     snapshot_of(pair_of("a", {.unit = "seventeen letters", .value = kNull.cbor()}))},
    {"SNAPSHOT", "an error too long",
     snapshot_of(pair_of("a", {.value = kNull.cbor(), .error = as_text(kLongText)}))},
    {"SNAPSHOT", "a sample beyond all time",
     snapshot_of(pair_of("a", {.sampled_ms = kSessionClockMsMax + 1, .value = kNull.cbor()}))},
    {"SNAPSHOT", "a key twice",
     [](CborWriter& out) {
       Bytes twice = pair_of("a", {.value = kNull.cbor()});
       const Bytes once = twice;
       twice.insert(twice.end(), once.begin(), once.end());
       encode_snapshot(out, {{1, 1}, {2, twice}});
     }},
    {"MANIFEST", "an incarnation of zero",
     [](CborWriter& out) {
       encode_manifest(out, {{0, 5}, 6, 1025, kHashes});
     }},
    {"MANIFEST", "nothing in it",
     [](CborWriter& out) {
       encode_manifest(out, {{1, 5}, 6, 0, {}});
     }},
    {"MANIFEST", "more than a state may have",
     [](CborWriter& out) {
       encode_manifest(out, {{1, 5}, 6, kStateBytesMax + 1, kHashes});
     }},
    {"MANIFEST", "a hash too few",
     [](CborWriter& out) {
       encode_manifest(out, {{1, 5}, 6, 2049, kHashes});
     }},
    {"MANIFEST", "a hash too many",
     [](CborWriter& out) {
       encode_manifest(out, {{1, 5}, 6, 1024, kHashes});
     }},
    {"WANT", "an index beyond any state",
     [](CborWriter& out) {
       encode_want(out, {{1, 5}, {64}, 1});
     }},
    {"WANT", "more than sixteen",
     [](CborWriter& out) {
       out.array(4);
       out.uint(11), out.uint(1), out.uint(5);
       out.array(17);
       for (std::uint64_t i = 0; i < 17; ++i) out.uint(i);
     }},
    {"CHUNK", "an index beyond any state",
     [](CborWriter& out) {
       encode_chunk(out, {{1, 5}, kChunksMax, kHashes});
     }},
    {"CHUNK", "more than a chunk",
     [](CborWriter& out) {
       encode_chunk(out, {{1, 5}, 0, kLongChunk});
     }},
    {"ACK", "half of the sums",
     [](CborWriter& out) {
       encode_ack(out, {1, {}, kHashes, 0});
     }},
    {"OWNHEAD", "a head too long",
     [](CborWriter& out) {
       encode_own_head(out, {kLongHead, kSignature});
     }},
    {"WHO", "more than sixteen",
     [](CborWriter& out) {
       out.array(2);
       out.uint(16);
       out.array(17);
       for (std::uint64_t i = 0; i < 17; ++i) out.uint(i);
     }},
    {"PEERS", "an address of neither family",
     [](CborWriter& out) {
       out.array(2);
       out.uint(17);
       out.array(1);
       out.array(3);
       out.bytes(counting(16)), out.bytes(counting(5)), out.uint(1);
     }},
    {"PEERS", "a port beyond the last",
     [](CborWriter& out) {
       out.array(2);
       out.uint(17);
       out.array(1);
       out.array(3);
       out.bytes(counting(16)), out.bytes(counting(4)), out.uint(65536);
     }},
    {"RUMOURS", "half a rumour",
     [](CborWriter& out) {
       encode_rumours(out, {kBeat, kHalfARumour});
     }},
    {"RUMOURS", "more than sixty-four",
     [](CborWriter& out) {
       encode_rumours(out, {kBeat, kTooManyRumours});
     }},
    {"HEAD", "a head too long",
     [](CborWriter& out) {
       encode_head_message(out, {kLongHead, kSignature});
     }},
    {"ORIGIN", "a short key",
     [](CborWriter& out) {
       encode_origin(out, {{kHead, kSignature}, kThreeBytes, kBeat});
     }},
    {"DATA", "number zero",
     [](CborWriter& out) {
       encode_data(out, {0, 3, 0, kThreeBytes});
     }},
    {"DATA", "nothing in it",
     [](CborWriter& out) {
       encode_data(out, {1, 0, 0, {}});
     }},
    {"DATA", "more than a message may have",
     [](CborWriter& out) {
       encode_data(out, {1, kAppMessageBytesMax + 1, 0, kPart});
     }},
    {"DATA", "a part beyond the end",
     [](CborWriter& out) {
       encode_data(out, {1, 3, 1, kThreeBytes});
     }},
    {"DATA", "a part that no message has",
     [](CborWriter& out) {
       encode_data(out, {1, kAppMessageBytesMax, kDataPartsMax, kPart});
     }},
    {"DATA", "a part that is too short",
     [](CborWriter& out) {
       encode_data(out, {1, kDataPartBytes + 1, 0, kThreeBytes});
     }},
    {"DATA", "a last part that is too long",
     [](CborWriter& out) {
       encode_data(out, {1, kDataPartBytes + 1, 1, kThreeBytes});
     }},
    {"DATA_ACK", "number zero",
     [](CborWriter& out) {
       encode_data_ack(out, {0, DataOutcome::delivered, 1});
     }},
    {"DATA_ACK", "an outcome that is no number",
     [](CborWriter& out) {
       out.array(4);
       out.uint(21), out.uint(1), out.text("x"), out.uint(1);
     }},
    {"PULL of a third node", "an origin of three bytes",
     [](CborWriter& out) {
       out.array(4);
       out.uint(7), out.uint(1), out.uint(1), out.bytes(kThreeBytes);
     }},
    {"BYE", "a reason that is no number",
     [](CborWriter& out) { out.array(2), out.uint(22), out.text("x"); }},
};

TEST(MalformedMessages, AreRefusedForEachReason) {
  for (const Wrong& wrong : kWrong) {
    EXPECT_FALSE(read(sample_of(wrong.message), encode(wrong.write)))
        << wrong.message << ": " << wrong.reason;
  }
}

}  // namespace
}  // namespace dsn::test
