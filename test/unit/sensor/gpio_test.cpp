// SPDX-License-Identifier: Apache-2.0
// Lines of chips that the test plays: what the driver asks of them is what it asks of the kernel.
#include <fcntl.h>
#include <linux/gpio.h>
#include <unistd.h>

#include <cstring>

#include "sensor/drivers.hpp"
#include "tree.hpp"

namespace dsn::sensor {
namespace {

struct FakeLine {
  std::string name;
  std::string consumer;
  bool level = false;
  bool has_interrupt = true;
};

struct FakeChip {
  std::string name;
  std::string label;
  std::vector<FakeLine> lines;
};

/// The character device of GPIO. One line is requested at a time.
class FakeGpio : public DevicePort {
 public:
  ~FakeGpio() override { unplug(); }

  std::map<std::string, FakeChip> chips;  ///< by path
  std::optional<gpio_v2_line_request> request;
  int refusal = 0;  ///< of the next request
  bool knows_version_2 = true;

  /// An edge, unless the kernel's buffer was full when it came.
  void edge(bool rising, bool is_kept = true) {
    gpio_v2_line_event event{};
    event.id = rising ? GPIO_V2_LINE_EVENT_RISING_EDGE : GPIO_V2_LINE_EVENT_FALLING_EDGE;
    event.line_seqno = ++sequence_;
    line_->level = rising;
    if (is_kept) {
      ASSERT_EQ(::write(events_, &event, sizeof event), ssize_t{sizeof event});
    }
  }
  void unplug() {
    if (events_ >= 0) close(events_);
    events_ = -1;
    line_ = nullptr;
    chips.clear();
  }
  void set_level(bool level) const { line_->level = level; }

  int open(const std::string& path) override {
    const auto chip = chips.find(path);
    if (chip == chips.end()) return -ENOENT;
    if (chip->second.name.empty()) return -EACCES;
    return ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  }

  int control(int descriptor, unsigned long number, void* argument) override {
    if (number == GPIO_V2_LINE_GET_VALUES_IOCTL) {
      if (line_ == nullptr) return -ENODEV;
      static_cast<gpio_v2_line_values*>(argument)->bits = line_->level ? 1 : 0;
      return 0;
    }
    FakeChip& chip =
        chips[std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor))];
    if (number == GPIO_GET_CHIPINFO_IOCTL) {
      auto& info = *static_cast<gpiochip_info*>(argument);
      chip.name.copy(info.name, sizeof info.name);
      chip.label.copy(info.label, sizeof info.label);
      info.lines = static_cast<std::uint32_t>(chip.lines.size());
      return 0;
    }
    if (!knows_version_2) return -EINVAL;
    if (number == GPIO_V2_GET_LINEINFO_IOCTL) {
      auto& info = *static_cast<gpio_v2_line_info*>(argument);
      const FakeLine& line = chip.lines[info.offset];
      line.name.copy(info.name, sizeof info.name);
      line.consumer.copy(info.consumer, sizeof info.consumer);
      return 0;
    }
    if (number == GPIO_V2_GET_LINE_IOCTL) {
      return give(chip, *static_cast<gpio_v2_line_request*>(argument));
    }
    return -ENOTTY;
  }

 private:
  int give(FakeChip& chip, gpio_v2_line_request& wanted) {
    if (refusal != 0) return std::exchange(refusal, 0);
    FakeLine& line = chip.lines[wanted.offsets[0]];
    if (!line.consumer.empty()) return -EBUSY;
    const auto edges = GPIO_V2_LINE_FLAG_EDGE_RISING | GPIO_V2_LINE_FLAG_EDGE_FALLING;
    if (!line.has_interrupt && (wanted.config.flags & edges) != 0) return -ENXIO;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return -errno;
    if (events_ >= 0) close(events_);
    events_ = ends[1];
    wanted.fd = ends[0];
    line_ = &line;
    sequence_ = 0;
    request = wanted;
    return 0;
  }

  FakeLine* line_ = nullptr;
  int events_ = -1;
  std::uint32_t sequence_ = 0;
};

class Gpio : public Tree {
 protected:
  Gpio() { plug(); }

