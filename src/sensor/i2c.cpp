// SPDX-License-Identifier: Apache-2.0
// A register of an I2C device that no driver of the kernel knows (Documentation/i2c/dev-interface).
#include <linux/i2c-dev.h>
#include <linux/i2c.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>

#include "base/descriptor.hpp"
#include "base/number_text.hpp"
#include "sensor/attribute.hpp"
#include "sensor/blocking.hpp"
#include "sensor/drivers.hpp"
#include "sensor/pick.hpp"

namespace dsn::sensor {
namespace {

// The others are reserved by the specification of the bus.
constexpr std::uint64_t kAddressMin = 0x08;
constexpr std::uint64_t kAddressMax = 0x77;

struct Format {
  std::string_view name;
  std::size_t bytes;
  bool is_signed;
  bool is_big_endian;
};
constexpr std::array<Format, 12> kFormats = {{
    {"u8", 1, false, true},
    {"s8", 1, true, true},
    {"u16be", 2, false, true},
    {"u16le", 2, false, false},
    {"s16be", 2, true, true},
    {"s16le", 2, true, false},
    {"u24be", 3, false, true},
    {"s24be", 3, true, true},
    {"u32be", 4, false, true},
    {"u32le", 4, false, false},
    {"s32be", 4, true, true},
    {"s32le", 4, true, false},
}};

/// Decimal, or hexadecimal with 0x, as data sheets have them.
std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t max) {
  const auto number = text.starts_with("0x") ? number_of_hex<std::uint64_t>(text.substr(2))
                                             : number_of<std::uint64_t>(text);
  return number && *number <= max ? number : std::nullopt;
}

struct Register {
  std::string bus;  ///< its number, or the name of the adapter
  std::uint16_t address = 0;
  std::vector<std::uint8_t> number;  ///< as it is sent: one byte, or two if it is above 0xff
  const Format* format = nullptr;
  std::optional<std::uint64_t> mask;
  int shift = 0;
};

std::uint64_t kept_bits(const Register& source) {
  const std::uint64_t all = (std::uint64_t{1} << (8 * source.format->bytes)) - 1;
  return source.mask ? all & *source.mask : all;
}

/// Mask and shift take a part of the bits, whose highest is then the sign if there is one.
std::int64_t decode(const Register& source, std::span<const std::uint8_t> bytes) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bits = bits << 8 | bytes[source.format->is_big_endian ? i : bytes.size() - 1 - i];
  }
  std::uint64_t mask = kept_bits(source);
  bits = (bits & mask) >> source.shift;
  mask >>= source.shift;
  const std::uint64_t sign = mask - (mask >> 1);  // the highest bit, if the mask has no holes
  if (!source.format->is_signed || (bits & sign) == 0) return static_cast<std::int64_t>(bits);
  return static_cast<std::int64_t>(bits) - static_cast<std::int64_t>(mask) - 1;
}

class I2cReader : public Reader {
 public:
  I2cReader(Register source, std::string name, std::string root, std::shared_ptr<DevicePort> port)
      : source_(std::move(source)),
        name_(std::move(name)),
        root_(std::move(root)),
        port_(std::move(port)) {}

  Result<Measurements> read() override {
    const auto path = find_bus();
    if (!path) return error(path.error());
    const Descriptor bus(port_->open(*path));
    if (bus.get() < 0) return error(*path + ": " + std::strerror(-bus.get()));
    std::array<std::uint8_t, 4> bytes{};
    const std::span<std::uint8_t> wanted(bytes.data(), source_.format->bytes);
    if (const int answer = transfer(bus.get(), wanted); answer < 0) return error(cause(answer));
    Measurement measured{"", Value::integer(decode(source_, wanted)), ""};
    // A register that counts goes round.
    const bool counts = !source_.format->is_signed;
    measured.counter_span =
        counts ? static_cast<double>(kept_bits(source_) >> source_.shift) + 1 : 0;
    return Measurements{std::move(measured)};
  }

 private:
  [[nodiscard]] Error error(const std::string& cause) const { return Error{name_ + ": " + cause}; }

  static std::string cause(int answer) {
    // Adapters differ in what they say of an address that nobody acknowledges.
    if (answer == -ENXIO || answer == -EREMOTEIO) return "does not answer";
    return std::strerror(-answer);
  }

