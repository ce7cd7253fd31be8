// SPDX-License-Identifier: Apache-2.0
#include "cli/show/trends.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace dsn::cli {
namespace {

constexpr std::array<const char*, 8> kBlocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

}  // namespace

std::string sparkline(std::span<const double> numbers) {
  if (numbers.size() < 2) return {};
  const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
  const double range = *high - *low;
  std::string line;
  for (const double number : numbers) {
    const double share = range > 0 && std::isfinite(range) ? (number - *low) / range : 0.5;
    line += kBlocks[static_cast<std::size_t>(std::lround(share * (kBlocks.size() - 1)))];
  }
  return line;
}

void Trends::add(const Reading& reading) {
  Past& past = pasts_[key_of(reading)];
  past.last = reading.value;
  const auto number = reading.value.as_number();
  // The last good value of a failed sensor is no new sample.
  if (!number || !std::isfinite(*number) || reading.freshness == Freshness::error) return;
  past.numbers.push_back(*number);
  if (past.numbers.size() > kTrendLengthMax) past.numbers.pop_front();
}

void Trends::reconcile(const std::vector<Reading>& readings) {
  std::set<Key> present;
  for (const Reading& reading : readings) {
    present.insert(key_of(reading));
    const auto past = pasts_.find(key_of(reading));
    if (past == pasts_.end() || past->second.last != reading.value) add(reading);
  }
  std::erase_if(pasts_, [&](const auto& past) { return !present.contains(past.first); });
}

std::vector<std::string> Trends::lines(const std::vector<Reading>& readings) const {
  std::vector<std::string> lines;
  for (const Reading& reading : readings) {
    const auto past = pasts_.find(key_of(reading));
    if (past == pasts_.end()) {
      lines.emplace_back();
      continue;
    }
    const std::vector<double> numbers(past->second.numbers.begin(), past->second.numbers.end());
    lines.push_back(sparkline(numbers));
  }
  return lines;
}

}  // namespace dsn::cli
