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

/// A line is meant by its own name, or by chip and number.
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
  bool active = false;         ///< the level after it
  std::uint32_t sequence = 0;  ///< of this line, from 1; what the kernel could not keep counts too
};

/// A line that was requested from the kernel, which keeps others from using it.
class GpioLine {
 public:
  /// Looks at all chips, since their numbers depend on the order in which drivers were loaded.
  static Result<GpioLine> open(const std::shared_ptr<DevicePort>& port, const std::string& root,
                               const GpioSelection& selection, const GpioSettings& settings);

  [[nodiscard]] Result<bool> level() const;
  /// What happened since, up to sixteen edges; nothing if nothing did. The Error says that the chip
  /// is gone.
  [[nodiscard]] Result<std::vector<GpioEdge>> edges() const;

  /// Readable when there are edges.
  [[nodiscard]] int descriptor() const { return descriptor_.get(); }
  /// Whether it tells of edges; a chip without interrupts cannot.
  [[nodiscard]] bool has_edges() const { return has_edges_; }

 private:
  GpioLine(std::shared_ptr<DevicePort> port, Descriptor descriptor, bool has_edges)
      : port_(std::move(port)), descriptor_(std::move(descriptor)), has_edges_(has_edges) {}

  std::shared_ptr<DevicePort> port_;
  Descriptor descriptor_;
  bool has_edges_;
};

}  // namespace dsn::sensor
