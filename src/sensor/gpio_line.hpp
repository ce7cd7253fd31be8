// SPDX-License-Identifier: Apache-2.0
// One input line of a GPIO chip, by version 2 of the kernel's character device (linux/gpio.h, since
// Linux 5.10).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/descriptor.hpp"
#include "dsn/result.hpp"
#include "sensor/device_port.hpp"

namespace dsn::sensor {

/// Which line of which chip: by the name of the line, or by chip and number.
struct GpioSelection {
  std::string line;                     ///< "GPIO17"; empty: by number
  std::string chip;                     ///< label or name of the chip; empty: any
  std::optional<std::uint32_t> number;  ///< the line's offset in the chip

  /// For messages: "GPIO17", "pinctrl-bcm2711 17".
  [[nodiscard]] std::string name() const;
};

struct GpioSettings {
  std::uint64_t flags = 0;  ///< GPIO_V2_LINE_FLAG_* for bias, polarity and edges
  std::uint32_t debounce_us = 0;
};

struct GpioEdge {
  bool active = false;  ///< the level after it
  std::uint32_t sequence =
      0;  ///< in this line, from 1; counts edges that the kernel did not keep, too
};

/// A line that was requested from the kernel. No other program can use it meanwhile.
class GpioLine {
 public:
  /// Looks at all chips, since their numbers depend on the order in which drivers were loaded.
  static Result<GpioLine> open(const std::shared_ptr<DevicePort>& port, const std::string& root,
                               const GpioSelection& selection, const GpioSettings& settings);

  [[nodiscard]] Result<bool> level() const;
  /// The edges since the call before, at most sixteen. The Error says that the chip is gone.
  [[nodiscard]] Result<std::vector<GpioEdge>> edges() const;

  /// A descriptor that is readable when there are edges.
  [[nodiscard]] int descriptor() const { return descriptor_.get(); }
  /// Whether the chip reports edges; one without interrupts cannot.
  [[nodiscard]] bool has_edges() const { return has_edges_; }

 private:
  GpioLine(std::shared_ptr<DevicePort> port, Descriptor descriptor, bool has_edges)
      : port_(std::move(port)), descriptor_(std::move(descriptor)), has_edges_(has_edges) {}

  std::shared_ptr<DevicePort> port_;
  Descriptor descriptor_;
  bool has_edges_;
};

}  // namespace dsn::sensor
