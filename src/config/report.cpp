// SPDX-License-Identifier: Apache-2.0
#include "config/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace dsn::config {
namespace {

// More than anyone reads; a file that is no configuration at all has a finding in each line.
constexpr std::size_t kFindingsMax = 100;

}  // namespace

void Report::add(std::vector<Finding>& findings, Mark at, std::string message) {
  if (findings.size() < kFindingsMax) findings.push_back({position(at), std::move(message)});
}

std::vector<Finding> Report::sorted(std::vector<Finding> findings) {
  std::ranges::stable_sort(findings, {}, [](const Finding& finding) {
    return std::tuple(finding.position.line, finding.position.column);
  });
  return findings;
}

std::string Finding::to_string() const {
  if (position.line == 0) return fmt::format("{}: {}", position.file, message);
  return fmt::format("{}:{}:{}: {}", position.file, position.line, position.column, message);
}

}  // namespace dsn::config
