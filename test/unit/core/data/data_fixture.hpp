// SPDX-License-Identifier: Apache-2.0
// Application messages between two cores.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

inline Bytes text_payload(std::size_t bytes) {
  const Value value = Value::text(std::string(bytes, 'x'));
  return {value.cbor().begin(), value.cbor().end()};
}

inline std::vector<SettledMessage::Outcome> outcomes(const Machine& machine) {
  std::vector<SettledMessage::Outcome> all;
  for (const SettledMessage& message : machine.settled) all.push_back(message.outcome);
  return all;
}

inline std::ptrdiff_t parts_heard(Puppet& puppet) {
  return std::ranges::count_if(puppet.heard(), [](const Bytes& text) {
    CborReader in(text);
    return decode_message_start(in).type == static_cast<std::uint64_t>(MessageType::data);
  });
}

class DataTest : public testing::Test {
 protected:
  using Outcome = SettledMessage::Outcome;

  DataTest() : a_(net_.add("attic")), b_(net_.add("barn")) {
    EXPECT_TRUE(net_.run_until([&] { return net_.all_meet() && finds(a_) && finds(b_); }, 10s));
  }
  /// Whether the addresses of all whom it knows are proven.
  bool finds(std::size_t index) {
    return std::ranges::all_of(net_.node(index).peers().all(),
                               [](const auto& peer) { return peer->path.is_proven(); });
  }
  std::optional<std::uint64_t> tell(const Bytes& payload, Duration patience = kSendPatience) {
    return net_.tell(a_, b_, {AppMessageKind::send, "light", payload, 0}, patience);
  }
  /// Numbers of the parts that came since the last call.
  static std::set<std::uint64_t> parts_to(Puppet& receiver) {
    std::set<std::uint64_t> parts;
    for (const Bytes& text : receiver.heard()) {
      CborReader in(text);
      const MessageStart start = decode_message_start(in);
      if (start.type != static_cast<std::uint64_t>(MessageType::data)) continue;
      parts.insert(decode_data(in, start).part);
    }
    return parts;
  }

  VirtualNetwork net_;
  std::size_t a_;
  std::size_t b_;
  std::ptrdiff_t sent_ = 0;
};

}  // namespace dsn::test
