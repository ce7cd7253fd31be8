// SPDX-License-Identifier: Apache-2.0
#include "config/mqtt_file.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "mqtt/broker_link.hpp"
#include "support/temp_dir.hpp"

namespace dsn::config {
namespace {

class MqttFileTest : public testing::Test {
 protected:
  LoadedMqtt load(const std::string& text) {
    std::ofstream(path) << text;
    return load_mqtt(path);
  }
  std::string first_error(const std::string& text) {
    const LoadedMqtt result = load(text);
    if (result.findings.errors.empty()) return "no error";
    return result.findings.errors[0].to_string().substr(path.size() + 1);
  }
  test::TempDir folder;
  const std::string path = folder.path() + "/mqtt.yaml";
};

TEST_F(MqttFileTest, EveryKeyHasADefault) {
  const LoadedMqtt result = load("");
  EXPECT_TRUE(result.findings.errors.empty());
  EXPECT_EQ(result.config.broker, "localhost");
  EXPECT_EQ(result.config.port, 1883);
  EXPECT_FALSE(result.config.tls);
  EXPECT_EQ(result.config.prefix, "dsn");
}

TEST_F(MqttFileTest, TakesAllKeys) {
  const LoadedMqtt result = load(
      "broker: mqtt.home\nuser: dsn\npassword_file: password\nclient_id: dsn1\nca_file: /ca.pem\n"
      "certificate_file: a.crt\nkey_file: a.key\nprefix: home\ndiscovery: none\n"
      "readings: [attic/*]\nsettle: 1m\n"
      "commands:\n  light: {node: barn, message: lamp, on: 1, off: 0, state: lamp/on, ask: true}\n"
      "  bell: {node: barn}\n"
      "bridge: {cabin: ['stove/*', shed/door]}\n");
  ASSERT_TRUE(result.findings.errors.empty()) << result.findings.errors[0].to_string();
  const MqttConfig& config = result.config;
  EXPECT_EQ(config.port, 8883);
  EXPECT_TRUE(config.tls);
  EXPECT_EQ(config.password_file, folder.path() + "/password");
  EXPECT_EQ(config.ca_file, "/ca.pem");
  EXPECT_EQ(config.discovery, "");
  EXPECT_EQ(config.readings, std::vector<std::string>{"attic/*"});
  ASSERT_EQ(config.commands.size(), 2U);
  EXPECT_TRUE(config.commands[0].is_switch);
  EXPECT_EQ(config.commands[0].message, "lamp");
  EXPECT_TRUE(config.commands[0].ask);
  EXPECT_FALSE(config.commands[1].is_switch);
  EXPECT_EQ(config.commands[1].message, "bell");
  EXPECT_EQ(config.bridge.at("cabin").size(), 2U);
}

TEST_F(MqttFileTest, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(first_error("brokr: a\n"), "1:1: unknown key 'brokr' (did you mean 'broker'?)");
  EXPECT_NE(first_error("port: 0\n").find("1:7:"), std::string::npos);
  EXPECT_NE(first_error("prefix: a/b\n").find("1:9: 'prefix' must be of"), std::string::npos);
  EXPECT_NE(first_error("discovery: home/#\n").find("1:12: 'discovery' must be a topic"),
            std::string::npos);
  EXPECT_NE(first_error("password_file: a\n").find("a password needs a name"), std::string::npos);
  EXPECT_NE(first_error("key_file: a\ntls: true\n").find("belong together"), std::string::npos);
  EXPECT_NE(first_error("tls: false\nca_file: a\n").find("'ca_file' needs TLS"), std::string::npos);
  EXPECT_NE(first_error("commands: {l: {}}\n").find("1:12: command 'l' needs the name of a node"),
            std::string::npos);
  EXPECT_NE(first_error("commands: {l: {node: a, on: x}}\n").find("a switch has both"),
            std::string::npos);
  EXPECT_NE(first_error("commands: {l: {node: a, state: x}}\n").find("is a button"),
            std::string::npos);
  EXPECT_NE(first_error("bridge: {dsn: ['*']}\n").find("is the prefix of this site"),
            std::string::npos);
  EXPECT_NE(first_error("bridge: {cabin: x}\n").find("a list of patterns"), std::string::npos);
  EXPECT_NE(first_error("readings: [[a]]\n").find("a pattern must be"), std::string::npos);
}

TEST_F(MqttFileTest, WarnsOfAPasswordThatEverybodyCanRead) {
  const std::string text = "user: a\npassword_file: b\nbroker: ";
  EXPECT_EQ(load(text + "mqtt.home\n").findings.warnings.size(), 1U);
  EXPECT_TRUE(load(text + "127.0.0.1\n").findings.warnings.empty());
  EXPECT_TRUE(load(text + "mqtt.home\ntls: true\n").findings.warnings.empty());
}

TEST_F(MqttFileTest, APasswordIsTheFirstLineOfAFileOfOnesOwn) {
  const std::string file = folder.path() + "/password";
  EXPECT_FALSE(mqtt::read_password(file));
  std::ofstream(file) << "open sesame\nsecond line\n";
  ASSERT_EQ(chmod(file.c_str(), 0644), 0);
  EXPECT_FALSE(mqtt::read_password(file));
  ASSERT_EQ(chmod(file.c_str(), 0600), 0);
  EXPECT_EQ(mqtt::read_password(file).value(), "open sesame");
  EXPECT_EQ(mqtt::read_password("").value(), "");
  std::ofstream(file) << "\nopen sesame\n";
  EXPECT_FALSE(mqtt::read_password(file));
}

}  // namespace
}  // namespace dsn::config
