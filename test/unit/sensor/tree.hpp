// SPDX-License-Identifier: Apache-2.0
// A recorded part of /proc and /sys, and sensors on it.
#pragma once

#include <gtest/gtest.h>

#include <asio/io_context.hpp>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <string>

#include "sensor/sensor.hpp"
#include "support/temp_dir.hpp"

namespace dsn::sensor {

class Tree : public testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << text;
  }
  void link(const std::string& path, const std::string& target) const {
    std::filesystem::create_directories(std::filesystem::path(root_ + path).parent_path());
    std::filesystem::create_symlink(target, root_ + path);
  }

  /// Adds what the kernel shows of a device, test/data/sysfs/NAME.
  void record(const std::string& name) const {
    std::filesystem::copy(
        DSN_SOURCE_ROOT "/test/data/sysfs/" + name, root_,
        std::filesystem::copy_options::recursive | std::filesystem::copy_options::copy_symlinks);
  }
  void remove(const std::string& path) const { std::filesystem::remove_all(root_ + path); }

  [[nodiscard]] std::unique_ptr<Sensor> make(const SensorSpec& spec) {
    auto made = make_sensor(io_, spec, root_);
    EXPECT_TRUE(made.ok()) << (made.ok() ? "" : made.error());
    return made.ok() ? std::move(*made) : nullptr;
  }
  [[nodiscard]] std::string refusal(const SensorSpec& spec) {
    auto made = make_sensor(io_, spec, root_);
    return made.ok() ? "(made)" : made.error();
  }

  /// "48.2 Cel", "true", "'open'", or the error with the tree's own path masked.
  /// Runs the loop if it is not answered at once.
  [[nodiscard]] std::string sample(Sensor& sensor) {
    std::string shown = "(nothing)";
    bool answered = false;
    sensor.sample([&](const Result<Measurements>& result) {
      shown = show(result);
      answered = true;
    });
    io_.restart();
    while (!answered && io_.run_one() > 0) {
    }
    return shown;
  }
  [[nodiscard]] std::string sample(const SensorSpec& spec) { return sample(*make(spec)); }

  [[nodiscard]] std::string show(const Result<Measurements>& result) const {
    if (!result.ok()) {
      std::string text = result.error();
      for (std::size_t at = text.find(root_); at != std::string::npos; at = text.find(root_)) {
        text.erase(at, root_.size());
      }
      return text;
    }
    std::string text;
    for (const Measurement& measurement : *result) {
      if (!text.empty()) text += ", ";
      if (!measurement.suffix.empty()) text += measurement.suffix + "=";
      text += measurement.error.empty() ? show(measurement.value) : "error";
      if (!measurement.unit.empty()) text += " " + measurement.unit;
    }
    return text;
  }
  static std::string show(const Value& value) {
    if (value.is_null()) return "null";
    if (const auto boolean = value.as_boolean()) return *boolean ? "true" : "false";
    if (const auto integer = value.as_integer()) return std::to_string(*integer);
    if (const auto number = value.as_number()) {
      char shown[32];  // the shortest that is the same number, so that a wrong last bit shows
      return {shown, std::to_chars(shown, shown + sizeof shown, *number).ptr};
    }
    if (const auto text = value.as_text()) return std::string("'").append(*text) + "'";
    return "bytes";
  }

  const test::TempDir folder_;
  const std::string root_ = folder_.path();
  asio::io_context io_;
};

}  // namespace dsn::sensor
