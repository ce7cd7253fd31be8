// SPDX-License-Identifier: Apache-2.0
#include "mqtt/home_assistant.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "dsn/version.hpp"

namespace dsn::mqtt {
namespace {

using Json = nlohmann::ordered_json;

// A message may be under way for as long.
constexpr std::chrono::seconds kTransit{5};

// Home Assistant takes no state of more than 255 characters.
constexpr char kTextTemplate[] = "{{ value_json.value[:255] }}";
constexpr char kNumberTemplate[] = "{{ value_json.value }}";
constexpr char kTruthTemplate[] = "{{ 'ON' if value_json.value else 'OFF' }}";
constexpr char kSwitchTemplate[] =
    "{{ 'ON' if value_json.value in [true, 1, 'on', 'ON'] else 'OFF' }}";
constexpr char kNodeTemplate[] = "{{ 'ON' if value in ['self', 'live'] else 'OFF' }}";
constexpr char kAvailableTemplate[] = "{{ 'online' if value_json.status == 'ok' else 'offline' }}";

struct Unit {
  std::string_view senml;
  ShownUnit shown;
};

// Units that Home Assistant writes in another way, or that say what is measured.
constexpr Unit kUnits[] = {
    {"Cel", {"\u00b0C", "temperature"}},
    {"K", {"K", "temperature"}},
    {"%RH", {"%", "humidity"}},
    {"%EL", {"%", "battery"}},
    {"Pa", {"Pa", "pressure"}},
    {"hPa", {"hPa", "pressure"}},
    {"lx", {"lx", "illuminance"}},
    {"V", {"V", "voltage"}},
    {"mV", {"mV", "voltage"}},
    {"A", {"A", "current"}},
    {"mA", {"mA", "current"}},
    {"W", {"W", "power"}},
    {"kW", {"kW", "power"}},
    {"VA", {"VA", "apparent_power"}},
    {"var", {"var", "reactive_power"}},
    {"J", {"J", "energy"}},
    {"Wh", {"Wh", "energy"}},
    {"kWh", {"kWh", "energy"}},
    {"Hz", {"Hz", "frequency"}},
    {"MHz", {"MHz", "frequency"}},
    {"s", {"s", "duration"}},
    {"ms", {"ms", "duration"}},
    {"min", {"min", "duration"}},
    {"h", {"h", "duration"}},
    {"B", {"B", "data_size"}},
    {"KiB", {"KiB", "data_size"}},
    {"GB", {"GB", "data_size"}},
    {"bit", {"bit", "data_size"}},
    {"bit/s", {"bit/s", "data_rate"}},
    {"Mbit/s", {"Mbit/s", "data_rate"}},
    {"B/s", {"B/s", "data_rate"}},
    {"MB/s", {"MB/s", "data_rate"}},
    {"m", {"m", "distance"}},
    {"mm", {"mm", "distance"}},
    {"cm", {"cm", "distance"}},
    {"km", {"km", "distance"}},
    {"kg", {"kg", "weight"}},
    {"g", {"g", "weight"}},
    {"m/s", {"m/s", "speed"}},
    {"km/h", {"km/h", "speed"}},
    {"mm/h", {"mm/h", "precipitation_intensity"}},
    {"W/m2", {"W/m\u00b2", "irradiance"}},
    {"dBm", {"dBm", "signal_strength"}},
    {"ug/m3", {"\u00b5g/m\u00b3", ""}},
    {"m3", {"m\u00b3", ""}},
    {"l", {"L", ""}},
    {"m2", {"m\u00b2", ""}},
    {"m/s2", {"m/s\u00b2", ""}},
    {"Ohm", {"\u03a9", ""}},
    {"deg", {"\u00b0", ""}},
    {"lat", {"\u00b0", ""}},
    {"lon", {"\u00b0", ""}},
    {"/100", {"%", ""}},
    {"/", {"", ""}},
    {"count", {"", ""}},
};

struct Class {
  std::string_view name;
  std::string_view units;  ///< as shown, between blanks
};

// Classes of sensors, with those of their units that a reading can have.
constexpr Class kClasses[] = {
    {"apparent_power", " VA "},
    {"aqi", "  "},
    {"atmospheric_pressure", " Pa hPa "},
    {"battery", " % "},
    {"carbon_dioxide", " ppm "},
    {"carbon_monoxide", " ppm "},
    {"current", " A mA "},
    {"data_rate", " bit/s Mbit/s B/s MB/s "},
    {"data_size", " bit B KiB GB "},
    {"distance", " m mm cm km "},
    {"duration", " s ms min h "},
    {"energy", " J Wh kWh "},
    {"energy_storage", " J Wh kWh "},
    {"frequency", " Hz MHz "},
    {"gas", " m\u00b3 L "},
    {"humidity", " % "},
    {"illuminance", " lx "},
    {"irradiance", " W/m\u00b2 "},
    {"moisture", " % "},
    {"nitrogen_dioxide", " \u00b5g/m\u00b3 "},
    {"ozone", " \u00b5g/m\u00b3 "},
    {"ph", "  "},
    {"pm1", " \u00b5g/m\u00b3 "},
    {"pm10", " \u00b5g/m\u00b3 "},
    {"pm25", " \u00b5g/m\u00b3 "},
    {"power", " W kW "},
    {"power_factor", " % "},
    {"precipitation", " mm cm "},
    {"precipitation_intensity", " mm/h "},
    {"pressure", " Pa hPa "},
    {"reactive_power", " var "},
    {"signal_strength", " dB dBm "},
    {"sound_pressure", " dB "},
    {"speed", " m/s km/h "},
    {"temperature", " \u00b0C K "},
    {"volatile_organic_compounds", " \u00b5g/m\u00b3 "},
    {"volatile_organic_compounds_parts", " ppm "},
    {"voltage", " V mV "},
    {"volume", " m\u00b3 L "},
    {"volume_storage", " m\u00b3 L "},
    {"water", " m\u00b3 L "},
    {"weight", " kg g "},
    {"wind_speed", " m/s km/h "},
};

constexpr std::string_view kTruthClasses[] = {
    "battery",
    "battery_charging",
    "carbon_monoxide",
    "cold",
    "connectivity",
    "door",
    "garage_door",
    "gas",
    "heat",
    "light",
    "lock",
    "moisture",
    "motion",
    "moving",
    "occupancy",
    "opening",
    "plug",
    "power",
    "presence",
    "problem",
    "running",
    "safety",
    "smoke",
    "sound",
    "tamper",
    "update",
    "vibration",
    "window",
};

// Sums that only grow; Home Assistant refuses to take them for a measurement.
bool is_total(std::string_view device_class) {
  return device_class == "energy" || device_class == "gas" || device_class == "water" ||
         device_class == "volume";
}

Shape shape_of(const Value& value) {
  if (value.as_boolean()) return Shape::truth;
  if (value.as_number()) return Shape::number;
  return value.as_text() ? Shape::text : Shape::none;
}

// Names and units of others may be any bytes.
std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string device_id(const Topics& topics, const std::string& node) {
  return "dsn:" + topics.prefix() + "/" + node;
}

// A device that another node publishes for is behind that one.
Json device(const Topics& topics, const std::string& node) {
  Json json{{"identifiers", Json::array({device_id(topics, node)})},
            {"name", node},
            {"manufacturer", "DSN"},
            {"model", "node"}};
  const std::size_t dot = node.find('.');
  if (dot != std::string::npos) json["via_device"] = device_id(topics, node.substr(0, dot));
  return json;
}

Json origin() { return {{"name", "dsn-mqtt"}, {"sw_version", kVersion}}; }

}  // namespace

ShownUnit shown_unit(std::string_view senml_unit) {
  const auto* const found = std::ranges::find(kUnits, senml_unit, &Unit::senml);
  return found == std::end(kUnits) ? ShownUnit{senml_unit, ""} : found->shown;
}

bool is_class_of(Shape shape, std::string_view device_class, std::string_view unit) {
  if (shape == Shape::truth) {
    return std::ranges::find(kTruthClasses, device_class) != std::end(kTruthClasses);
  }
  if (shape != Shape::number) return false;
  const auto* const found = std::ranges::find(kClasses, device_class, &Class::name);
  return found != std::end(kClasses) &&
         found->units.find(std::string(" ").append(unit).append(" ")) != std::string_view::npos;
}

Description describe(const Reading& reading) {
  Description description;
  description.shape = shape_of(reading.value);
  description.max_age = reading.max_age;
  if (description.shape != Shape::number) return description;
  const ShownUnit unit = shown_unit(reading.unit);
  description.unit = unit.text;
  description.device_class = unit.device_class;
  return description;
}

std::string_view HomeAssistant::component(Shape shape) {
  return shape == Shape::truth ? "binary_sensor" : "sensor";
}

// The prefix and the node are one level, since there is none between them and the key.
std::string HomeAssistant::topic(std::string_view component, const ReadingTopic& name) const {
  return prefix_ + "/" + std::string(component) + "/" +
         identifier(topics_.prefix() + "/" + name.node) + "/" + identifier(name.key) + "/config";
}

std::string HomeAssistant::payload(const ReadingTopic& name, const Description& description) const {
  const std::string reading = topics_.reading(name);
  Json json{
      {"name", name.key},
      {"unique_id", "dsn:" + topics_.prefix() + "/" + name.node + "/" + name.key},
      {"state_topic", reading},
      {"availability", Json::array({{{"topic", topics_.status()}},
                                    {{"topic", reading}, {"value_template", kAvailableTemplate}}})},
      {"availability_mode", "all"},
      {"json_attributes_topic", reading},
      {"device", device(topics_, name.node)},
      {"origin", origin()},
  };
  if (!description.device_class.empty()) json["device_class"] = description.device_class;
  if (description.max_age) {
    const auto expiry = std::chrono::ceil<std::chrono::seconds>(*description.max_age) + kTransit;
    json["expire_after"] = expiry.count();
  }
  if (description.shape == Shape::number) {
    json["value_template"] = kNumberTemplate;
    json["state_class"] = is_total(description.device_class) ? "total_increasing" : "measurement";
    if (!description.unit.empty()) json["unit_of_measurement"] = description.unit;
    if (description.precision) json["suggested_display_precision"] = *description.precision;
  } else {
    json["value_template"] = description.shape == Shape::truth ? kTruthTemplate : kTextTemplate;
  }
  return dumped(json);
}

// An identifier has no `-n`.
std::string HomeAssistant::node_topic(std::string_view node) const {
  return prefix_ + "/binary_sensor/" +
         identifier(std::string(topics_.prefix()).append("/").append(node)) + "/-node/config";
}

std::string HomeAssistant::node_payload(const std::string& node) const {
  const Json json{
      {"name", "connected"},
      {"unique_id", device_id(topics_, node)},
      {"state_topic", topics_.node(node)},
      {"value_template", kNodeTemplate},
      {"device_class", "connectivity"},
      {"entity_category", "diagnostic"},
      {"availability", Json::array({Json{{"topic", topics_.status()}}})},
      {"device", device(topics_, node)},
      {"origin", origin()},
  };
  return dumped(json);
}

std::string HomeAssistant::command_topic(bool is_switch, std::string_view name) const {
  return prefix_ + (is_switch ? "/switch/" : "/button/") +
         identifier(topics_.prefix() + "/commands") + "/" + identifier(name) + "/config";
}

std::string HomeAssistant::command_payload(const config::MqttCommand& command) const {
  Json json{
      {"name", command.name},
      {"unique_id", "dsn:" + topics_.prefix() + "//commands/" + command.name},
      {"command_topic", topics_.command(command.name)},
      {"availability", Json::array({Json{{"topic", topics_.status()}}})},
      {"device", device(topics_, command.node)},
      {"origin", origin()},
  };
  if (!command.state.empty()) {
    json["state_topic"] = topics_.reading({command.node, command.state});
    json["value_template"] = kSwitchTemplate;
  }
  return dumped(json);
}

}  // namespace dsn::mqtt
