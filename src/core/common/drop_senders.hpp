// SPDX-License-Identifier: Apache-2.0
// From where the datagrams came that were dropped.
#pragma once

#include <cstdint>
#include <vector>

#include "base/endpoint.hpp"
#include "base/time.hpp"
#include "core/common/counters.hpp"

namespace dsn::core {

/// An address whose datagrams were dropped for one cause.
struct DropSender {
  Counter cause{};
  Endpoint from;
  std::uint64_t count = 0;
  Instant first{};
  Instant last{};
  std::uint8_t first_byte = 0;  ///< of the last datagram: the protocol's version, if it is a node's
};

/// Remembers the last four addresses for each cause. Addresses can be made up, so this is evidence
/// for an operator, and no more.
class DropSenders {
 public:
  static constexpr std::size_t kPerCause = 4;

  void note(Counter cause, const Endpoint& from, std::uint8_t first_byte, Instant now);
  /// In no particular order.
  [[nodiscard]] const std::vector<DropSender>& all() const { return senders_; }

 private:
  std::vector<DropSender> senders_;
};

}  // namespace dsn::core
