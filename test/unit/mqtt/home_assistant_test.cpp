// SPDX-License-Identifier: Apache-2.0
#include "mqtt/home_assistant.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "config/units.hpp"

namespace dsn::mqtt {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

Reading reading_of(Value value, const std::string& unit = "") {
  Reading reading;
  reading.value = std::move(value);
  reading.unit = unit;
  return reading;
}

class HomeAssistantTest : public testing::Test {
 protected:
  json told(const Reading& reading) const {
    return json::parse(discovery.payload({"attic", "t"}, describe(reading)), nullptr, false);
  }
  const Topics topics{"dsn"};
  const HomeAssistant discovery{"homeassistant", topics};
};

TEST_F(HomeAssistantTest, EveryUnitIsTakenByHomeAssistant) {
  for (const std::string_view unit : config::known_units()) {
    const ShownUnit shown = shown_unit(unit);
    if (shown.device_class.empty()) continue;
    EXPECT_TRUE(is_class_of(Shape::number, shown.device_class, shown.text)) << unit;
  }
}

TEST_F(HomeAssistantTest, AClassMustFitItsUnit) {
  EXPECT_TRUE(is_class_of(Shape::number, "temperature", "\u00b0C"));
  EXPECT_FALSE(is_class_of(Shape::number, "temperature", "%"));
  EXPECT_FALSE(is_class_of(Shape::number, "temperature", ""));
  EXPECT_FALSE(is_class_of(Shape::number, "door", ""));
  EXPECT_FALSE(is_class_of(Shape::number, "no such class", "%"));
  EXPECT_TRUE(is_class_of(Shape::truth, "door", ""));
  EXPECT_FALSE(is_class_of(Shape::text, "door", ""));
}

TEST_F(HomeAssistantTest, ANumberHasUnitClassAndExpiry) {
  Reading reading = reading_of(Value::real(21.5), "Cel");
  reading.max_age = 2500ms;
  const json sensor = told(reading);
  EXPECT_EQ(sensor["unit_of_measurement"], "\u00b0C");
  EXPECT_EQ(sensor["device_class"], "temperature");
  EXPECT_EQ(sensor["state_class"], "measurement");
  EXPECT_EQ(sensor["expire_after"], 8);
  EXPECT_EQ(sensor["state_topic"], "dsn/readings/attic/t");
  EXPECT_FALSE(sensor.contains("suggested_display_precision"));
}

TEST_F(HomeAssistantTest, AnEnergyIsNoMeasurement) {
  EXPECT_EQ(told(reading_of(Value::integer(5), "kWh"))["state_class"], "total_increasing");
}

TEST_F(HomeAssistantTest, ATruthValueAndATextHaveNoUnit) {
  const json truth = told(reading_of(Value::boolean(true), "Cel"));
  EXPECT_FALSE(truth.contains("unit_of_measurement"));
  EXPECT_FALSE(truth.contains("state_class"));
  EXPECT_FALSE(truth.contains("device_class"));
  EXPECT_FALSE(told(reading_of(Value::text("open"), "Cel")).contains("unit_of_measurement"));
}

TEST_F(HomeAssistantTest, WhatHomeAssistantCannotShowHasNoShape) {
  EXPECT_EQ(describe(reading_of(Value())).shape, Shape::none);
  EXPECT_EQ(describe(reading_of(*Value::array({}))).shape, Shape::none);
  EXPECT_EQ(describe(reading_of(Value::bytes({}))).shape, Shape::none);
}

TEST_F(HomeAssistantTest, NamesOfOthersStayNames) {
  const ReadingTopic name{"attic\xff\"", "a/{{ states }}+#\n"};
  const std::string topic = discovery.topic("sensor", name);
  EXPECT_EQ(topic.find_first_of("+#\n{ "), std::string::npos) << topic;
  EXPECT_EQ(std::count(topic.begin(), topic.end(), '/'), 4);
  const json sensor =
      json::parse(discovery.payload(name, describe(reading_of(Value::integer(1)))), nullptr, false);
  ASSERT_TRUE(sensor.is_object());
  EXPECT_EQ(sensor["name"], name.key);
  EXPECT_EQ(sensor["value_template"], "{{ value_json.value }}");
}

TEST_F(HomeAssistantTest, ANodeIsABinarySensorAndADeviceIsBehindIt) {
  const json node = json::parse(discovery.node_payload("attic.esp1"), nullptr, false);
  EXPECT_EQ(node["state_topic"], "dsn/nodes/attic.esp1");
  EXPECT_EQ(node["device"]["via_device"], "dsn:dsn/attic");
  EXPECT_EQ(discovery.node_topic("attic"), "homeassistant/binary_sensor/dsn--attic/-node/config");
  EXPECT_NE(discovery.node_topic("attic"), discovery.topic("binary_sensor", {"attic", "-node"}));
}

TEST_F(HomeAssistantTest, ACommandIsAButtonOrASwitch) {
  config::MqttCommand command;
  command.name = "light";
  command.node = "barn";
  json told = json::parse(discovery.command_payload(command), nullptr, false);
  EXPECT_EQ(told["command_topic"], "dsn/commands/light");
  EXPECT_FALSE(told.contains("state_topic"));
  command.state = "light/on";
  told = json::parse(discovery.command_payload(command), nullptr, false);
  EXPECT_EQ(told["state_topic"], "dsn/readings/barn/light/on");
  EXPECT_EQ(discovery.command_topic(true, "light"),
            "homeassistant/switch/dsn--commands/light/config");
}

}  // namespace
}  // namespace dsn::mqtt
