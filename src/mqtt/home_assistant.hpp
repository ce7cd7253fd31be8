// SPDX-License-Identifier: Apache-2.0
// What Home Assistant is told of readings and commands (MQTT discovery): pure functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/mqtt_file.hpp"
#include "dsn/reading.hpp"
#include "mqtt/topics.hpp"

namespace dsn::mqtt {

/// What Home Assistant can show of a value.
enum class Shape : std::uint8_t {
  none,    ///< nothing: there is no value, or an array, a map or bytes
  number,  ///< a sensor with a unit and a curve
  truth,   ///< a binary sensor
  text,    ///< a sensor
};

/// What of a reading is told beside its value. While this is the same, nothing is told anew.
struct Description {
  Shape shape = Shape::none;
  std::string unit;
  std::string device_class;
  std::optional<int> precision;
  std::optional<std::chrono::milliseconds> max_age;
  bool operator==(const Description&) const = default;
};
[[nodiscard]] Description describe(const Reading& reading);

/// A unit as Home Assistant writes it, and the class that it stands for where nothing else says so.
struct ShownUnit {
  std::string_view text;
  std::string_view device_class;  ///< or empty
};
[[nodiscard]] ShownUnit shown_unit(std::string_view senml_unit);

/// Whether Home Assistant takes this class: it refuses an entity whose class it does not know, or
/// whose unit is none of the class. `unit` is as shown_unit() has it.
[[nodiscard]] bool is_class_of(Shape shape, std::string_view device_class, std::string_view unit);

/// Topics and payloads of discovery.
class HomeAssistant {
 public:
  /// `prefix` is the topic below which Home Assistant looks.
  HomeAssistant(std::string prefix, const Topics& topics)
      : prefix_(std::move(prefix)), topics_(topics) {}

  /// "sensor" or "binary_sensor".
  [[nodiscard]] static std::string_view component(Shape shape);
  [[nodiscard]] std::string topic(std::string_view component, const ReadingTopic& name) const;
  [[nodiscard]] std::string payload(const ReadingTopic& name, const Description& description) const;

  /// Whether a node is there is a binary sensor. No key has its topic.
  [[nodiscard]] std::string node_topic(std::string_view node) const;
  [[nodiscard]] std::string node_payload(const std::string& node) const;

  /// The topic of a command, as a button or a switch.
  [[nodiscard]] std::string command_topic(bool is_switch, std::string_view name) const;
  [[nodiscard]] std::string command_payload(const config::MqttCommand& command) const;

 private:
  std::string prefix_;
  const Topics& topics_;
};

}  // namespace dsn::mqtt
