// SPDX-License-Identifier: Apache-2.0
// Readings and nodes for Prometheus, as OpenMetrics text (docs/web.md).
#pragma once

#include <string>

#include "web/picture.hpp"
#include "web/text_stream.hpp"

namespace dsn::web {

/// One metric family after the other. A reading that cannot be trusted has no `dsn_reading`, so
/// that no graph shows the last value of what is dead; its age and status are there.
class MetricsText final : public TextStream {
 public:
  MetricsText(Picture::View view, Picture::Clock::time_point now);
  bool next(std::string& out) override;

 private:
  void append_line(std::string& out) const;

  const Picture::View view_;
  const Picture::Clock::time_point now_;
  std::size_t family_ = 0;
  std::size_t index_ = 0;  // of the node or reading in it
  bool has_ended_ = false;
};

}  // namespace dsn::web
