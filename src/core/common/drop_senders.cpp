// SPDX-License-Identifier: Apache-2.0
#include "core/common/drop_senders.hpp"

namespace dsn::core {

void DropSenders::note(Counter cause, const Endpoint& from, std::uint8_t first_byte, Instant now) {
  DropSender* oldest = nullptr;
  std::size_t of_cause = 0;
  for (DropSender& sender : senders_) {
    if (sender.cause != cause) continue;
    if (sender.from == from) {
      ++sender.count;
      sender.last = now;
      sender.first_byte = first_byte;
      return;
    }
    ++of_cause;
    if (oldest == nullptr || sender.last < oldest->last) oldest = &sender;
  }
  if (of_cause < kPerCause) oldest = &senders_.emplace_back();
  *oldest = {cause, from, 1, now, now, first_byte};
}

}  // namespace dsn::core
