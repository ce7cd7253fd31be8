// SPDX-License-Identifier: Apache-2.0
// Thermometers on a 1-wire bus, by their id (Documentation/w1/slaves/w1_therm.rst). Reading one
// starts a conversion and waits for it, up to 750 ms. Of several on a bus all convert at once.
#include <sys/stat.h>

#include <algorithm>
#include <bitset>

#include "sensor/attribute.hpp"
#include "sensor/blocking.hpp"
#include "sensor/drivers.hpp"
#include "sensor/w1_bus.hpp"

namespace dsn::sensor {
namespace {

constexpr int kTries = 3;
constexpr std::size_t kHistory = 5;
// What the chip holds before its first conversion, and what drivers give for a chip that is gone.
constexpr std::int64_t kPowerOnMillidegrees = 85'000;
constexpr std::int64_t kGoneMillidegrees = -127'000;
// A bus of twenty chips, all of which need every try, is through by then.
constexpr std::chrono::milliseconds kDeadline{60'000};

struct Range {
  std::int64_t min_millidegrees;
  std::int64_t max_millidegrees;
};

/// What chips of a family can measure; a MAX31850 reads thermocouples.
Range range_of(std::string_view id) {
  if (id.starts_with("3b-")) return {-270'000, 1'800'000};
  return {-55'000, 125'000};
}

bool is_id(std::string_view text) {
  return text.size() == 15 && text[2] == '-' &&
         text.find_first_not_of("0123456789abcdef-") == std::string_view::npos &&
         std::ranges::count(text, '-') == 1;
}

/// A thermocouple may have 85 or -127 degrees; other chips have them as marks.
bool has_marks(std::string_view id) { return !id.starts_with("3b-"); }

/// `a3 01 4b 46 7f ff 0d 10 c5 : crc=c5 YES`, and in the second line `... t=26187`.
Result<std::int64_t> parse_scratchpad(std::string_view text) {
  const std::string_view first = trimmed(text.substr(0, text.find('\n')));
  if (first.empty()) return Error{"gave an empty answer"};
  if (first.ends_with(" NO")) return Error{"CRC NO"};
  const std::size_t at = text.rfind("t=");
  const auto millidegrees =
      at == std::string_view::npos ? std::nullopt : to_integer(trimmed(text.substr(at + 2)));
  if (!first.ends_with(" YES") || !millidegrees) {
    return Error{"answered '" + first_line_shown(text, 60) + "'"};
  }
  // A bus that is shorted reads as zeros, and the checksum of zeros is zero.
  if (first.starts_with("00 00 00 00 00 00 00 00 00 "))
    return Error{"CRC of zeros: a short circuit"};
  return *millidegrees;
}

/// Whether a scratchpad of 85 degrees was measured: its seventh byte is 0x0c at power-on.
bool is_measured_85(std::string_view scratchpad) {
  return word_at(scratchpad.substr(0, scratchpad.find('\n')), 6) == "10";
}

class W1Reader : public Reader {
 public:
  W1Reader(std::string id, std::optional<std::int64_t> resolution, W1Buses buses,
           const std::string& root)
      : id_(std::move(id)),
        resolution_(resolution),
        buses_(std::move(buses)),
        devices_(root + "/sys/bus/w1/devices"),
        folder_(devices_ + "/" + id_) {}

  Result<Measurements> read() override {
    Result<std::int64_t> millidegrees = Error{""};
    if (!exists(folder_)) {
      millidegrees = Error{"is not on the bus (found: " + listed(others()) + ")"};
    } else {
      set_resolution();
      buses_.convert(folder_ + "/..", id_);
      for (int i = 0; i < kTries && !millidegrees; ++i) millidegrees = measure();
    }
    failures_ = failures_ << 1;
    failures_[0] = !millidegrees;
    samples_ = std::min(samples_ + 1, kHistory);
    if (!millidegrees) return Error{"w1 " + id_ + ": " + millidegrees.error() + of_late()};
    return Measurements{{"", Value::real(static_cast<double>(*millidegrees) / 1000.0), "Cel"}};
  }

 private:
  static bool exists(const std::string& path) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0;
  }

  [[nodiscard]] std::vector<std::string> others() const {
    auto names = list_folder(devices_, "");
    std::erase_if(names, [](const std::string& name) { return !is_id(name); });
    return names;
  }

  /// Tells a chip that is gone from one with a bad contact.
  [[nodiscard]] std::string of_late() const {
    if (samples_ == 1) return "";
    return " (failed " + std::to_string(failures_.count()) + " of the last " +
           std::to_string(samples_) + " samples)";
  }

  /// A chip forgets it without power. One that cannot be told measures all the same.
  void set_resolution() const {
    if (!resolution_) return;
    const std::string path = folder_ + "/resolution";
    const auto now = read_integer(path);
    if (!now || *now == *resolution_) return;
    [[maybe_unused]] const bool ignored = write_attribute(path, std::to_string(*resolution_));
  }

  /// One conversion. Kernels before 5.10 have w1_slave only.
  [[nodiscard]] Result<std::int64_t> measure() const {
    Result<std::int64_t> millidegrees = Error{""};
    const std::string attribute = folder_ + "/temperature";
    if (exists(attribute)) {
      const auto text = read_attribute(attribute);
      if (!text) return without_path(text.error(), attribute);
      if (text->empty()) return Error{"gave an empty answer"};
      const auto number = to_integer(*text);
      if (!number) return Error{"answered '" + first_line_shown(*text, 60) + "'"};
      millidegrees = *number;
    } else {
      const auto text = read_attribute(folder_ + "/w1_slave");
      if (!text) return without_path(text.error(), folder_ + "/w1_slave");
      millidegrees = parse_scratchpad(*text);
    }
    return millidegrees ? checked(*millidegrees) : millidegrees;
  }

  static Error without_path(std::string_view error, const std::string& path) {
    if (error.starts_with(path + ": ")) error.remove_prefix(path.size() + 2);
    return Error{std::string(error)};
  }

  [[nodiscard]] Result<std::int64_t> checked(std::int64_t millidegrees) const {
    if (millidegrees == kPowerOnMillidegrees && has_marks(id_)) return measured_85();
    if (millidegrees == kGoneMillidegrees && has_marks(id_))
      return Error{"-127 Cel, the value of a chip that is gone"};
    const Range range = range_of(id_);
    if (millidegrees < range.min_millidegrees || millidegrees > range.max_millidegrees) {
      return Error{std::to_string(millidegrees) + " mCel is beyond what it can measure"};
    }
    return millidegrees;
  }

  /// Only the scratchpad tells 85 degrees from the value at power-on.
  [[nodiscard]] Result<std::int64_t> measured_85() const {
    const auto scratchpad = read_attribute(folder_ + "/w1_slave");
    const Result<std::int64_t> again =
        scratchpad ? parse_scratchpad(*scratchpad) : scratchpad.failure();
    if (again.ok() && *again == kPowerOnMillidegrees && is_measured_85(*scratchpad)) return again;
    return Error{"85 Cel, its value at power-on"};
  }

  const std::string id_;
  const std::optional<std::int64_t> resolution_;
  W1Buses buses_;
  const std::string devices_;
  const std::string folder_;
  std::bitset<kHistory> failures_;  ///< of the last samples, the latest first
  std::size_t samples_ = 0;
};

}  // namespace

Made make_w1(asio::io_context& io, const SensorSpec& spec, const std::string& root) {
  if (auto known = check_options(spec); !known) return known.failure();
  const std::string* id = find_option(spec, "id");
  if (id == nullptr) return Error{"w1: option 'id' is missing"};
  if (!is_id(*id)) return Error{"w1: '" + *id + "' is no id such as 28-00000a1b2c3d"};
  std::optional<std::int64_t> resolution;
  if (const std::string* text = find_option(spec, "resolution")) {
    resolution = to_integer(*text);
    if (!resolution || *resolution < 9 || *resolution > 12) {
      return Error{"w1: resolution '" + *text + "' is not 9 to 12"};
    }
  }
  return make_blocking(io, {"w1", "w1 " + *id, kDeadline},
                       std::make_shared<W1Reader>(*id, resolution, W1Buses::of(io), root));
}

}  // namespace dsn::sensor
