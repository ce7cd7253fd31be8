// SPDX-License-Identifier: Apache-2.0
// The drivers of sensors: their names, options and hints, each said once. The configuration, the
// sensors, `dsn check`, `dsn init` and the documentation read them here, each at compile time what
// it needs, so that a program holds no text that it never shows.
//
// A new driver has a row in kDrivers, a function make_NAME() in a file of its own with a row in
// factory.cpp, and its name in meson_options.txt. Standard library only: src/config includes this.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>

namespace dsn::sensor {

enum class OptionType : std::uint8_t {
  text,      ///< `min` and `max` count bytes
  path,      ///< an absolute path; `min` and `max` count bytes
  boolean,   ///< true or false
  integer,   ///< `min` and `max` are values
  duration,  ///< `min` and `max` are milliseconds
  choice,    ///< one of the words in `choices`
};

/// What may stand below the name of a driver, or beside its short form.
struct DriverOption {
  std::string_view name;
  OptionType type;
  std::int64_t min;
  std::int64_t max;
  std::string_view default_text;  ///< "required" where the option must be given
  std::string_view sentence;      ///< for the documentation
  std::string_view choices = {};  ///< separated by a blank
};

/// How the options of a driver go together. Names in `options` are separated by a blank. A boolean
/// option counts as given if it is true. A rule about an option that has broken another rule is
/// passed over.
struct OptionRule {
  enum class Kind : std::uint8_t {
    at_least_one,  ///< of `options`
    at_most_one,   ///< of `options`
    needs,         ///< `subject` needs one of `options`
  };
  Kind kind;
  std::string_view options;
  std::string_view subject = {};
};

struct Driver {
  std::string_view name;
  /// The option that the short form gives: `w1: 28-00000a1b2c3d` means {id: 28-00000a1b2c3d}. Empty
  /// for a driver that takes a program and its arguments instead of options.
  std::string_view short_form = {};
  std::span<const DriverOption> options = {};
  std::span<const OptionRule> rules = {};
  std::string_view sentence;  ///< for the documentation
  std::string_view hint;      ///< `dsn check` prints it when a sample fails

