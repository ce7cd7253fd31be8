// SPDX-License-Identifier: Apache-2.0
// Updates of others that come in several MAILs, because one datagram has no room for them.
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "core/peers/peer.hpp"
#include "core/state/clock_reading.hpp"
#include "wire/messages.hpp"

namespace dsn::core {

/// Keeps the parts until the last one is there, of each peer those of one update. protocol.md
/// [mail-parts]
class MailAssembler {
 public:
  /// The whole update, if this was the part that was missing. It is valid until the next call.
  std::optional<wire::Update> add(const Peer& peer, const wire::Update& part,
                                  const ClockReading& clock);

 private:
  struct Part {
    bool here = false;
    std::size_t count = 0;
    Bytes entries;
  };
  struct Assembly {
    NodeId origin;
    SessionId session{};
    wire::Update update;  ///< what all parts say, without entries and deletions
    ClockReading clock;   ///< as the first part told it
    std::vector<Part> parts;
    std::size_t deleted_count = 0;
    Bytes deleted;
  };
  [[nodiscard]] Assembly& assembly_of(const Peer& peer, const wire::Update& part,
                                      const ClockReading& clock);
  std::optional<wire::Update> complete(Assembly& assembly);

  std::vector<Assembly> assemblies_;  // the oldest first
  Bytes entries_;                     // of the update that was complete last
  Bytes deleted_;
};

}  // namespace dsn::core
