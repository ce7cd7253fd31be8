// SPDX-License-Identifier: Apache-2.0
#include "base/node_name.hpp"
#include "config/load.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "bad_config.hpp"
#include "base/bytes.hpp"
#include "base/duration.hpp"
#include "config/address.hpp"
#include "config/key_table.hpp"
#include "support/temp_dir.hpp"

namespace dsn::config {
namespace {

using std::chrono::milliseconds;

constexpr char kKey[] = "00112233445566778899aabbccddeeff";

std::string without_file_name(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    std::string line = finding.to_string();
    if (line.starts_with("agent.yaml:")) line.erase(0, 11);
    text += line + '\n';
  }
  return text;
}

TEST_P(BadConfig, IsExplained) {
  const LoadResult result = load_text(GetParam().text, "agent.yaml");
  std::string expected;
  for (const std::string& finding : GetParam().findings) expected += finding + '\n';
  EXPECT_FALSE(result.errors.empty());
  EXPECT_EQ(without_file_name(result.errors), expected);
  // Whatever was done to the key: not even half of it is shown.
  EXPECT_EQ(without_file_name(result.errors).find("0011223344556677"), std::string::npos);
}

Config good(std::string_view text) {
  LoadResult result = load_text(text, "/etc/dsn/agent.yaml");
  EXPECT_EQ(without_file_name(result.errors), "");
  EXPECT_EQ(without_file_name(result.warnings), "");
  return result.config;
}

TEST(Config, OfAnEmptyFileIsAllDefaults) {
  for (const char* text : {"", "\n", "# nothing\n", "---\n", "\xef\xbb\xbf", "{}\n"}) {
    const Config config = good(text);
    EXPECT_TRUE(is_node_name(config.node_id)) << config.node_id;
    EXPECT_EQ(config.port, std::nullopt);
    EXPECT_EQ(config.network_ip, "");
    EXPECT_FALSE(config.aes_key);
    EXPECT_TRUE(config.multicast);
    EXPECT_TRUE(config.bootstrap_nodes.empty());
    EXPECT_TRUE(config.interfaces.empty());
    EXPECT_TRUE(config.sensors.empty());
  }
}

TEST(Config, OfCommentedOutEntriesIsEmpty) {
  const Config config = good("sensors:\n  # a: {proc: load1}\ninterfaces:\nbootstrap_nodes: ~\n");
  EXPECT_TRUE(config.sensors.empty());
}

TEST(Config, HasEveryKeyOfTheNetwork) {
  const Config config = good(
      "node_id: attic\r\n"
      "port: 0\r\n"
      "network_ip: 192.168.1.7\r\n"
      "aes_key: \"00112233445566778899AABBCCDDEEFF\"\r\n"
      "credential_dir: keys\r\n"
      "interfaces: [eth0, 'wl*', \"*\"]\r\n"
      "multicast: false\r\n"
      "bootstrap_nodes:\r\n"
      "  - {address: coordinator.local, port: 8000}\r\n"
      "  - address: fd00::5\r\n"
      "  - coordinator.local:8000\r\n"
      "  - 192.168.1.5\r\n"
      "  - '[fe80::1%eth0]:17373'\r\n"
      "  - fe80::1%eth0\r\n"
      "  - my_router.lan.\r\n");
  EXPECT_EQ(config.node_id, "attic");
  EXPECT_EQ(config.port, 0);
  EXPECT_EQ(config.network_ip, "192.168.1.7");
  ASSERT_TRUE(config.aes_key);
  EXPECT_EQ(to_hex(config.aes_key->view()), kKey);
  EXPECT_EQ(config.credential_dir, "/etc/dsn/keys");
  EXPECT_EQ(config.interfaces, (std::vector<std::string>{"eth0", "wl*", "*"}));
  EXPECT_FALSE(config.multicast);
  std::string nodes;
  for (const BootstrapConfig& node : config.bootstrap_nodes) {
    nodes += node.address + ' ' + std::to_string(node.port) + '\n';
  }
  EXPECT_EQ(nodes,
            "coordinator.local 8000\n"
            "fd00::5 17373\n"
            "coordinator.local 8000\n"
            "192.168.1.5 17373\n"
            "fe80::1%eth0 17373\n"
            "fe80::1%eth0 17373\n"
            "my_router.lan. 17373\n");
}

TEST(Config, ListsNodesByNameAndById) {
  const Config config = good(
      "whitelist_node_ids: [attic, 9EA6C7DAD969E1C6C1492A9F557318CA, "
      "'11112222333344445555666677778888']\n");
  EXPECT_EQ(config.whitelist_node_ids,
            (std::vector<std::string>{"attic", "9ea6c7dad969e1c6c1492a9f557318ca",
                                      "11112222333344445555666677778888"}));
  EXPECT_TRUE(good("whitelist_node_ids: []\n").whitelist_node_ids.empty());
}

// YAML would make numbers of these: an integer, a float with an exponent, one with an octal look.
TEST(Config, TakesTheTextOfAKeyWhateverItLooksLike) {
  for (const std::string key :
       {"12345678901234567890123456789012", "1234567890123456789012345678901e",
        "123456789012345678901234567890e1", "00000000000000000000000000000010"}) {
    const Config config = good("aes_key: " + key + "\n");
    ASSERT_TRUE(config.aes_key) << key;
    EXPECT_EQ(to_hex(config.aes_key->view()), key);
  }
}

TEST(Config, KeepsNamesThatLookLikeOtherTypes) {
  EXPECT_EQ(good("node_id: 010\n").node_id, "010");
  EXPECT_EQ(good("node_id: true\n").node_id, "true");
}

TEST(Config, RecordsTheKeyFileRelativeToItsOwnFolder) {
  EXPECT_EQ(good("aes_key_file: keys/k1.key\n").aes_key_file, "/etc/dsn/keys/k1.key");
  EXPECT_EQ(good("aes_key_file: /k1.key\n").aes_key_file, "/k1.key");
}

TEST(Config, HasSensorsOfEveryDriver) {
  const Config config = good(
      "sensors:\n"
      "  load: {proc: load1}\n"
      "  eth0/rx: {proc: {net: eth0, counter: rx_bytes}, every: 1d, max_age: 30d}\n"
      "  cpu/temperature: {thermal: cpu-thermal, every: 100ms, unit: Cel}\n"
      "  gpu: {thermal: {type: gpu}, unit: ''}\n"
      "  board: {hwmon: {chip: cpu_thermal, input: temp1, device: thermal_zone0}}\n"
      "  fan: {hwmon: f75, label: CPU Fan, unit: 1/min}\n"
      "  door:\n"
      "    file: /run/door\n"
      "  level: {file: {path: /run/level}, scale: 1e-3, unit: '%'}\n"
      "  room: {w1: 28-00000a1b2c3d, resolution: 9}\n"
      "  outside: {iio: {name: bme280, channel: pressure}}\n"
      "  root/free: {proc: free, mount: /}\n"
      "  front: {gpio: GPIO17, active_low: true, debounce: 50ms}\n"
      "  meter: {gpio: {chip: gpiochip0, number: 4, count: true, edge: rising}}\n"
      "  adc: {i2c: 0x48, bus: 1, register: 0x00, format: s16be, shift: 4}\n"
      "  ups: {exec: [/usr/bin/ups, -v, '', 5], timeout: 2s}\n"
      "  ups/load: {exec: /usr/bin/ups}\n");
  std::string sensors;
  for (const SensorConfig& sensor : config.sensors) {
    sensors += sensor.key + " " + sensor.driver;
    for (const auto& [name, value] : sensor.options) sensors += " " + name + "=" + value;
    for (const std::string& argument : sensor.command) sensors += " [" + argument + "]";
    sensors += " u=" + sensor.processing.unit.value_or("") + " " +
               std::to_string(sensor.every.count()) + "\n";
  }
  EXPECT_EQ(sensors,
            "load proc reading=load1 u= 10000\n"
            "eth0/rx proc counter=rx_bytes net=eth0 u= 86400000\n"
            "cpu/temperature thermal type=cpu-thermal u=Cel 100\n"
            "gpu thermal type=gpu u= 10000\n"
            "board hwmon chip=cpu_thermal device=thermal_zone0 input=temp1 u= 10000\n"
            "fan hwmon chip=f75 label=CPU Fan u=1/min 10000\n"
            "door file path=/run/door u= 10000\n"
            "level file path=/run/level u=% 10000\n"
            "room w1 id=28-00000a1b2c3d resolution=9 u= 10000\n"
            "outside iio channel=pressure name=bme280 u= 10000\n"
            "root/free proc mount=/ reading=free u= 10000\n"
            "front gpio active_low=true debounce=50 line=GPIO17 u= 10000\n"
            "meter gpio chip=gpiochip0 count=true edge=rising number=4 u= 10000\n"
            "adc i2c address=0x48 bus=1 format=s16be register=0x00 shift=4 u= 10000\n"
            "ups exec [/usr/bin/ups] [-v] [] [5] u= 10000\n"
            "ups/load exec [/usr/bin/ups] u= 10000\n");
  EXPECT_EQ(config.sensors[7].processing.scale, 0.001);
  EXPECT_EQ(config.sensors[1].max_age, milliseconds(30LL * 86'400'000));
  EXPECT_EQ(config.sensors[0].max_age, std::nullopt);
  EXPECT_EQ(config.sensors[14].timeout, milliseconds(2000));
  EXPECT_EQ(config.sensors[6].position.line, 8);
  EXPECT_EQ(config.sensors[6].position.column, 3);
}

TEST(Config, HasHooksOfEveryKind) {
  using Event = HookConfig::Event;
  const Config config = good(
      "hooks:\n"
      "  freezer_warm:\n"
      "    on_change: {node: cellar, key: freezer/temperature, above: -15, hysteresis: 2}\n"
      "    run: [/usr/local/bin/notify, freezer]\n"
      "    min_interval: 5m\n"
      "    timeout: 3s\n"
      "  all: {on_change: , write: /run/last, format: json}\n"
      "  old: {on_late: {node: \"attic~9ea6\", key: 'ups/*'}, run: /bin/x}\n"
      "  lost: {on_gone: {node: 'shed-*'}, run: /bin/x}\n"
      "  back: {on_back: {node: 9ea6c7dad969e1c6c1492a9f557318ca}, run: /bin/x}\n");
  ASSERT_EQ(config.hooks.size(), 5U);
  const HookConfig& warm = config.hooks[0];
  EXPECT_EQ(warm.name, "freezer_warm");
  EXPECT_EQ(warm.event, Event::change);
  EXPECT_EQ(warm.nodes, std::vector<std::string>{"cellar"});
  EXPECT_EQ(warm.key, "freezer/temperature");
  EXPECT_EQ(warm.above, -15);
  EXPECT_EQ(warm.below, std::nullopt);
  EXPECT_EQ(warm.hysteresis, 2);
  EXPECT_EQ(warm.command, (std::vector<std::string>{"/usr/local/bin/notify", "freezer"}));
  EXPECT_EQ(warm.min_interval, milliseconds(300'000));
  EXPECT_EQ(warm.timeout, milliseconds(3000));
  EXPECT_EQ(warm.position.line, 2);
  EXPECT_EQ(config.hooks[1].nodes.front() + config.hooks[1].key, "**");
  EXPECT_EQ(config.hooks[1].write, "/run/last");
  EXPECT_TRUE(config.hooks[1].json);
  EXPECT_EQ(config.hooks[2].event, Event::late);
  EXPECT_EQ(config.hooks[2].key, "ups/*");
  EXPECT_EQ(config.hooks[3].event, Event::gone);
  EXPECT_EQ(config.hooks[3].key, "");
  EXPECT_EQ(config.hooks[4].event, Event::back);
}

TEST(Config, WarnsOfWhatWorksButHardlyAsMeant) {
  const LoadResult result = load_text(
      "sensors:\n"
      "  a: {proc: load1, every: 1m, max_age: 5s}\n"
      "  b: {exec: /bin/x, every: 1s}\n"
      "  c: {exec: /bin/x, every: 1s, timeout: 2s}\n",
      "agent.yaml");
  EXPECT_EQ(without_file_name(result.errors), "");
  EXPECT_EQ(without_file_name(result.warnings),
            "2:40: 'max_age' in sensor 'a' is shorter than 'every' (1m): the value will be late "
            "before each sample\n"
            "4:41: 'timeout' in sensor 'c' is longer than 'every' (1s): samples that fall into a "
            "long run are skipped\n");
}

TEST(ConfigFile, WithAKeyThatEverybodyCanReadIsWarnedOf) {
  const test::TempDir dir;
  const std::string text = std::string("aes_key: ") + kKey + "\n";
  const std::string path = dir.write("agent.yaml", text, 0644);
  const LoadResult result = load(path);
  EXPECT_TRUE(result.errors.empty());
  EXPECT_EQ(without_file_name(result.warnings),
            path +
                ": holds 'aes_key' and every user can read it: run "
                "'chmod 600 " +
                path + "' or put the key into an 'aes_key_file'\n");
  EXPECT_TRUE(load(dir.write("closed.yaml", text, 0640)).warnings.empty());
  EXPECT_TRUE(load(dir.write("keyless.yaml", "port: 1\n", 0644)).warnings.empty());
}

TEST(ConfigFile, ThatCannotBeReadIsAFinding) {
  const test::TempDir dir;
  EXPECT_EQ(without_file_name(load(dir.path() + "/none").errors),
            dir.path() + "/none: No such file or directory\n");
  EXPECT_EQ(without_file_name(load(dir.path()).errors), dir.path() + ": Is a directory\n");
  const std::string large = dir.write("large", std::string(1024 * 1024 + 1, '#'));
  EXPECT_EQ(without_file_name(load(large).errors),
            large + ": is larger than 1 MiB, so it is no configuration\n");
  EXPECT_TRUE(load(dir.write("largest", std::string(1024 * 1024, '#'))).errors.empty());
}

TEST(Config, TakesATabWhereItIndentsNothing) {
  EXPECT_TRUE(
      load_text("node_id: attic\n\t\n\t# a remark\nport: 1\n", "agent.yaml").errors.empty());
}

TEST(Config, SaysThatAFileIsUtf16) {
  for (const auto& [text, size] :
       {std::pair("\xff\xfep\0o\0", 6), {"\xfe\xff\0p\0o", 6}, {"p\0o\0r\0", 6}}) {
    const auto loaded = load_text(std::string(text, static_cast<std::size_t>(size)), "agent.yaml");
    ASSERT_EQ(loaded.errors.size(), 1U);
    EXPECT_EQ(loaded.errors[0].message, "this file is UTF-16: save it as UTF-8");
  }
}

TEST(Config, TakesTheSignOfAPositiveNumber) {
  const auto loaded =
      load_text("sensors: {a: {proc: load1, offset: +0.5, scale: +2, max: +1e3}}\n", "agent.yaml");
  ASSERT_TRUE(loaded.errors.empty());
  EXPECT_EQ(loaded.config.sensors[0].processing.offset, 0.5);
  EXPECT_EQ(loaded.config.sensors[0].processing.scale, 2);
  EXPECT_EQ(loaded.config.sensors[0].processing.max, 1000);
}

// Only the value that has settings of its own must be a number.
TEST(Config, KnowsWhichOfSeveralValuesAreNumbers) {
  const auto loaded = load_text(
      "sensors: {a: {exec: /bin/x, precision: 1, values: {t: {unit: Cel}, s: {delta: 0}}}}\n",
      "agent.yaml");
  ASSERT_TRUE(loaded.errors.empty());
  const SensorConfig& sensor = loaded.config.sensors[0];
  EXPECT_TRUE(sensor.processing_of("t").is_number.value_or(false));
  EXPECT_FALSE(sensor.processing_of("s").is_number.value_or(false));
  EXPECT_FALSE(sensor.processing_of("other").is_number.value_or(false));
}

// Nothing may be accepted, leak, recurse or take quadratic time.
TEST(Config, OfOneMebibyteOfAnythingIsRefusedInBoundedWork) {
  for (const std::string piece : {"[", "{", "- ", "? ", "a: ", "a\n", "---\n", "*a ", "&a ", "!",
                                  "{a: ", "[x, ", "'", "\"\\", "|\n", "k: [", "\xff", "\n\ta"}) {
    std::string text = "sensors: ";
    while (text.size() < 1024 * 1024 - 8) text += piece;
    const LoadResult result = load_text(text, "agent.yaml");
    EXPECT_FALSE(result.errors.empty()) << piece;
    EXPECT_LE(result.errors.size(), 100U) << piece;
  }
  EXPECT_FALSE(load_text(std::string(1000, '\0'), "agent.yaml").errors.empty());
  std::string keys;
  for (int i = 0; i < 80'000; ++i) keys.append("k").append(std::to_string(i)).append(": 1\n");
  EXPECT_EQ(load_text(keys, "agent.yaml").errors.size(), 100U);
}

TEST(Config, TakesDurationsOfSeveralUnits) {
  const LoadResult result = load_text(
      "sensors:\n"
      "  a: {proc: load1, every: 1s500ms, max_age: 1m30s}\n"
      "  b: {gpio: GPIO4, debounce: 1s20ms}\n",
      "agent.yaml");
  EXPECT_EQ(without_file_name(result.errors), "");
  ASSERT_EQ(result.config.sensors.size(), 2U);
  EXPECT_EQ(result.config.sensors[0].every, milliseconds(1500));
  EXPECT_EQ(result.config.sensors[0].max_age, milliseconds(90'000));
  EXPECT_EQ(result.config.sensors[1].options.at("debounce"), "1020");
}

TEST(NodeName, IsMadeFromAnyHostName) {
  EXPECT_EQ(node_name_from("Attic.local"), "attic");
  EXPECT_EQ(node_name_from("My_Pi"), "my_pi");
  EXPECT_EQ(node_name_from("-_x_-"), "x");
  EXPECT_EQ(node_name_from(std::string(62, 'a') + "__b"), std::string(62, 'a'));
  EXPECT_EQ(node_name_from(""), "node");
  EXPECT_EQ(node_name_from("..."), "node");
  EXPECT_EQ(node_name_from("\xc3\xa4"), "node");
}

// The defaults that the table documents are those that the structs have.
TEST(KeyTable, AgreesWithTheDefaults) {
  const auto default_of = [](KeyScope scope, std::string_view name) -> std::string_view {
    for (const DocumentedKey& key : documented_keys()) {
      if (key.scope == scope && key.name == name) return key.default_text;
    }
    return "no such key";
  };
  const SensorConfig sensor;
  EXPECT_EQ(default_of(KeyScope::sensor, "every"), duration_text(sensor.every));
  EXPECT_EQ(default_of(KeyScope::sensor, "timeout"), duration_text(sensor.timeout));
  EXPECT_EQ(default_of(KeyScope::bootstrap_node, "port"), std::to_string(kDefaultPort));
  EXPECT_TRUE(default_of(KeyScope::agent, "port").starts_with(std::to_string(kDefaultPort)));
  EXPECT_EQ(default_of(KeyScope::hook, "timeout"), duration_text(HookConfig().timeout));
  EXPECT_EQ(default_of(KeyScope::on_gone, "node"), HookConfig().nodes.front());
  EXPECT_EQ(default_of(KeyScope::agent, "multicast"), Config().multicast ? "true" : "false");
}

TEST(Examples, AreGood) {
  for (const char* name : {"agent.yaml", "raspberry-pi.yaml"}) {
    const LoadResult result = load(std::string(DSN_SOURCE_ROOT "/conf/") + name);
    EXPECT_EQ(without_file_name(result.errors), "");
    EXPECT_EQ(without_file_name(result.warnings), "");
    EXPECT_FALSE(result.config.sensors.empty());
  }
}

}  // namespace
}  // namespace dsn::config
