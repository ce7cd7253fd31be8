// SPDX-License-Identifier: Apache-2.0
#include "sensor/gpio_line.hpp"

#include <fcntl.h>
#include <linux/gpio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/suggest.hpp"
#include "sensor/attribute.hpp"

namespace dsn::sensor {
namespace {

constexpr std::uint64_t kEdgeFlags = GPIO_V2_LINE_FLAG_EDGE_RISING | GPIO_V2_LINE_FLAG_EDGE_FALLING;
constexpr std::size_t kEdgesAtOnce = 16;

Error failed(int negative_errno) { return Error{std::strerror(-negative_errno)}; }

template <std::size_t N>
std::string text_of(const char (&field)[N]) {
  return {field, strnlen(field, N)};
}

constexpr std::array<std::string_view, 3> kPiChips = {"pinctrl-bcm2835", "pinctrl-bcm2711",
                                                      "pinctrl-rp1"};

/// `17`, `BCM17`, `gpio 17` and `D17` are GPIO17; empty for anything else.
std::string meant_line(std::string_view text) {
  const std::size_t digits = text.find_first_of("0123456789");
  if (digits == std::string_view::npos) return "";
  std::string word(trimmed(text.substr(0, digits)));
  for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const auto number = to_count(text.substr(digits));
  const bool is_known = word.empty() || word == "bcm" || word == "gpio" || word == "d" ||
                        word == "gpio_" || word == "io";
  if (!number || !is_known) return "";
  const std::string line = "GPIO" + std::to_string(*number);
  return line == text ? "" : line;
}

struct Found {
  Descriptor chip;
  std::string chip_label;
  std::uint32_t offset = 0;
  std::string consumer;
};

/// Goes through the chips and keeps the lines that are meant.
class Search {
 public:
  Search(DevicePort& port, const GpioSelection& selection) : port_(port), selection_(selection) {}

  void look_at(const std::string& path) {
    Descriptor chip(port_.open(path));
    if (chip.get() < 0) {
      refuse(path, chip.get());
      return;
    }
    gpiochip_info info{};
    if (const int answer = port_.control(chip.get(), GPIO_GET_CHIPINFO_IOCTL, &info); answer < 0) {
      refuse(path, answer);
      return;
    }
    const std::string name = text_of(info.name);
    // Some systems have links for the numbers of old.
    if (std::ranges::find(names_, name) != names_.end()) return;
    names_.push_back(name);
    const std::string label = text_of(info.label);
    labels_.push_back(label);
    if (!selection_.chip.empty() && selection_.chip != label && selection_.chip != name) return;
    look_for_lines(path, std::move(chip), label, info.lines);
  }

  Result<Found> result() {
    if (found_.size() == 1) return std::move(found_[0]);
    if (found_.size() > 1) {
      std::vector<std::string> places;
      for (const Found& found : found_) {
        places.push_back(found.chip_label + " " + std::to_string(found.offset));
      }
      return Error{std::to_string(found_.size()) + " lines have the name (" + listed(places) +
                   "): say which by 'chip' and 'number'"};
    }
    if (by_number_.size() == 1) return std::move(by_number_[0]);
    return Error{no_such_line()};
  }

 private:
  void refuse(const std::string& path, int answer) {
    if (!refusals_.empty()) refusals_ += ", ";
    refusals_ += path + ": " + std::strerror(-answer);
  }

  void look_for_lines(const std::string& path, Descriptor chip, const std::string& label,
                      std::uint32_t count) {
    for (std::uint32_t offset = 0; offset < count; ++offset) {
      if (selection_.number && *selection_.number != offset) continue;
      gpio_v2_line_info info{};
      info.offset = offset;
      const int answer = port_.control(chip.get(), GPIO_V2_GET_LINEINFO_IOCTL, &info);
      if (answer < 0) {
        // A kernel before 5.10 does not know the call.
        refuse(path, answer);
        return;
      }
      const std::string name = text_of(info.name);
      if (!name.empty()) line_names_.push_back(name);
      const bool is_named = selection_.line.empty() || selection_.line == name;
      if (!is_named && !is_pi_number(label, offset)) continue;
      auto& lines = is_named ? found_ : by_number_;
      lines.push_back({Descriptor(fcntl(chip.get(), F_DUPFD_CLOEXEC, 0)), label, offset,
                       text_of(info.consumer)});
    }
  }

