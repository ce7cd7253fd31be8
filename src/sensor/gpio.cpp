// SPDX-License-Identifier: Apache-2.0
// Level or edges of a GPIO line. Edges are told at once; the kernel keeps the last sixteen and
// numbers them, so that none is lost to the count however many come.
#include <fcntl.h>
#include <linux/gpio.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/descriptor.hpp"
#include "loop/alive.hpp"
#include "loop/handles.hpp"
#include "sensor/attribute.hpp"
#include "sensor/drivers.hpp"
#include "sensor/gpio_line.hpp"
#include "sensor/pick.hpp"

namespace dsn::sensor {
namespace {

// A line that chatters is looked at as often as anybody could follow.
constexpr std::chrono::milliseconds kPause{50};
// What one look takes at most, so that a line that never rests leaves time for the rest.
constexpr int kReadsAtOnce = 8;

struct Choice {
  std::string_view name;
  std::uint64_t flags;
};
constexpr std::array<Choice, 3> kBiases = {{
    {"pull_up", GPIO_V2_LINE_FLAG_BIAS_PULL_UP},
    {"pull_down", GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN},
    {"disabled", GPIO_V2_LINE_FLAG_BIAS_DISABLED},
}};
constexpr std::uint64_t kBothEdges = GPIO_V2_LINE_FLAG_EDGE_RISING | GPIO_V2_LINE_FLAG_EDGE_FALLING;
constexpr std::array<Choice, 3> kEdges = {{
    {"rising", GPIO_V2_LINE_FLAG_EDGE_RISING},
    {"falling", GPIO_V2_LINE_FLAG_EDGE_FALLING},
    {"both", kBothEdges},
}};

struct GpioOptions {
  GpioSelection selection;
  GpioSettings settings;
  bool counts = false;
};

class GpioSensor : public Sensor {
 public:
  GpioSensor(asio::io_context& io, GpioOptions options, std::string root,
             std::shared_ptr<DevicePort> port)
      : options_(std::move(options)),
        root_(std::move(root)),
        port_(std::move(port)),
        readable_(io),
        pause_(io) {}

  void sample(Done done) override {
    auto result = measure();
    if (!result) close_line();
    // `done` may destroy this.
    done(std::move(result));
  }

  void watch(const Changed& changed) override {
    changed_ = changed;
    // What keeps it from opening is for the samples to say.
    if (open_line().ok()) wait_for_edge();
  }

 private:
  [[nodiscard]] Error error(const std::string& cause) const {
    return Error{"gpio " + options_.selection.name() + ": " + cause};
  }
  [[nodiscard]] static Measurements level_of(bool active) {
    return {{"", Value::boolean(active), ""}};
  }
  [[nodiscard]] Measurements count() const { return {{"", counter_value(count_), "count"}}; }

  Result<void> open_line() {
    if (line_) return {};
    auto line = GpioLine::open(port_, root_, options_.selection, options_.settings);
    if (!line) return error(line.error());
    if (options_.counts && !line->has_edges()) return error("has no interrupt to count edges by");
    line_.emplace(std::move(*line));
    sequence_ = 0;
    return {};
  }

  void close_line() {
    asio::error_code ignored;
    readable_.close(ignored);
    line_.reset();
    pause_.cancel();
  }

  Result<Measurements> measure() {
    const bool was_open = line_.has_value();
    if (auto opened = open_line(); !opened) return opened.failure();
    if (!was_open && changed_) wait_for_edge();
    if (options_.counts) {
      if (auto taken = take_edges(); !taken) return taken.failure();
      return count();
    }
    const auto level = line_->level();
    if (!level) return error(level.error());
    told_ = *level;
    return level_of(*level);
  }

  void wait_for_edge() {
    if (!line_->has_edges()) return;
    if (!readable_.is_open()) {
      asio::error_code failure;
      Descriptor own(fcntl(line_->descriptor(), F_DUPFD_CLOEXEC, 0));
      readable_.assign(own.get(), failure);
      if (failure) return;
      (void)own.release();
    }
    readable_.async_wait(loop::StreamDescriptor::wait_read,
                         alive_.guard(this, &GpioSensor::handle_edge));
  }

  void handle_edge(const std::error_code& failure) {
    if (failure || !line_) return;
    const std::uint64_t count_before = count_;
    passed_.clear();
    if (auto taken = take_edges(); !taken) {
      close_line();
      tell(taken.failure());
      return;
    }
    pause_.expires_after(kPause);
    pause_.async_wait(alive_.guard(this, &GpioSensor::handle_pause_end));
    if (options_.counts) {
      if (count_ != count_before) tell(count());
      return;
    }
    // A short pulse is told as a change and one back.
    for (const bool level : std::exchange(passed_, {})) {
      if (!tell(level_of(level))) return;
    }
  }

  void handle_pause_end(const std::error_code& failure) {
    if (!failure && line_) wait_for_edge();
  }