  void plug() const {
    add("gpiochip0", "pinctrl-bcm2711",
        {{"ID_SDA", ""}, {"GPIO17", ""}, {"GPIO27", "w1"}, {"", "", false, false}});
    add("gpiochip1", "raspberrypi-exp-gpio", {{"BT_ON", ""}, {"GPIO27", ""}});
  }
  void add(const std::string& name, const std::string& label, std::vector<FakeLine> lines) const {
    write("/dev/" + name, "");
    port_->chips[root_ + "/dev/" + name] = {name, label, std::move(lines)};
  }
  std::unique_ptr<Sensor> gpio(std::map<std::string, std::string> options) {
    auto made = make_gpio(io_, {"gpio", std::move(options), {}}, root_, port_);
    EXPECT_TRUE(made.ok()) << (made.ok() ? "" : made.error());
    return made.ok() ? std::move(*made) : nullptr;
  }
  std::string read(std::map<std::string, std::string> options) {
    return sample(*gpio(std::move(options)));
  }
  void watch(Sensor& sensor) {
    sensor.watch([this](const Result<Measurements>& result) {
      told_ += (told_.empty() ? "" : ", ") + show(result);
    });
  }
  /// What was told, once there is anything.
  std::string told() {
    io_.restart();
    while (told_.empty() && io_.run_one() > 0) {
    }
    return std::exchange(told_, {});
  }

  std::shared_ptr<FakeGpio> port_ = std::make_shared<FakeGpio>();
  std::string told_;
};

TEST_F(Gpio, ReadsTheLevelOfALineByName) {
  const auto sensor = gpio({{"line", "GPIO17"}});
  EXPECT_EQ(sample(*sensor), "false");
  port_->set_level(true);
  EXPECT_EQ(sample(*sensor), "true");
  EXPECT_EQ(port_->request->offsets[0], 1U);
  EXPECT_EQ(port_->request->num_lines, 1U);
  EXPECT_EQ(port_->request->config.flags, GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_EDGE_RISING |
                                              GPIO_V2_LINE_FLAG_EDGE_FALLING);
  EXPECT_EQ(port_->request->config.num_attrs, 0U);
  EXPECT_STREQ(port_->request->consumer, "dsn");
}

