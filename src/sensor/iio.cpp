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

class IioReader : public Reader {
 public:
  IioReader(IioSelection selection, std::string root)
      : selection_(std::move(selection)), folder_(std::move(root) + "/sys/bus/iio/devices") {}

  Result<Measurements> read() override {
    const auto device = find_device();
    if (!device) return device.failure().prefixed("iio: ");
    const auto channels = find_channels(*device);
    if (!channels) return channels.failure().prefixed("iio " + selection_.name + ": ");
    Measurements measurements;
    for (const IioChannel& channel : *channels) {
      auto measurement = read_iio_channel(*device, channel);
      if (!measurement) return measurement.failure().prefixed("iio " + selection_.name + ": ");
      if (!selection_.channel.empty()) measurement->suffix.clear();
      measurements.push_back(std::move(*measurement));
    }
    return measurements;
  }

 private:
  [[nodiscard]] Result<std::string> find_device() const {
    std::vector<std::string> folders;
    std::vector<std::string> devices;
    std::vector<std::string> names;
    for (const std::string& entry : list_folder(folder_, "iio:device")) {
      const std::string folder = folder_ + "/" + entry;
      const auto name = read_attribute(folder + "/name");
      if (!name) continue;
      const std::string device = iio_parent(folder);
      const bool is_meant = *name == selection_.name;
      if (is_meant && (selection_.device.empty() || selection_.device == device)) {
        folders.push_back(folder);
        devices.push_back(device.empty() ? "?" : device);
      }
      names.push_back(is_meant && !device.empty() ? *name + " (" + device + ")" : *name);
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
  const std::string folder_;
};

}  // namespace

std::string iio_parent(const std::string& folder) {
  std::string path = link_target(folder);
  path.resize(std::min(path.rfind('/'), path.size()));
  return path.substr(path.rfind('/') + 1);
}

Made make_iio(asio::io_context& io, const SensorSpec& spec, const std::string& root) {
  if (auto known = check_options(spec); !known) return known.failure();
  const std::string* name = find_option(spec, "name");
  const std::string* device = find_option(spec, "device");
  const std::string* channel = find_option(spec, "channel");
  if (name == nullptr || name->empty()) return Error{"iio: option 'name' is missing"};
  IioSelection selection{*name, device != nullptr ? *device : "",
                         channel != nullptr ? *channel : ""};
  // Devices of one name share a lane: the name is what is known of a device that is not there.
  return make_blocking(io, {"iio " + *name, "iio " + *name},
                       std::make_shared<IioReader>(std::move(selection), root));
}

}  // namespace dsn::sensor
