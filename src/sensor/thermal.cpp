// SPDX-License-Identifier: Apache-2.0
// Thermal zones, by their type: their numbers depend on the order in which drivers were loaded.
// Those of modems and graphics units that sleep, and some of ACPI, take seconds to answer.
#include "sensor/attribute.hpp"
#include "sensor/blocking.hpp"
#include "sensor/drivers.hpp"

namespace dsn::sensor {
namespace {

// No part of a computer works beyond these. The kernel's mark of an invalid temperature is -274
// degrees; drivers of hardware without power have others.
constexpr std::int64_t kMillidegreesMin = -200'000;
constexpr std::int64_t kMillidegreesMax = 1'000'000;

class ThermalReader : public Reader {
 public:
  ThermalReader(std::string type, std::string root)
      : type_(std::move(type)), folder_(std::move(root) + "/sys/class/thermal") {}

  Result<Measurements> read() override {
    std::vector<std::string> types;
    std::vector<std::string> zones;
    for (const std::string& zone : list_folder(folder_, "thermal_zone")) {
      auto type = read_attribute(folder_ + "/" + zone + "/type");
      if (!type) continue;
      if (*type == type_) zones.push_back(zone);
      types.push_back(std::move(*type));
    }
    if (zones.empty()) {
      return Error{"thermal: no zone of type '" + type_ + "' (found: " + listed(types) + ")"};
    }
    if (zones.size() > 1) {
      return Error{"thermal: " + std::to_string(zones.size()) + " zones of type '" + type_ + "' (" +
                   listed(zones) + "): their order may change, use hwmon"};
    }
    const auto millidegrees = read_integer(folder_ + "/" + zones[0] + "/temp");
    if (!millidegrees) return millidegrees.failure().prefixed("thermal: ");
    if (*millidegrees < kMillidegreesMin || *millidegrees > kMillidegreesMax) {
      return Error{"thermal: '" + type_ + "' has no valid temperature now (it says " +
                   std::to_string(*millidegrees) + ")"};
    }
    return Measurements{{"", Value::real(static_cast<double>(*millidegrees) / 1000.0), "Cel"}};
  }

 private:
  const std::string type_;
  const std::string folder_;
};

}  // namespace

Made make_thermal(asio::io_context& io, const SensorSpec& spec, const std::string& root) {
  if (auto known = check_options(spec); !known) return known.failure();
  const std::string* type = find_option(spec, "type");
  if (type == nullptr || type->empty()) return Error{"thermal: option 'type' is missing"};
  return make_blocking(io, {"thermal " + *type, "thermal: " + *type},
                       std::make_shared<ThermalReader>(*type, root));
}

}  // namespace dsn::sensor