  [[nodiscard]] Result<std::string> find_bus() const {
    const std::string& bus = source_.bus;
    if (to_integer(bus)) return root_ + "/dev/i2c-" + bus;
    std::vector<std::string> names;
    std::vector<std::string> found;
    const std::string folder = root_ + "/sys/bus/i2c/devices";
    for (const std::string& entry : list_folder(folder, "i2c-")) {
      auto name = read_attribute(folder + "/" + entry + "/name");
      if (!name) continue;
      if (*name == bus) found.push_back(root_ + "/dev/" + entry);
      names.push_back(std::move(*name));
    }
    if (found.size() == 1) return found[0];
    if (found.size() > 1) {
      return Error{std::to_string(found.size()) + " buses have the name: give a number"};
    }
    return Error{"no such bus (found: " + listed(names) + ")"};
  }

  /// Both messages in one transfer, so that no other master's come between.
  int transfer(int bus, std::span<std::uint8_t> wanted) {
    std::vector<std::uint8_t> number = source_.number;
    std::array<i2c_msg, 2> messages{};
    messages[0] = {.addr = source_.address,
                   .flags = 0,
                   .len = static_cast<std::uint16_t>(number.size()),
                   .buf = number.data()};
    messages[1] = {.addr = source_.address,
                   .flags = I2C_M_RD,
                   .len = static_cast<std::uint16_t>(wanted.size()),
                   .buf = wanted.data()};
    i2c_rdwr_ioctl_data data{.msgs = messages.data(), .nmsgs = messages.size()};
    const int answer = port_->control(bus, I2C_RDWR, &data);
    return answer >= 0 && answer != 2 ? -EIO : answer;
  }

  const Register source_;
  const std::string name_;
  const std::string root_;
  const std::shared_ptr<DevicePort> port_;
};

Result<std::uint64_t> number_option(const SensorSpec& spec, const std::string& name,
                                    std::uint64_t max) {
  const std::string* text = find_option(spec, name);
  if (text == nullptr) return Error{"i2c: option '" + name + "' is missing"};
  if (const auto number = parse_number(*text, max)) return *number;
  return Error{"i2c: " + name + " '" + *text + "' is no number of at most " + std::to_string(max)};
}

/// What part of the register is meant.
Result<void> parse_part(const SensorSpec& spec, Register& source) {
  const std::uint64_t bits = 8 * source.format->bytes;
  if (find_option(spec, "mask") != nullptr) {
    const auto mask = number_option(spec, "mask", (std::uint64_t{1} << bits) - 1);
    if (!mask) return mask.failure();
    source.mask = *mask;
  }
  if (find_option(spec, "shift") != nullptr) {
    const auto shift = number_option(spec, "shift", bits - 1);
    if (!shift) return shift.failure();
    source.shift = static_cast<int>(*shift);
  }
  if (source.mask && *source.mask >> source.shift == 0) {
    return Error{"i2c: mask and shift leave no bit"};
  }
  return {};
}

Result<Register> parse_register(const SensorSpec& spec) {
  const std::string* bus = find_option(spec, "bus");
  if (bus == nullptr || bus->empty()) return Error{"i2c: option 'bus' is missing"};
  Register source;
  source.bus = *bus;
  const auto address = number_option(spec, "address", kAddressMax);
  if (!address) return address.failure();
  if (*address < kAddressMin) return Error{"i2c: addresses below 0x08 are reserved"};
  source.address = static_cast<std::uint16_t>(*address);
  const auto number = number_option(spec, "register", 0xffff);
  if (!number) return number.failure();
  if (*number > 0xff) source.number.push_back(static_cast<std::uint8_t>(*number >> 8));
  source.number.push_back(static_cast<std::uint8_t>(*number & 0xff));
  const std::string* name = find_option(spec, "format");
  const auto format = pick(kFormats, name != nullptr ? *name : "u8", "i2c: unknown format");
  if (!format) return format.failure();
  source.format = *format;
  if (auto part = parse_part(spec, source); !part) return part.failure();
  return source;
}

}  // namespace

std::vector<std::string_view> i2c_formats() { return names_of(kFormats); }

Made make_i2c(asio::io_context& io, const SensorSpec& spec, const std::string& root) {
  return make_i2c(io, spec, root, kernel_devices());
}

Made make_i2c(asio::io_context& io, const SensorSpec& spec, const std::string& root,
              std::shared_ptr<DevicePort> port) {
  if (auto known = check_options(spec); !known) return known.failure();
  auto source = parse_register(spec);
  if (!source) return source.failure();
  const std::string name = "i2c " + source->bus + " " + *find_option(spec, "address");
  return make_blocking(
      io, {"i2c " + source->bus, name},
      std::make_shared<I2cReader>(std::move(*source), name, root, std::move(port)));
}

}  // namespace dsn::sensor
