// SPDX-License-Identifier: Apache-2.0
// Which other networks are on this LAN (docs/protocol.md, section 8.2).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/endpoint.hpp"
#include "base/ids.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "wire/network_call.hpp"

namespace dsn::node {

/// Another network, as its latest call says. Anybody can make it up: it is evidence for an
/// operator, and no more.
struct HeardNetwork {
  NetworkId id;
  Endpoint at;
  std::string interface_name;
  std::uint16_t nodes = 1;
  Instant last{};
};

/// Asks at times who else is there, answers who asks, and notes who is heard. It sends at most one
/// answer in five seconds, and one question in two, whatever it hears.
class NetworkCalls {
 public:
  static constexpr std::size_t kNetworks = 4;
  /// How long a network is shown that is not heard any more: a node that is alone asks each minute.
  static constexpr Duration kLife = 150s;
  static constexpr Duration kFirst = 5s;  ///< after the start, when a network has met
  static constexpr Duration kInterval = 60s;
  static constexpr Duration kAnswerPause = 5s;
  static constexpr Duration kQuestionPause = 2s;
  static constexpr Duration kDelayMax = 500ms;

  NetworkCalls(const NetworkId& own, std::uint64_t seed) : own_(own), random_(seed) {}

  void start(Instant now) { check_due_ = now + kFirst; }
  /// A call of another machine.
  void handle(const wire::NetworkCall& call, const Endpoint& from, std::string_view interface_name,
              Instant now);
  /// Asks at the next handle_timeout(), unless it has just done so.
  void ask(Instant now);
  [[nodiscard]] Instant next_deadline() const {
    return std::min({check_due_, ask_due_, answer_due_});
  }
  /// The call that is to be sent now, if any. `nodes` are in contact, this one included.
  [[nodiscard]] std::optional<wire::NetworkCall> handle_timeout(std::size_t nodes, Instant now);

  /// Those that were heard lately, in no particular order.
  [[nodiscard]] std::vector<HeardNetwork> heard(Instant now) const;

 private:
  void note(const wire::NetworkCall& call, const Endpoint& from, std::string_view interface_name,
            Instant now);

  const NetworkId own_;
  Random random_;
  std::vector<HeardNetwork> networks_;
  Instant check_due_ = kNever;  ///< whether this node is alone
  Instant ask_due_ = kNever;
  Instant answer_due_ = kNever;
  Instant asked_ = Instant{} - 1h;
  Instant answered_ = Instant{} - 1h;  ///< by this node, or by another of its network
};

}  // namespace dsn::node
