// SPDX-License-Identifier: Apache-2.0
// What a client subscribed to, and how much of the present it was shown.
#pragma once

#include <optional>
#include <string>

#include "local/json/json_messages.hpp"
#include "local/server/selected_readings.hpp"
#include "local/server/selection.hpp"

namespace dsn::local {

/// A notification of an event, with its line feed.
[[nodiscard]] std::string event_line(const NodeEvent& event);

/// The snapshot is written in slices, and events go out between them. So what is told of a reading
/// before its turn is not newer than what the snapshot then shows, and what is told after it is not
/// older. The backend must outlive it.
class Subscription {
 public:
  Subscription(Backend& backend, const SubscribeParams& params);

  /// Whether the client is told of this event.
  [[nodiscard]] bool takes(const NodeEvent& event) const { return selection_.takes(event); }

  /// Whether more of the snapshot is to be written.
  [[nodiscard]] bool has_more() const { return present_.has_value(); }
  /// Appends the next slice of it, lines of events, the last of which says that it is complete.
  void write_slice(std::string& out);

 private:
  Selection selection_;
  std::optional<SelectedReadings> present_;  ///< the rest of the snapshot
};

}  // namespace dsn::local
