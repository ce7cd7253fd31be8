// SPDX-License-Identifier: Apache-2.0
// The channels of an IIO device (Documentation/ABI/testing/sysfs-bus-iio).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sensor/sensor.hpp"

namespace dsn::sensor {

/// A kind of channel, with the factor from the kernel's unit to SenML's, and what no sensor of the
/// kind can measure.
struct IioKind {
  std::string_view type;    ///< in the names of attributes: "temp"
  std::string_view suffix;  ///< "temperature"; empty: the modifier alone, such as "co2"
  double factor;
  std::string_view unit;
  double min;
  double max;
};

/// What the kernel shows below /sys/bus/iio/devices.
struct IioDevice {
  std::string folder;
  std::string name;
  std::string path;  ///< where it is: `../../../devices/i2c-1/1-0076/iio:device0`; may be empty

  /// The folder that holds it: `1-0076`. Empty if it is not known.
  [[nodiscard]] std::string parent() const;
};

/// Those with a name.
[[nodiscard]] std::vector<IioDevice> iio_devices(const std::string& root);

/// `in_temp`, `in_voltage0`, `in_massconcentration_pm2p5`, `in_voltage0-voltage1`
struct IioChannel {
  std::string name;    ///< what the names of its attributes begin with
  std::string suffix;  ///< "temperature", "voltage0", "pm2_5"
  /// What the names of attributes begin with that several channels share, the closest first.
  std::vector<std::string> shared;
  const IioKind* kind = nullptr;
};

/// The known channels of the device with that folder, in the order of their names.
[[nodiscard]] std::vector<IioChannel> iio_channels(const std::string& folder);

/// `_input` if there is one, else (raw + offset) * scale, in the unit of its kind. Without any
/// scale it is the raw number, which has no unit. `device` is the name of the chip: some drivers
/// have units of their own.
[[nodiscard]] Result<Measurement> read_iio_channel(const std::string& folder,
                                                   std::string_view device,
                                                   const IioChannel& channel);

}  // namespace dsn::sensor