  /// Adds up the edges that came, and in `passed_` what levels the line went through since it was
  /// told of, the last one last.
  Result<void> take_edges() {
    for (int i = 0; i < kReadsAtOnce; ++i) {
      const auto edges = line_->edges();
      if (!edges) return error(edges.error());
      for (const GpioEdge& edge : *edges) {
        count_ += static_cast<std::uint32_t>(edge.sequence - sequence_);
        sequence_ = edge.sequence;
        if (told_ != edge.active) {
          if (passed_.size() == 2) passed_.clear();
          passed_.push_back(edge.active);
          told_ = edge.active;
        }
      }
      if (edges->empty()) break;
    }
    return {};
  }

  /// False if that destroyed this.
  bool tell(const Result<Measurements>& result) {
    const std::weak_ptr<const void> watch = alive_.watch();
    const Changed changed = changed_;
    changed(result);
    return !watch.expired();
  }

  const GpioOptions options_;
  const std::string root_;
  const std::shared_ptr<DevicePort> port_;
  std::optional<GpioLine> line_;  ///< nothing while the chip is not there
  loop::StreamDescriptor readable_;
  loop::Timer pause_;
  Changed changed_;
  std::optional<bool> told_;    ///< the level that was last told
  std::vector<bool> passed_;    ///< at most two
  std::uint64_t count_ = 0;     ///< of edges, since the start
  std::uint32_t sequence_ = 0;  ///< of the last edge of the line as it is open now
  loop::Alive alive_;
};

/// The flags of a choice, or `otherwise` if the option is not given.
Result<std::uint64_t> flags_of(const SensorSpec& spec, const std::string& option,
                               std::span<const Choice> choices, std::uint64_t otherwise) {
  const std::string* name = find_option(spec, option);
  if (name == nullptr) return otherwise;
  const auto choice = pick(choices, *name, "gpio: unknown " + option);
  if (!choice) return choice.failure();
  return (*choice)->flags;
}

Result<GpioSelection> parse_selection(const SensorSpec& spec) {
  const std::string* line = find_option(spec, "line");
  const std::string* chip = find_option(spec, "chip");
  const std::string* number = find_option(spec, "number");
  if ((line == nullptr) == (number == nullptr)) {
    return Error{"gpio: needs either 'line', its name, or 'chip' and 'number'"};
  }
  if (number != nullptr && chip == nullptr) return Error{"gpio: 'number' needs 'chip'"};
  GpioSelection selection;
  if (line != nullptr) selection.line = *line;
  if (chip != nullptr) selection.chip = *chip;
  if (number != nullptr) {
    const auto offset = to_integer(*number);
    if (!offset || *offset < 0 || *offset > UINT16_MAX) {
      return Error{"gpio: number '" + *number + "' is not 0 to 65535"};
    }
    selection.number = static_cast<std::uint32_t>(*offset);
  }
  return selection;
}

Result<GpioOptions> parse_options(const SensorSpec& spec) {
  auto selection = parse_selection(spec);
  if (!selection) return selection.failure();
  const std::string* debounce = find_option(spec, "debounce");
  const auto is_set = [&](const char* name) {
    const std::string* text = find_option(spec, name);
    return text != nullptr && *text == "true";
  };
  GpioOptions options{std::move(*selection), {}, is_set("count")};
  if (find_option(spec, "edge") != nullptr && !options.counts) {
    return Error{"gpio: 'edge' needs 'count: true'"};
  }
  const auto edges = flags_of(spec, "edge", kEdges, kBothEdges);
  if (!edges) return edges.failure();
  const auto pull = flags_of(spec, "bias", kBiases, 0);
  if (!pull) return pull.failure();
  options.settings.flags = *edges | *pull;
  if (is_set("active_low")) options.settings.flags |= GPIO_V2_LINE_FLAG_ACTIVE_LOW;
  if (debounce != nullptr) {
    const auto ms = to_integer(*debounce);
    if (!ms || *ms < 0 || *ms > 60'000) {
      return Error{"gpio: debounce '" + *debounce + "' is not 0 to 60000 ms"};
    }
    options.settings.debounce_us = static_cast<std::uint32_t>(*ms * 1000);
  }
  return options;
}

}  // namespace

Made make_gpio(asio::io_context& io, const SensorSpec& spec, const std::string& root) {
  return make_gpio(io, spec, root, kernel_devices());
}

Made make_gpio(asio::io_context& io, const SensorSpec& spec, const std::string& root,
               std::shared_ptr<DevicePort> port) {
  if (auto known = check_options(spec); !known) return known.failure();
  auto options = parse_options(spec);
  if (!options) return options.failure();
  return std::unique_ptr<Sensor>(
      std::make_unique<GpioSensor>(io, std::move(*options), root, std::move(port)));
}

}  // namespace dsn::sensor
