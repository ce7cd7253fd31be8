// SPDX-License-Identifier: Apache-2.0
// Which of the counters tell of trouble that its sender has.
#pragma once

#include <bit>
#include <cstdint>

#include "base/bytes.hpp"
#include "core/common/counters.hpp"
#include "core/common/drop_senders.hpp"

namespace dsn::core {

// The counters whose causes an operator finds at the sender.
inline constexpr std::uint64_t kSendersFaults =
    Counters::bit(Counter::drop_not_ours) | Counters::bit(Counter::drop_key_epoch) |
    Counters::bit(Counter::drop_old_key) | Counters::bit(Counter::drop_out) |
    Counters::bit(Counter::drop_bad_key) | Counters::bit(Counter::drop_foreign) |
    Counters::bit(Counter::drop_forged) | Counters::bit(Counter::drop_flood) |
    Counters::bit(Counter::drop_malformed) | Counters::bit(Counter::drop_table_full) |
    Counters::bit(Counter::drop_state_limit) | Counters::bit(Counter::drop_bad_identity) |
    Counters::bit(Counter::drop_answer_limit);

/// Notes the sender of a datagram for each counter of its faults among those that it changed.
inline void note_faults(std::uint64_t changed, const Endpoint& from, ByteView datagram, Instant now,
                        DropSenders& senders) {
  const std::uint8_t first_byte = datagram.empty() ? 0 : datagram[0];
  for (std::uint64_t left = changed & kSendersFaults; left != 0; left &= left - 1) {
    senders.note(static_cast<Counter>(std::countr_zero(left)), from, first_byte, now);
  }
}

}  // namespace dsn::core
