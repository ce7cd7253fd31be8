// SPDX-License-Identifier: Apache-2.0
#include "core/join/group_opener.hpp"

#include "base/big_endian.hpp"

namespace dsn::core {

// protocol.md [tag-once]
bool GroupOpener::is_wanted(const Arrival& arrival, std::uint64_t tag, Instant now) {
  if (tags_.contains(tag, now)) {
    counters_.add(Counter::drop_replayed);
    return false;
  }
  const bool known = peers_.members().any_at(arrival.from) || discovery_.origin_of(arrival.from);
  if (strangers_.may_open(arrival, known, now)) return true;
  counters_.add(Counter::drop_flood);
  return false;
}

// protocol.md [drop-shape] [network-tag]
std::optional<GroupOpener::Opened> GroupOpener::open(const FrameHeader& header,
                                                     const Arrival& arrival, ByteView datagram,
                                                     Instant now) {
  if (!keys_.has_epoch(header.key_epoch)) {
    counters_.add(Counter::drop_key_epoch);
    return std::nullopt;
  }
  const auto tag = get_big_endian<std::uint64_t>(datagram.last(wire::kNetworkTagBytes));
  const KeyHandle key = keys_.find(header.key_epoch, datagram, tag);
  if (key == nullptr) {
    counters_.add(Counter::drop_foreign);
    return std::nullopt;
  }
  if (!is_wanted(arrival, tag, now)) return std::nullopt;
  const ByteView frame = datagram.first(datagram.size() - wire::kNetworkTagBytes);
  const auto plaintext =
      open_frame(crypto_, key->group(header.session()), header, frame, plaintext_);
  if (!plaintext) {
    counters_.add(Counter::drop_forged);
    return std::nullopt;
  }
  tags_.remember(tag, now);
  counters_.add(Counter::frames_in);
  counters_.add(Counter::bytes_in, datagram.size());
  return Opened{*plaintext, key};
}

}  // namespace dsn::core