  /// Line n of a Raspberry Pi's chip is GPIOn, whatever its kernel calls it: that of Debian has
  /// names such as SDA1 and GPIO_GCLK for a third of them.
  [[nodiscard]] bool is_pi_number(std::string_view chip, std::uint32_t offset) const {
    return std::ranges::find(kPiChips, chip) != kPiChips.end() &&
           selection_.line == "GPIO" + std::to_string(offset);
  }

  [[nodiscard]] std::string no_such_line() const {
    std::string text = "no such line";
    const std::string meant = meant_line(selection_.line);
    if (!meant.empty()) {
      text += " (did you mean '" + meant + "'?)";
    } else if (!selection_.line.empty() && !selection_.line.starts_with("GPIO")) {
      // Another number of those is as good as any.
      const std::vector<std::string_view> names(line_names_.begin(), line_names_.end());
      text += did_you_mean(selection_.line, names);
    }
    return text + " (chips: " + listed(labels_) + (refusals_.empty() ? "" : "; ") + refusals_ + ")";
  }

  DevicePort& port_;
  const GpioSelection& selection_;
  std::vector<std::string> names_;
  std::vector<std::string> labels_;
  std::string refusals_;
  std::vector<std::string> line_names_;
  std::vector<Found> found_;
  std::vector<Found> by_number_;
};

gpio_v2_line_request request_for(std::uint32_t offset, const GpioSettings& settings) {
  gpio_v2_line_request request{};
  request.offsets[0] = offset;
  request.num_lines = 1;
  std::memcpy(request.consumer, "dsn", 4);
  request.config.flags = GPIO_V2_LINE_FLAG_INPUT | settings.flags;
  if (settings.debounce_us != 0) {
    request.config.num_attrs = 1;
    request.config.attrs[0].attr.id = GPIO_V2_LINE_ATTR_ID_DEBOUNCE;
    request.config.attrs[0].attr.debounce_period_us = settings.debounce_us;
    request.config.attrs[0].mask = 1;
  }
  return request;
}

}  // namespace

std::string GpioSelection::name() const {
  if (!number) return line;
  return chip + " " + std::to_string(*number);
}

Result<GpioLine> GpioLine::open(const std::shared_ptr<DevicePort>& port, const std::string& root,
                                const GpioSelection& selection, const GpioSettings& settings) {
  Search search(*port, selection);
  for (const std::string& chip : list_folder(root + "/dev", "gpiochip")) {
    search.look_at(root + "/dev/" + chip);
  }
  auto found = search.result();
  if (!found) return found.failure();
  gpio_v2_line_request request = request_for(found->offset, settings);
  int answer = port->control(found->chip.get(), GPIO_V2_GET_LINE_IOCTL, &request);
  bool has_edges = (settings.flags & kEdgeFlags) != 0;
  if (answer == -ENXIO && has_edges) {  // no interrupt for it
    has_edges = false;
    request = request_for(found->offset, {settings.flags & ~kEdgeFlags, settings.debounce_us});
    answer = port->control(found->chip.get(), GPIO_V2_GET_LINE_IOCTL, &request);
  }
  if (answer == -EBUSY) {
    return Error{found->consumer.empty() ? "is in use" : "is in use by '" + found->consumer + "'"};
  }
  if (answer < 0) return failed(answer);
  Descriptor line(request.fd);
  // Reading must not wait for an edge.
  const int flags = fcntl(line.get(), F_GETFL);
  if (flags < 0 || fcntl(line.get(), F_SETFL, flags | O_NONBLOCK) != 0) return failed(-errno);
  return GpioLine(port, std::move(line), has_edges);
}

Result<bool> GpioLine::level() const {
  gpio_v2_line_values values{};
  values.mask = 1;
  const int answer = port_->control(descriptor_.get(), GPIO_V2_LINE_GET_VALUES_IOCTL, &values);
  if (answer < 0) return failed(answer);
  return (values.bits & 1) != 0;
}

Result<std::vector<GpioEdge>> GpioLine::edges() const {
  std::array<gpio_v2_line_event, kEdgesAtOnce> events;
  const ssize_t size = read(descriptor_.get(), events.data(), sizeof events);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return std::vector<GpioEdge>();
  if (size < 0) return failed(-errno);
  if (size == 0) return failed(-ENODEV);
  std::vector<GpioEdge> edges;
  const std::size_t count = static_cast<std::size_t>(size) / sizeof events[0];
  for (std::size_t i = 0; i < count; ++i) {
    edges.push_back({events[i].id == GPIO_V2_LINE_EVENT_RISING_EDGE, events[i].line_seqno});
  }
  return edges;
}

}  // namespace dsn::sensor
