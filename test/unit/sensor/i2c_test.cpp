// SPDX-License-Identifier: Apache-2.0
// Registers of a device that the test plays.
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>

#include "sensor/drivers.hpp"
#include "tree.hpp"

namespace dsn::sensor {
namespace {

/// A bus with one device.
class FakeI2c : public DevicePort {
 public:
  std::string path;
  std::uint16_t address = 0x48;
  std::map<std::vector<std::uint8_t>, std::vector<std::uint8_t>> registers;  ///< by number as sent
  int refusal = 0;

  int open(const std::string& wanted) override {
    return wanted == path ? ::open("/dev/null", O_RDWR | O_CLOEXEC) : -ENOENT;
  }
  int control(int, unsigned long number, void* argument) override {
    if (number != I2C_RDWR) return -ENOTTY;
    if (refusal != 0) return refusal;
    const auto& data = *static_cast<i2c_rdwr_ioctl_data*>(argument);
    if (data.nmsgs != 2) return -EINVAL;
    const i2c_msg& sent = data.msgs[0];
    const i2c_msg& wanted = data.msgs[1];
    if (sent.addr != address || wanted.addr != address) return -EREMOTEIO;
    if (sent.flags != 0 || wanted.flags != I2C_M_RD) return -EINVAL;
    const auto found = registers.find({sent.buf, sent.buf + sent.len});
    if (found == registers.end() || found->second.size() < wanted.len) return -EIO;
    std::copy_n(found->second.begin(), wanted.len, wanted.buf);
    return 2;
  }
};

class I2c : public Tree {
 protected:
  I2c() { port_->path = root_ + "/dev/i2c-1"; }
  std::string read(std::map<std::string, std::string> options) {
    options.emplace("bus", "1");
    options.emplace("address", "0x48");
    options.emplace("register", "0");
    auto made = make_i2c(io_, {"i2c", std::move(options), {}}, root_, port_);
    return made.ok() ? sample(**made) : made.error();
  }
  std::string read_as(const std::string& format, const std::string& mask = "",
                      const std::string& shift = "") {
    std::map<std::string, std::string> options = {{"format", format}};
    if (!mask.empty()) options["mask"] = mask;
    if (!shift.empty()) options["shift"] = shift;
    return read(std::move(options));
  }

