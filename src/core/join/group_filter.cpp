// SPDX-License-Identifier: Apache-2.0
#include "core/join/group_filter.hpp"

#include "base/big_endian.hpp"
#include "core/common/injected_bugs.hpp"

namespace dsn::core {

// protocol.md [network-tag] [tag-once]
bool GroupFilter::is_wanted(const Arrival& arrival, ByteView datagram, std::uint64_t tag,
                            Instant now) {
  if (tag != keys_.tag_of(datagram) && !has_bug(InjectedBug::tag_unchecked)) {
    counters_.add(Counter::drop_foreign);
    return false;
  }
  if (tags_.contains(tag, now)) {
    counters_.add(Counter::drop_replayed);
    return false;
  }
  const bool known = peers_.members().any_at(arrival.from) || discovery_.origin_of(arrival.from);
  if (strangers_.may_open(arrival, known, now)) return true;
  counters_.add(Counter::drop_flood);
  return false;
}

std::optional<ByteView> GroupFilter::open(const FrameHeader& header, const Arrival& arrival,
                                          ByteView datagram, Instant now) {
  const auto tag = get_big_endian<std::uint64_t>(datagram.last(wire::kNetworkTagBytes));
  if (!is_wanted(arrival, datagram, tag, now)) return std::nullopt;
  const ByteView frame = datagram.first(datagram.size() - wire::kNetworkTagBytes);
  const auto plaintext =
      open_frame(crypto_, keys_.group(header.session()), header, frame, plaintext_);
  if (!plaintext) {
    counters_.add(Counter::drop_forged);
    return std::nullopt;
  }
  tags_.remember(tag, now);
  counters_.add(Counter::frames_in);
  counters_.add(Counter::bytes_in, datagram.size());
  return plaintext;
}

}  // namespace dsn::core
