// SPDX-License-Identifier: Apache-2.0
// What is wrong with a sensor.
#include "bad_config.hpp"

namespace dsn::config {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Sensors, BadConfig,
    testing::Values(
        Bad{"misspelled_every",
            "sensors:\n"
            "  door: {file: /x, evry: 5s}\n",
            {"2:20: unknown key 'evry' in sensor 'door' (did you mean 'every'?)"}},
        Bad{"no_such_thing",
            "sensors:\n"
            "  door: {file: /x, colour: blue}\n",
            {"2:20: unknown key 'colour' in sensor 'door'; known here: path every max_age timeout "
             "preset "
             "values unit rate scale offset min max filter window precision delta max_interval "
             "ha_class"}},
        Bad{"ids_of_other_programs",
            "sensors:\n"
            "  a: {w1: 28-00000A1B2C3D}\n"
            "  b: {w1: {id: 28.3D2C1B0A0000}}\n"
            "  c: {w1: '0x2a00000a1b2c3d28'}\n"
            "  d: {w1: room}\n",
            {"2:11: '28-00000A1B2C3D' in sensor 'a' is no id of the kernel: did you mean "
             "28-00000a1b2c3d? 'ls /sys/bus/w1/devices' shows what is there",
             "3:11: '28.3D2C1B0A0000' in sensor 'b' is no id of the kernel: did you mean "
             "28-3d2c1b0a0000, or, as owfs has the bytes the other way round, 28-00000a1b2c3d? 'ls "
             "/sys/bus/w1/devices' shows what is there",
             "4:11: '...' (looks like a key, so it is not shown) in sensor 'c' is no id of the "
             "kernel: did you mean 28-00000a1b2c3d? 'ls /sys/bus/w1/devices' shows what is there",
             "5:11: 'room' in sensor 'd' is no id of the kernel: an id is written "
             "28-00000a1b2c3d; 'ls /sys/bus/w1/devices' shows what is there"}},
        Bad{"key_upper_case",
            "sensors:\n"
            "  Door: {file: /x}\n",
            {"2:3: sensor 'Door' must be named by a-z, 0-9 and '_', in parts separated by '/', "
             "beginning with a letter, at most 64 bytes"}},
        Bad{"key_slash",
            "sensors:\n"
            "  /door: {file: /x}\n"
            "  door/: {file: /x}\n"
            "  a//b: {file: /x}\n"
            "  1a: {file: /x}\n",
            {"2:3: sensor '/door' must be named by a-z, 0-9 and '_', in parts separated by '/', "
             "beginning with a letter, at most 64 bytes",
             "3:3: sensor 'door/' must be named by a-z, 0-9 and '_', in parts separated by '/', "
             "beginning with a letter, at most 64 bytes",
             "4:3: sensor 'a//b' must be named by a-z, 0-9 and '_', in parts separated by '/', "
             "beginning with a letter, at most 64 bytes",
             "5:3: sensor '1a' must be named by a-z, 0-9 and '_', in parts separated by '/', "
             "beginning with a letter, at most 64 bytes"}},
        Bad{"key_long",
            "sensors:\n"
            "  kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk: {file: /x}\n",
            {"2:3: sensor 'kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk...' must "
             "be named by a-z, 0-9 and '_', in parts separated by '/', beginning with a letter, at "
             "most 64 bytes"}},
        Bad{"scalar",
            "sensors:\n"
            "  load: load1\n",
            {"2:3: sensor 'load' must be a mapping such as {proc: load1}, not 'load1'"}},
        Bad{"nothing",
            "sensors:\n"
            "  load:\n",
            {"2:3: sensor 'load' must be a mapping such as {proc: load1}, not nothing"}},
        Bad{"no_driver",
            "sensors:\n"
            "  load: {every: 5s}\n",
            {"2:3: sensor 'load' has no driver: give one of proc, thermal, hwmon, w1, iio, "
             "gpio, i2c, rpi, file, exec"}},
        Bad{"misspelled_driver",
            "sensors:\n"
            "  load: {prco: load1}\n",
            {"2:10: unknown key 'prco' in sensor 'load' (did you mean 'proc'?)"}},
        Bad{"two_drivers",
            "sensors:\n"
            "  load: {proc: load1, file: /x}\n",
            {"2:23: sensor 'load' has two drivers, 'proc' and 'file': split it into two sensors"}},
        Bad{"every_without_unit",
            "sensors:\n"
            "  a: {proc: load1, every: 10}\n",
            {"2:27: 'every' in sensor 'a' must be a duration with a unit, such as 10s or 10ms, not "
             "'10'"}},
        Bad{"every_ends_without_unit",
            "sensors:\n"
            "  a: {proc: load1, every: 1m30}\n",
            {"2:27: 'every' in sensor 'a' must be a duration with a unit, such as 1m30s or 1m30ms, "
             "not '1m30'"}},
        Bad{"every_zero",
            "sensors:\n"
            "  a: {proc: load1, every: 0s}\n",
            {"2:27: 'every' in sensor 'a' must be a duration from 100ms to 1d, not '0s'"}},
        Bad{"every_short",
            "sensors:\n"
            "  a: {proc: load1, every: 99ms}\n",
            {"2:27: 'every' in sensor 'a' must be a duration from 100ms to 1d, not '99ms'"}},
        Bad{"every_long",
            "sensors:\n"
            "  a: {proc: load1, every: 25h}\n",
            {"2:27: 'every' in sensor 'a' must be a duration from 100ms to 1d, not '25h'"}},
        Bad{"every_fraction",
            "sensors:\n"
            "  a: {proc: load1, every: 1.5s}\n",
            {"2:27: 'every' in sensor 'a' must be a duration of a whole number, such as 1500ms for "
             "1.5s, not '1.5s'"}},
        Bad{"every_unit",
            "sensors:\n"
            "  a: {proc: load1, every: 5min}\n",
            {"2:27: 'every' in sensor 'a' must be a duration in ms, s, m, h or d, not '5min'"}},
        Bad{"every_octal",
            "sensors:\n"
            "  a: {proc: load1, every: 010s}\n",
            {"2:27: 'every' in sensor 'a' must be a duration without leading zeros, not '010s'"}},
        Bad{"every_text",
            "sensors:\n"
            "  a: {proc: load1, every: often}\n",
            {"2:27: 'every' in sensor 'a' must be a duration such as 500ms, 30s, 1m30s, 2h or 7d, "
             "not 'often'"}},
        Bad{"every_overflow",
            "sensors:\n"
            "  a: {proc: load1, every: 9999999999999999d}\n",
            {"2:27: 'every' in sensor 'a' must be a duration of at most 100 years, not '...' "
             "(looks like a key, so it is not shown)"}},
        Bad{"every_list",
            "sensors:\n"
            "  a: {proc: load1, every: [5s]}\n",
            {"2:27: 'every' in sensor 'a' must be a duration such as 30s, not a list"}},
        Bad{"max_age_long",
            "sensors:\n"
            "  a: {proc: load1, max_age: 31d}\n",
            {"2:29: 'max_age' in sensor 'a' must be a duration from 100ms to 30d, not '31d'"}},
        Bad{"timeout_elsewhere",
            "sensors:\n"
            "  a: {proc: load1, timeout: 5s}\n",
            {"2:20: 'timeout' in sensor 'a' is for 'exec' only"}},
        Bad{"unit_unknown",
            "sensors:\n"
            "  a: {file: /x, unit: Celcius}\n"
            "  b: {file: /x, unit: \xc2"
            "\xb0"
            "C}\n"
            "  c: {file: /x, unit: furlong}\n"
            "  d: {file: /x, unit: hpa}\n",
            {"2:23: unknown unit 'Celcius' in sensor 'a' (did you mean 'Cel'?)",
             "3:23: unknown unit '\xc2"
             "\xb0"
             "C' in sensor 'b' (did you mean 'Cel'?)",
             "4:23: unknown unit 'furlong' in sensor 'c'; give a SenML unit (RFC 8428), or none",
             "5:23: unknown unit 'hpa' in sensor 'd' (did you mean 'hPa'?)"}},
        Bad{"unit_long",
            "sensors:\n"
            "  a: {file: /x, unit: furlongs-per-fortnight}\n",
            {"2:23: 'unit' in sensor 'a' must have 0 to 16 bytes, not 22"}},
        Bad{"option_unknown",
            "sensors:\n"
            "  a: {hwmon: {chip: x, inptu: temp1}}\n",
            {"2:24: unknown key 'inptu' in 'hwmon' of sensor 'a' (did you mean 'input'?)"}},
        Bad{"option_elsewhere",
            "sensors:\n"
            "  a: {thermal: {chip: x}}\n",
            {"2:17: unknown key 'chip' in 'thermal' of sensor 'a'; known here: type"}},
        Bad{"option_list",
            "sensors:\n"
            "  a: {hwmon: {chip: [x], input: temp1}}\n",
            {"2:21: 'chip' in 'hwmon' of sensor 'a' must be text, not a list"}},
        Bad{"option_beside_long_form",
            "sensors:\n"
            "  a: {proc: {net: eth0}, counter: rx_bytes}\n",
            {"2:26: 'counter' stands beside 'proc' in sensor 'a': move it into the mapping of "
             "'proc'"}},
        Bad{"option_twice",
            "sensors:\n"
            "  a: {hwmon: x, chip: y, input: temp1}\n",
            {"2:17: 'chip' stands beside 'hwmon' in sensor 'a': 'hwmon' has it already"}},
        Bad{"option_beside_misspelled",
            "sensors:\n"
            "  a: {hwmon: x, inptu: temp1}\n",
            {"2:17: unknown key 'inptu' in sensor 'a' (did you mean 'input'?)"}},
        Bad{"option_beside_wrong",
            "sensors:\n"
            "  a: {file: /x, scale: fast}\n",
            {"2:24: 'scale' in sensor 'a' must be a number other than 0, not 'fast'"}},
        Bad{"option_beside_another_driver",
            "sensors:\n"
            "  a: {thermal: x, chip: y}\n",
            {"2:19: unknown key 'chip' in sensor 'a'; known here: type every max_age timeout "
             "preset "
             "values unit rate scale offset min max filter window precision delta max_interval "
             "ha_class"}},
        Bad{"proc_list",
            "sensors:\n"
            "  a: {proc: [load1]}\n",
            {"2:13: 'proc' of sensor 'a' must be text or a mapping, not a list"}},
        Bad{"proc_nothing",
            "sensors:\n"
            "  a: {proc: }\n"
            "  b: {proc: {}}\n",
            {"2:7: 'proc' of sensor 'a' must be text or a mapping, not nothing",
             "3:13: 'proc' of sensor 'b' needs 'reading', 'net', 'disk', 'mount' or 'pressure'"}},
        Bad{"proc_both",
            "sensors:\n"
            "  a: {proc: {reading: load1, net: eth0, counter: rx_bytes}}\n",
            {"2:13: 'proc' of sensor 'a' needs only one of 'reading' and 'net'"}},
        Bad{"proc_net_alone",
            "sensors:\n"
            "  a: {proc: {net: eth0}}\n"
            "  b: {proc: {reading: load1, counter: rx_bytes}}\n",
            {"2:13: 'counter' is missing in 'proc' of sensor 'a'",
             "3:13: 'counter' in 'proc' of sensor 'b' needs 'net' or 'disk'"}},
        Bad{"proc_sources",
            "sensors:\n"
            "  a: {proc: {disk: sda, net: eth0, counter: reads}}\n"
            "  b: {proc: {mount: /}}\n"
            "  c: {proc: {disk: sda}}\n"
            "  d: {proc: {mount: data, reading: free}}\n",
            {"2:13: 'proc' of sensor 'a' needs only one of 'net' and 'disk'",
             "3:13: 'reading' is missing in 'proc' of sensor 'b'",
             "4:13: 'counter' is missing in 'proc' of sensor 'c'",
             "5:13: the mount of 'proc' of sensor 'd' must be absolute, not 'data'"}},
        Bad{"w1_id_and_resolution",
            "sensors:\n"
            "  a: {w1: 28, resolution: 12}\n"
            "  b: {w1: 28-00000a1b2c3d, resolution: 8}\n"
            "  c: {w1: {resolution: 9}}\n",
            {"2:11: '28' in sensor 'a' is no id of the kernel: an id is written 28-00000a1b2c3d; "
             "'ls /sys/bus/w1/devices' shows what is there",
             "3:40: 'resolution' in sensor 'b' must be an integer from 9 to 12, not '8'",
             "4:11: 'id' is missing in 'w1' of sensor 'c'"}},
        Bad{"gpio_combinations",
            "sensors:\n"
            "  a: {gpio: GPIO17, number: 17}\n"
            "  b: {gpio: {number: 17}}\n"
            "  c: {gpio: GPIO17, edge: rising}\n"
            "  d: {gpio: GPIO17, active_low: yes, debounce: 50}\n"
            "  e: {i2c: 0x48, register: 0}\n",
            {"2:13: 'gpio' of sensor 'a' needs only one of 'line' and 'number'",
             "3:13: 'chip' is missing in 'gpio' of sensor 'b'",
             "4:13: 'edge' in 'gpio' of sensor 'c' needs 'count: true'",
             "5:33: 'active_low' in sensor 'd' must be true or false, not 'yes'",
             "5:48: 'debounce' in sensor 'd' must be a duration with a unit, such as 50s or 50ms, "
             "not '50'",
             "6:12: 'bus' is missing in 'i2c' of sensor 'e'"}},
        Bad{"thermal_empty",
            "sensors:\n"
            "  a: {thermal: {}}\n",
            {"2:16: 'type' is missing in 'thermal' of sensor 'a'"}},
        Bad{"hwmon_alone",
            "sensors:\n"
            "  a: {hwmon: cpu_thermal}\n"
            "  b: {hwmon: {chip: x, input: temp1, label: y}}\n"
            "  c: {hwmon: {input: temp1}}\n",
            {"2:14: 'hwmon' of sensor 'a' needs either 'input' or 'label'",
             "3:14: 'hwmon' of sensor 'b' needs only one of 'input' and 'label'",
             "4:14: 'chip' is missing in 'hwmon' of sensor 'c'"}},
        Bad{"file_relative",
            "sensors:\n"
            "  a: {file: x}\n"
            "  b: {file: {}, scale: 2}\n",
            {"2:13: the path of 'file' of sensor 'a' must be absolute, not 'x'",
             "3:13: 'path' is missing in 'file' of sensor 'b'"}},
        Bad{"file_scale",
            "sensors:\n"
            "  a: {file: {path: /x}, scale: 0}\n"
            "  b: {file: {path: /x}, scale: fast}\n"
            "  c: {file: {path: /x}, scale: nan}\n"
            "  d: {file: {path: /x}, scale: 010}\n",
            {"2:32: 'scale' in sensor 'a' must be a number other than 0, not '0'",
             "3:32: 'scale' in sensor 'b' must be a number other than 0, not 'fast'",
             "4:32: 'scale' in sensor 'c' must be a number other than 0, not 'nan'",
             "5:32: 'scale' in sensor 'd' must be a number other than 0, without leading zeros: "
             "'010' could be read as octal"}},
        Bad{"exec_shell",
            "sensors:\n"
            "  a: {exec: /bin/cat /x | wc}\n",
            {"2:13: 'exec' in sensor 'a' runs without a shell: write the program and its arguments "
             "as a list, such as [/bin/program, argument]"}},
        Bad{"exec_relative",
            "sensors:\n"
            "  a: {exec: cat}\n"
            "  b: {exec: [cat, /x]}\n",
            {"2:13: 'exec' in sensor 'a' must name its program by an absolute path, not 'cat'",
             "3:14: 'exec' in sensor 'b' must name its program by an absolute path, not 'cat'"}},
        Bad{"exec_empty",
            "sensors:\n"
            "  a: {exec: []}\n"
            "  b: {exec: {run: /x}}\n"
            "  c: {exec: }\n",
            {"2:13: 'exec' in sensor 'a' must be a program or a list of program and arguments, not "
             "empty",
             "3:13: 'exec' in sensor 'b' must be a program or a list of program and arguments, not "
             "a mapping",
             "4:7: 'exec' in sensor 'c' must be a program or a list of program and arguments, not "
             "nothing"}},
        Bad{"exec_argument",
            "sensors:\n"
            "  a: {exec: [/bin/x, [y]]}\n"
            "  b: {exec: [/bin/x, ~]}\n",
            {"2:22: an argument of 'exec' in sensor 'a' must be text, not a list; quote it if need "
             "be",
             "3:22: an argument of 'exec' in sensor 'b' must be text, not nothing; quote it if "
             "need be"}}),
    BadConfig::name_of);

}  // namespace
}  // namespace dsn::config