  std::shared_ptr<FakeI2c> port_ = std::make_shared<FakeI2c>();
};

TEST_F(I2c, ReadsEachFormat) {
  port_->registers[{0}] = {0x81, 0x02, 0x03, 0xf4};
  const std::pair<const char*, const char*> formats[] = {
      {"u8", "129"},           {"s8", "-127"},           {"u16be", "33026"},
      {"u16le", "641"},        {"s16be", "-32510"},      {"s16le", "641"},
      {"u24be", "8454659"},    {"s24be", "-8322557"},    {"u32be", "2164392948"},
      {"u32le", "4093837953"}, {"s32be", "-2130574348"}, {"s32le", "-201129343"}};
  EXPECT_EQ(std::size(formats), i2c_formats().size());
  for (const auto& [format, value] : formats) EXPECT_EQ(read_as(format), value) << format;
  EXPECT_EQ(read({}), "129");
}

TEST_F(I2c, TakesAPartOfTheBits) {
  port_->registers[{0}] = {0xe7,
                           0xff};  // an LM75 at -24.125 degrees, whose last five bits are none
  EXPECT_EQ(read_as("s16be", "", "5"), "-193");
  EXPECT_EQ(read_as("u16be", "0x0ff0", "4"), "127");
  EXPECT_EQ(read_as("s16be", "0x0ff0", "4"), "127");
  EXPECT_EQ(read_as("s16be", "0x07f0", "4"), "-1");
  EXPECT_EQ(read_as("u8", "128"), "128");
  EXPECT_EQ(read_as("s32be"), "i2c 1 0x48: Input/output error");
}

TEST_F(I2c, SendsTheNumberOfTheRegister) {
  port_->registers[{0xff}] = {1};
  port_->registers[{0x01, 0x00}] = {2};
  port_->registers[{0xff, 0xff}] = {3};
  EXPECT_EQ(read({{"register", "255"}}), "1");
  EXPECT_EQ(read({{"register", "0x100"}}), "2");
  EXPECT_EQ(read({{"register", "0xffff"}}), "3");
}

TEST_F(I2c, FindsTheBusByItsName) {
  port_->registers[{0}] = {7};
  EXPECT_EQ(read({{"bus", "bcm2835 (i2c@7e804000)"}}),
            "i2c bcm2835 (i2c@7e804000) 0x48: no such bus (found: none)");
  write("/sys/bus/i2c/devices/i2c-0/name", "bcm2835 (i2c@7e205000)\n");
  write("/sys/bus/i2c/devices/i2c-1/name", "bcm2835 (i2c@7e804000)\n");
  write("/sys/bus/i2c/devices/1-0048/name", "dummy\n");
  EXPECT_EQ(read({{"bus", "bcm2835 (i2c@7e804000)"}}), "7");
  EXPECT_EQ(read({{"bus", "x"}}),
            "i2c x 0x48: no such bus (found: bcm2835 (i2c@7e205000), bcm2835 (i2c@7e804000))");
  write("/sys/bus/i2c/devices/i2c-2/name", "bcm2835 (i2c@7e804000)\n");
  EXPECT_EQ(read({{"bus", "bcm2835 (i2c@7e804000)"}}),
            "i2c bcm2835 (i2c@7e804000) 0x48: 2 buses have the name: give a number");
}

TEST_F(I2c, FailsWithTheCause) {
  EXPECT_EQ(read({{"bus", "2"}}), "i2c 2 0x48: /dev/i2c-2: No such file or directory");
  EXPECT_EQ(read({{"address", "0x49"}}), "i2c 1 0x49: does not answer");
  EXPECT_EQ(read({}), "i2c 1 0x48: Input/output error");
  port_->refusal = -ETIMEDOUT;
  EXPECT_EQ(read({}), "i2c 1 0x48: Connection timed out");
  port_->refusal = 1;  // half of the transfer
  EXPECT_EQ(read({}), "i2c 1 0x48: Input/output error");
}

TEST_F(I2c, IsRefusedWithTheCause) {
  EXPECT_EQ(refusal({"i2c", {}, {}}), "i2c: option 'bus' is missing");
  EXPECT_EQ(refusal({"i2c", {{"bus", "1"}}, {}}), "i2c: option 'address' is missing");
  EXPECT_EQ(refusal({"i2c", {{"bus", "1"}, {"address", "0x48"}}, {}}),
            "i2c: option 'register' is missing");
  EXPECT_EQ(read({{"address", "0x03"}}), "i2c: addresses below 0x08 are reserved");
  for (const char* address : {"0x78", "x", "", "0x", "-1", "48h", "18446744073709551616"}) {
    EXPECT_EQ(read({{"address", address}}),
              "i2c: address '" + std::string(address) + "' is no number of at most 119");
  }
  EXPECT_EQ(read({{"register", "0x10000"}}),
            "i2c: register '0x10000' is no number of at most 65535");
  EXPECT_EQ(read_as("u16b"), "i2c: unknown format 'u16b' (did you mean 'u16be'?)");
  EXPECT_EQ(read_as("u8", "0x100"), "i2c: mask '0x100' is no number of at most 255");
  EXPECT_EQ(read_as("u8", "", "8"), "i2c: shift '8' is no number of at most 7");
  EXPECT_EQ(read_as("u8", "0x0f", "4"), "i2c: mask and shift leave no bit");
  EXPECT_EQ(read_as("u8", "0"), "i2c: mask and shift leave no bit");
}

}  // namespace
}  // namespace dsn::sensor
