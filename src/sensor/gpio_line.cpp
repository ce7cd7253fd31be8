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
      std::vector<std::string> labels;
      for (const Found& found : found_) labels.push_back(found.chip_label);
      return Error{std::to_string(found_.size()) + " lines have the name (on " + listed(labels) +
                   "): add 'chip'"};
    }
    const std::string why = refusals_.empty() ? "" : "; " + refusals_;
    return Error{"no such line (chips: " + listed(labels_) + why + ")"};
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
      if (!selection_.line.empty() && selection_.line != text_of(info.name)) continue;
      found_.push_back({Descriptor(fcntl(chip.get(), F_DUPFD_CLOEXEC, 0)), label, offset,
                        text_of(info.consumer)});
    }
  }

  DevicePort& port_;
  const GpioSelection& selection_;
  std::vector<std::string> names_;
  std::vector<std::string> labels_;
  std::string refusals_;
  std::vector<Found> found_;
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