TEST_F(Gpio, AsksForWhatIsConfigured) {
  EXPECT_EQ(read({{"line", "GPIO17"},
                  {"active_low", "true"},
                  {"bias", "pull_up"},
                  {"debounce", "50"},
                  {"count", "true"},
                  {"edge", "falling"}}),
            "0 count");
  EXPECT_EQ(port_->request->config.flags, GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_ACTIVE_LOW |
                                              GPIO_V2_LINE_FLAG_BIAS_PULL_UP |
                                              GPIO_V2_LINE_FLAG_EDGE_FALLING);
  ASSERT_EQ(port_->request->config.num_attrs, 1U);
  const auto& debounce = port_->request->config.attrs[0];
  EXPECT_EQ(debounce.attr.id, std::uint32_t{GPIO_V2_LINE_ATTR_ID_DEBOUNCE});
  EXPECT_EQ(debounce.attr.debounce_period_us, 50'000U);
  EXPECT_EQ(debounce.mask, 1U);
  read({{"line", "GPIO17"}, {"active_low", "false"}, {"bias", "pull_down"}});
  EXPECT_EQ(port_->request->config.flags &
                (GPIO_V2_LINE_FLAG_ACTIVE_LOW | GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN),
            std::uint64_t{GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN});
}

// Source: arch/arm/boot/dts/broadcom/bcm2711-rpi-4-b.dts of Linux; Debian's kernel has it.
TEST_F(Gpio, FindsTheNumbersOfAPiWhoseKernelHasOtherNames) {
  FakeChip& chip = port_->chips[root_ + "/dev/gpiochip0"];
  chip.lines.assign(28, {});
  chip.lines[4].name = "GPIO_GCLK";
  chip.lines[4].level = true;
  chip.lines[17].name = "GPIO17";
  EXPECT_EQ(read({{"line", "GPIO4"}}), "true");
  EXPECT_EQ(read({{"line", "GPIO17"}}), "false");
  EXPECT_EQ(read({{"line", "GPIO_GCLK"}}), "true");
  chip.label = "another chip";
  EXPECT_EQ(read({{"line", "GPIO4"}}),
            "gpio GPIO4: no such line (chips: another chip, raspberrypi-exp-gpio)");
}

TEST_F(Gpio, KnowsTheNumbersThatPeopleWrite) {
  for (const char* text : {"16", "BCM16", "gpio16", "D16", "GPIO 16"}) {
    EXPECT_EQ(read({{"line", text}}),
              "gpio " + std::string(text) +
                  ": no such line (did you mean 'GPIO16'?) (chips: pinctrl-bcm2711, "
                  "raspberrypi-exp-gpio)");
  }
}

TEST_F(Gpio, FindsTheLine) {
  EXPECT_EQ(read({{"line", "BT_ON"}}), "false");
  EXPECT_EQ(read({{"line", "GPIO27"}}),
            "gpio GPIO27: 2 lines have the name (pinctrl-bcm2711 2, raspberrypi-exp-gpio 1): say "
            "which by 'chip' and 'number'");
  EXPECT_EQ(read({{"line", "GPIO27"}, {"chip", "raspberrypi-exp-gpio"}}), "false");
  EXPECT_EQ(read({{"number", "1"}, {"chip", "gpiochip0"}}), "false");
  EXPECT_EQ(port_->request->offsets[0], 1U);
  EXPECT_EQ(read({{"number", "9"}, {"chip", "gpiochip0"}}),
            "gpio gpiochip0 9: no such line (chips: pinctrl-bcm2711, raspberrypi-exp-gpio)");
  EXPECT_EQ(read({{"line", "GPIO18"}}),
            "gpio GPIO18: no such line (chips: pinctrl-bcm2711, raspberrypi-exp-gpio)");
  // A link for the number that the chip had in an older kernel is the same chip.
  write("/dev/gpiochip4", "");
  port_->chips[root_ + "/dev/gpiochip4"] = port_->chips[root_ + "/dev/gpiochip0"];
  EXPECT_EQ(read({{"line", "GPIO17"}}), "false");
}

TEST_F(Gpio, SaysWhyItCannotHaveTheLine) {
  EXPECT_EQ(read({{"line", "GPIO27"}, {"chip", "gpiochip0"}}), "gpio GPIO27: is in use by 'w1'");
  port_->refusal = -EPERM;
  EXPECT_EQ(read({{"line", "GPIO17"}}), "gpio GPIO17: Operation not permitted");
  port_->knows_version_2 = false;
  EXPECT_EQ(read({{"line", "GPIO17"}}),
            "gpio GPIO17: no such line (chips: pinctrl-bcm2711, raspberrypi-exp-gpio; "
            "/dev/gpiochip0: Invalid argument, /dev/gpiochip1: Invalid argument)");
  port_->knows_version_2 = true;
  port_->chips[root_ + "/dev/gpiochip0"].name.clear();
  EXPECT_EQ(read({{"line", "GPIO17"}}),
            "gpio GPIO17: no such line (chips: raspberrypi-exp-gpio; /dev/gpiochip0: Permission "
            "denied)");
}

TEST_F(Gpio, TellsAChangeAtOnce) {
  const auto sensor = gpio({{"line", "GPIO17"}});
  watch(*sensor);
  EXPECT_EQ(sample(*sensor), "false");
  port_->edge(true);
  EXPECT_EQ(told(), "true");
  port_->edge(false);
  EXPECT_EQ(told(), "false");
  port_->edge(true);
  port_->edge(false);
  EXPECT_EQ(told(), "true, false");  // a pulse
  EXPECT_EQ(sample(*sensor), "false");
}

TEST_F(Gpio, TellsTheLastLevelAfterAnOverflow) {
  const auto sensor = gpio({{"line", "GPIO17"}});
  watch(*sensor);
  EXPECT_EQ(sample(*sensor), "false");
  for (int i = 0; i < 1000; ++i) port_->edge(i % 2 == 0, /*is_kept=*/i >= 984);
  EXPECT_TRUE(told().ends_with("false"));
  for (int i = 0; i < 101; ++i) port_->edge(i % 2 == 0, /*is_kept=*/i >= 85);
  EXPECT_TRUE(told().ends_with("true"));
}

TEST_F(Gpio, CountsEveryEdge) {
  const auto sensor = gpio({{"line", "GPIO17"}, {"count", "true"}});
  watch(*sensor);
  EXPECT_EQ(sample(*sensor), "0 count");
  for (int i = 0; i < 3; ++i) port_->edge(i % 2 == 0);
  EXPECT_EQ(told(), "3 count");
  port_->edge(true);
  EXPECT_EQ(sample(*sensor), "4 count");  // a sample is as fresh as the line
  // The kernel keeps the last ones only, but numbers all of them.
  for (int i = 0; i < 1000; ++i) port_->edge(i % 2 == 0, /*is_kept=*/i >= 984);
  EXPECT_EQ(sample(*sensor), "1004 count");
}

TEST_F(Gpio, ThatIsUnpluggedAndBack) {
  const auto sensor = gpio({{"line", "GPIO17"}, {"count", "true"}});
  watch(*sensor);
  EXPECT_EQ(sample(*sensor), "0 count");
  port_->edge(true);
  EXPECT_EQ(told(), "1 count");
  port_->unplug();
  EXPECT_EQ(told(), "gpio GPIO17: No such device");
  EXPECT_EQ(sample(*sensor),
            "gpio GPIO17: no such line (chips: none; /dev/gpiochip0: No such file or directory, "
            "/dev/gpiochip1: No such file or directory)");
  plug();
  EXPECT_EQ(sample(*sensor), "1 count");
  port_->edge(true);
  EXPECT_EQ(told(), "2 count");
}

TEST_F(Gpio, LevelThatIsUnpluggedAndBack) {
  const auto sensor = gpio({{"line", "GPIO17"}});
  EXPECT_EQ(sample(*sensor), "false");
  port_->unplug();
  EXPECT_EQ(sample(*sensor), "gpio GPIO17: No such device");
  plug();
  EXPECT_EQ(sample(*sensor), "false");
}

TEST_F(Gpio, ThatComesLaterIsWatchedThen) {
  port_->unplug();
  const auto sensor = gpio({{"line", "GPIO17"}});
  watch(*sensor);
  EXPECT_TRUE(sample(*sensor).starts_with("gpio GPIO17: no such line"));
  plug();
  EXPECT_EQ(sample(*sensor), "false");
  port_->edge(true);
  EXPECT_EQ(told(), "true");
}

TEST_F(Gpio, WithoutInterruptsIsSampledOnly) {
  const auto sensor = gpio({{"number", "3"}, {"chip", "gpiochip0"}});
  watch(*sensor);
  EXPECT_EQ(sample(*sensor), "false");
  port_->set_level(true);
  EXPECT_EQ(sample(*sensor), "true");
  EXPECT_EQ(read({{"number", "3"}, {"chip", "gpiochip0"}, {"count", "true"}}),
            "gpio gpiochip0 3: has no interrupt to count edges by");
}

TEST_F(Gpio, DestroyedTellsNothing) {
  auto sensor = gpio({{"line", "GPIO17"}});
  watch(*sensor);
  EXPECT_EQ(sample(*sensor), "false");
  port_->edge(true);
  sensor.reset();
  io_.restart();
  io_.run();
  EXPECT_EQ(told_, "");
}

TEST_F(Gpio, MayBeDestroyedByWhatItTells) {
  auto sensor = gpio({{"line", "GPIO17"}});
  sensor->watch([&](const Result<Measurements>& result) {
    told_ += show(result);
    sensor.reset();
  });
  port_->edge(true);
  port_->edge(false);
  EXPECT_EQ(told(), "true");
}

TEST_F(Gpio, IsRefusedWithTheCause) {
  const auto refused = [&](std::map<std::string, std::string> options) {
    return refusal({"gpio", std::move(options), {}});
  };
  const std::string needs = "gpio: needs either 'line', its name, or 'chip' and 'number'";
  EXPECT_EQ(refused({}), needs);
  EXPECT_EQ(refused({{"line", "x"}, {"number", "1"}}), needs);
  EXPECT_EQ(refused({{"number", "1"}}), "gpio: 'number' needs 'chip'");
  EXPECT_EQ(refused({{"number", "-1"}, {"chip", "x"}}), "gpio: number '-1' is not 0 to 65535");
  EXPECT_EQ(refused({{"line", "x"}, {"edge", "both"}}), "gpio: 'edge' needs 'count: true'");
  EXPECT_EQ(refused({{"line", "x"}, {"edge", "risin"}, {"count", "true"}}),
            "gpio: unknown edge 'risin' (did you mean 'rising'?)");
  EXPECT_EQ(refused({{"line", "x"}, {"bias", "pullup"}}),
            "gpio: unknown bias 'pullup' (did you mean 'pull_up'?)");
  EXPECT_EQ(refused({{"line", "x"}, {"debounce", "60001"}}),
            "gpio: debounce '60001' is not 0 to 60000 ms");
}

}  // namespace
}  // namespace dsn::sensor
