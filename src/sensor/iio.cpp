// SPDX-License-Identifier: Apache-2.0
// Devices of the kernel's Industrial I/O, by name: their numbers depend on the order in which
// drivers were loaded.

#include <algorithm>

#include "base/suggest.hpp"
#include "sensor/attribute.hpp"
#include "sensor/blocking.hpp"
#include "sensor/drivers.hpp"
#include "sensor/iio_channel.hpp"

namespace dsn::sensor {
namespace {

struct IioSelection {
  std::string name;
  std::string device;   ///< empty: any
  std::string channel;  ///< empty: all
};

/// Some drivers name the device after its place, `1-005a`, and then the kernel's name of the chip
/// is that of the I2C device.
std::string chip_of(const std::string& folder, const std::string& name) {
  if (name.empty() || name[0] < '0' || name[0] > '9') return name;
  const auto chip = read_attribute(folder + "/../name");
  return chip.ok() ? *chip : name;
}

class IioReader : public Reader {
 public:
  IioReader(IioSelection selection, std::string root)
      : selection_(std::move(selection)), root_(std::move(root)) {}

  Result<Measurements> read() override {
    const auto device = find_device();
    if (!device) return device.failure().prefixed("iio: ");
    const auto channels = find_channels(*device);
    if (!channels) return channels.failure().prefixed("iio " + selection_.name + ": ");
    const std::string chip = chip_of(*device, selection_.name);
    Measurements measurements;
    std::size_t failures = 0;
    for (const IioChannel& channel : *channels) {
      measurements.push_back(measure(*device, chip, channel));
      if (!measurements.back().error.empty()) ++failures;
    }
    // One that fails, such as a heater that is not warm yet, is an error of its own.
    if (failures == measurements.size()) return Error{measurements.front().error};
    return measurements;
  }

 private:
  [[nodiscard]] Measurement measure(const std::string& device, const std::string& chip,
                                    const IioChannel& channel) const {
    auto measured = read_iio_channel(device, chip, channel);
    const std::string suffix = selection_.channel.empty() ? channel.suffix : "";
    if (!measured) {
      return {.suffix = suffix,
              .value = Value(),
              .unit = "",
              .error = "iio " + selection_.name + ": " + measured.error()};
    }
    measured->suffix = suffix;
    return std::move(*measured);
  }

  [[nodiscard]] Result<std::string> find_device() const {
    std::vector<std::string> folders;
    std::vector<std::string> devices;
    std::vector<std::string> names;
    for (const IioDevice& device : iio_devices(root_)) {
      const std::string parent = device.parent();
      const bool is_meant = device.name == selection_.name;
      if (is_meant && (selection_.device.empty() || has_part(device.path, selection_.device))) {
        folders.push_back(device.folder);
        devices.push_back(parent.empty() ? "?" : parent);
      }
      names.push_back(is_meant && !parent.empty() ? device.name + " (" + parent + ")"
                                                  : device.name);
    }
    if (folders.size() == 1) return folders[0];
    if (folders.size() > 1) {
      return Error{std::to_string(folders.size()) + " devices '" + selection_.name + "' (on " +
                   listed(devices) + "): add 'device'"};
    }
    const std::string on = selection_.device.empty() ? "" : " on '" + selection_.device + "'";
    return Error{"no device '" + selection_.name + "'" + on + " (found: " + listed(names) + ")"};
  }

  [[nodiscard]] Result<std::vector<IioChannel>> find_channels(const std::string& folder) const {
    auto channels = iio_channels(folder);
    if (channels.empty()) return Error{"has no channel that is known"};
    if (selection_.channel.empty()) return channels;
    std::vector<std::string> names;
    for (IioChannel& channel : channels) {
      const std::string& meant = selection_.channel;
      if (channel.suffix == meant || channel.name == meant || channel.name == "in_" + meant) {
        return std::vector<IioChannel>{std::move(channel)};
      }
      names.push_back(channel.suffix);
    }
    const std::vector<std::string_view> known(names.begin(), names.end());
    return Error{"no channel '" + selection_.channel + "'" +
                 did_you_mean(selection_.channel, known) + " (found: " + listed(names) + ")"};
  }

  const IioSelection selection_;
  const std::string root_;
};

}  // namespace

Made make_iio(asio::io_context& io, const SensorSpec& spec, const std::string& root) {
  if (auto known = check_options(spec); !known) return known.failure();
  const std::string* name = find_option(spec, "name");
  const std::string* device = find_option(spec, "device");
  const std::string* channel = find_option(spec, "channel");
  if (name == nullptr || name->empty()) return Error{"iio: option 'name' is missing"};
  IioSelection selection{*name, device != nullptr ? *device : "",
                         channel != nullptr ? *channel : ""};
  // What the sensors of one device have in common: their selection.
  return make_blocking(io, {"iio " + *name + " " + selection.device, "iio " + *name},
                       std::make_shared<IioReader>(std::move(selection), root));
}

}  // namespace dsn::sensor
