// SPDX-License-Identifier: Apache-2.0
#include "history/history_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>

#include "base/printable.hpp"
#include "base/unit_symbol.hpp"

namespace dsn::history {
namespace {

constexpr int kRows = 8;
constexpr std::array<const char*, 9> kBlocks{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

std::string utc_text(Time at) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  return fmt::format("{}.{:03}Z", text.data(), at.time_since_epoch().count() % 1000);
}

std::string local_text(Time at) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
  return text.data();
}

std::string number_text(double number) { return fmt::format("{:.6g}", number); }

std::string with_unit(double number, const std::string& unit) {
  const std::string symbol = printable(unit_symbol(unit));
  return number_text(number) + (symbol.empty() ? "" : " " + symbol);
}

// The mean of what falls into each column. A value stands until the next one.
std::vector<double> columns_of(const std::vector<Point>& points, std::size_t width) {
  struct Sum {
    double sum = 0;
    int count = 0;
  };
  std::vector<Sum> sums(width);
  const auto first = points.front().at;
  const auto span = std::max<std::int64_t>((points.back().at - first).count(), 1);
  for (const Point& point : points) {
    const auto column = static_cast<std::size_t>((point.at - first).count() *
                                                 static_cast<std::int64_t>(width - 1) / span);
    sums[column].sum += point.mean;
    ++sums[column].count;
  }
  std::vector<double> columns(width);
  for (std::size_t i = 0; i < width; ++i) {
    columns[i] = sums[i].count > 0 ? sums[i].sum / sums[i].count : columns[i - 1];
  }
  return columns;
}

// The eighths of a block that a column fills in a row; row 0 is the lowest.
std::size_t eighths(double height, int row) {
  return static_cast<std::size_t>(std::clamp(std::lround((height - row) * 8), 0L, 8L));
}

}  // namespace

std::string table_text(const RecordedPoints& answer) {
  std::string text;
  for (const Point& point : answer.points) {
    text += local_text(point.at) + "  " + with_unit(point.mean, answer.unit);
    if (answer.grain != Grain::raw) {
      text += fmt::format("  ({} to {})", number_text(point.low), number_text(point.high));
    }
    text += '\n';
  }
  return text;
}

std::string csv_text(const RecordedPoints& answer) {
  std::string text = "time,mean,low,high\r\n";
  for (const Point& point : answer.points) {
    text += fmt::format("{},{},{},{}\r\n", utc_text(point.at), point.mean, point.low, point.high);
  }
  return text;
}

std::string point_json(Grain grain, const Point& point) {
  if (grain == Grain::raw) {
    return fmt::format(R"({{"time":"{}","value":{}}})", utc_text(point.at), point.mean);
  }
  return fmt::format(R"({{"time":"{}","mean":{},"low":{},"high":{}}})", utc_text(point.at),
                     point.mean, point.low, point.high);
}

std::string json_text(const RecordedPoints& answer) {
  std::string text;
  for (const Point& point : answer.points) text += point_json(answer.grain, point) + "\n";
  return text;
}

std::string ranges_text(const std::vector<RecordedRange>& ranges) {
  std::string text;
  for (const auto& [key, low, high] : ranges) {
    text += fmt::format("{}\t{}\t{}\t{}\t{}\n", printable(key.node), printable(key.key),
                        printable(key.unit), low, high);
  }
  return text;
}

std::string plot_text(const RecordedPoints& answer, std::size_t width) {
  if (answer.points.empty()) return "";
  const auto columns = columns_of(answer.points, std::max<std::size_t>(width, 2));
  const auto [low, high] = std::ranges::minmax(columns);
  const double span = high > low ? high - low : 1;
  std::string text = with_unit(high, answer.unit) + "\n";
  for (int row = kRows - 1; row >= 0; --row) {
    std::string line;
    for (const double column : columns) {
      // The lowest one is seen too.
      line += kBlocks[eighths(0.125 + (column - low) / span * (kRows - 0.125), row)];
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text + fmt::format("{}\n{} to {}\n", with_unit(low, answer.unit),
                            local_text(answer.points.front().at),
                            local_text(answer.points.back().at));
}

}  // namespace dsn::history