  [[nodiscard]] constexpr bool runs_program() const { return short_form.empty(); }
};

namespace catalogue {

// PATH_MAX less its terminator; the kernel takes no longer path.
inline constexpr std::int64_t kPathSizeMax = 4095;
// IFNAMSIZ less its terminator.
inline constexpr std::int64_t kInterfaceNameSizeMax = 15;

using enum OptionType;
using enum OptionRule::Kind;

inline constexpr DriverOption kProcOptions[] = {
    {"reading", text, 1, 64, "required, or a counter",
     "What to read, such as `load1` or `uptime`, or of a mount or a pressure."},
    {"net", text, 1, kInterfaceNameSizeMax, "none", "Network interface whose counter is read."},
    {"disk", text, 1, 64, "none", "Disk or partition whose counter is read, such as `mmcblk0`."},
    {"mount", path, 1, kPathSizeMax, "none", "Any path in the file system whose space is read."},
    {"mounted", boolean, 0, 0, "true for a path in `/etc/fstab` and for an empty folder",
     "Whether something must be mounted at that very path."},
    {"pressure", choice, 0, 0, "none", "Resource whose pressure is read.", "cpu io memory"},
    {"counter", text, 1, 64, "required with net and disk",
     "Counter of the interface or disk, such as `rx_bytes`."},
};
inline constexpr OptionRule kProcRules[] = {
    {at_most_one, "net disk mount pressure"},
    {at_most_one, "reading net"},
    {at_most_one, "reading disk"},
    {needs, "net disk", "counter"},
    {needs, "counter", "net"},
    {needs, "counter", "disk"},
    {needs, "reading", "mount"},
    {needs, "mount", "mounted"},
    {needs, "reading", "pressure"},
    {at_least_one, "reading net disk mount pressure"},
};

inline constexpr DriverOption kThermalOptions[] = {
    {"type", text, 1, 64, "required",
     "Type of the zone, as in `/sys/class/thermal/thermal_zone*/type`."},
};

inline constexpr DriverOption kHwmonOptions[] = {
    {"chip", text, 1, 64, "required", "Name of the chip, as in `/sys/class/hwmon/hwmon*/name`."},
    {"input", text, 1, 64, "required, or label", "Input of the chip, such as `temp1` or `fan2`."},
    {"label", text, 1, 64, "required, or input",
     "Label of the input, as in the chip's `*_label` files."},
    {"device", text, 1, 128, "any",
     "Which chip, if several have the name: any part of where its `device` link points, such as "
     "`0000:01:00.0`."},
};
inline constexpr OptionRule kHwmonRules[] = {
    {at_least_one, "input label"},
    {at_most_one, "input label"},
};

inline constexpr DriverOption kW1Options[] = {
    {"id", text, 1, 32, "required",
     "Id of the chip, as in `/sys/bus/w1/devices`: `28-00000a1b2c3d`."},
    {"resolution", integer, 9, 12, "as it is", "Bits of a conversion."},
};

inline constexpr DriverOption kIioOptions[] = {
    {"name", text, 1, 64, "required",
     "Name of the device, as in `/sys/bus/iio/devices/iio:device*/name`."},
    {"device", text, 1, 128, "any",
     "Which device, if several have the name: a folder that holds it, such as `1-0076`."},
    {"channel", text, 1, 64, "all that are known",
     "The one channel to read, such as `temperature` or `voltage0`."},
};

inline constexpr DriverOption kGpioOptions[] = {
    {"line", text, 1, 31, "required, or number",
     "Name of the line, as `gpioinfo` shows it, such as `GPIO17`."},
    {"chip", text, 1, 31, "any", "Label or name of the chip, if several have such a line."},
    {"number", integer, 0, 65535, "required, or line",
     "Number of the line within the chip, for lines without a name."},
    {"bias", choice, 0, 0, "as it is", "Resistor within the chip.", "pull_up pull_down disabled"},
    {"active_low", boolean, 0, 0, "false", "Whether a low level means true."},
    {"debounce", duration, 1, 60'000, "none", "How long a level must last before it counts."},
    {"count", boolean, 0, 0, "false", "Whether to count edges instead."},
    {"edge", choice, 0, 0, "both", "Which edges are counted.", "rising falling both"},
};
inline constexpr OptionRule kGpioRules[] = {
    {at_least_one, "line number"},
    {at_most_one, "line number"},
    {needs, "chip", "number"},
    {needs, "count", "edge"},
};

inline constexpr DriverOption kI2cOptions[] = {
    {"bus", text, 1, 64, "required", "Number of the bus, or name of its adapter."},
    {"address", text, 1, 8, "required", "Address of the device, `0x08` to `0x77`."},
    {"register", text, 1, 8, "required",
     "Number of the register; one above `0xff` is sent as two bytes."},
    {"format", choice, 0, 0, "u8", "Sign, bits and order of its bytes.",
     "u8 s8 u16be u16le s16be s16le u24be s24be u32be u32le s32be s32le"},
    {"mask", text, 1, 16, "all bits", "Bits that are kept."},
    {"shift", integer, 0, 31, "0", "How far they are then moved to the right."},
};

inline constexpr DriverOption kRpiOptions[] = {
    {"reading", text, 1, 64, "required", "`throttling` for all flags, or the name of one."},
};

inline constexpr DriverOption kFileOptions[] = {
    {"path", path, 1, kPathSizeMax, "required", "Absolute path of the file."},
};

}  // namespace catalogue

inline constexpr Driver kDrivers[] = {
    {
        .name = "proc",
        .short_form = "reading",
        .options = catalogue::kProcOptions,
        .rules = catalogue::kProcRules,
        .sentence = "Reads load, memory, processor, pressure, network, disks or file systems.",
        .hint = "see docs/configuration.md for what can be read, and /proc/net/dev for interfaces",
    },
    {
        .name = "thermal",
        .short_form = "type",
        .options = catalogue::kThermalOptions,
        .sentence = "Reads a thermal zone, by its type.",
        .hint = "see: grep . /sys/class/thermal/thermal_zone*/type",
    },
    {
        .name = "hwmon",
        .short_form = "chip",
        .options = catalogue::kHwmonOptions,
        .rules = catalogue::kHwmonRules,
        .sentence = "Reads a hardware monitoring chip, by its name.",
        .hint = "is its driver loaded? see: grep . /sys/class/hwmon/hwmon*/name",
    },
    {
        .name = "w1",
        .short_form = "id",
        .options = catalogue::kW1Options,
        .sentence = "Reads a thermometer on a 1-wire bus, by its id.",
        .hint = "is it wired, and 'dtoverlay=w1-gpio' in config.txt? see: ls /sys/bus/w1/devices",
    },
    {
        .name = "iio",
        .short_form = "name",
        .options = catalogue::kIioOptions,
        .sentence = "Reads a device of Industrial I/O, by its name.",
        .hint = "is its overlay in config.txt? see: grep . /sys/bus/iio/devices/*/name",
    },
    {
        .name = "gpio",
        .short_form = "line",
        .options = catalogue::kGpioOptions,
        .rules = catalogue::kGpioRules,
        .sentence = "Reads or counts a GPIO line, by its name.",
        .hint = "is your user in the group gpio, and the line in the list of gpioinfo?",
    },
    {
        .name = "i2c",
        .short_form = "address",
        .options = catalogue::kI2cOptions,
        .sentence = "Reads a register of an I2C device that the kernel does not know.",
        .hint = "is 'dtparam=i2c_arm=on' in config.txt, and i2c-dev loaded? see: i2cdetect -y 1",
    },
    {
        .name = "rpi",
        .short_form = "reading",
        .options = catalogue::kRpiOptions,
        .sentence = "Reads what a Raspberry Pi says of its power supply and temperature.",
        .hint =
            "only the firmware of a Raspberry Pi says this; 'board_sensors: false' leaves it out",
    },
    {
        .name = "file",
        .short_form = "path",
        .options = catalogue::kFileOptions,
        .sentence = "Reads the first line of a file.",
        .hint = "is there such a file, and may this user read it?",
    },
    {
        .name = "exec",
        .sentence = "Runs a program, without a shell, and reads what it prints.",
        .hint = "run the program by hand, as the user of the agent",
    },
};

/// The row of a driver; nullptr if there is none of that name.
[[nodiscard]] constexpr const Driver* find_driver(std::string_view name) {
  const auto* const found = std::ranges::find(kDrivers, name, &Driver::name);
  return found == std::ranges::end(kDrivers) ? nullptr : found;
}

}  // namespace dsn::sensor
