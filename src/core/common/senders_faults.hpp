// SPDX-License-Identifier: Apache-2.0
// Which of the counters tell of trouble that its sender has.
#pragma once

#include <cstdint>

#include "core/common/counters.hpp"

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

}  // namespace dsn::core
