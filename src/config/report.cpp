// SPDX-License-Identifier: Apache-2.0
#include "config/report.hpp"

#include <algorithm>
#include <tuple>

namespace dsn::config {
namespace {

// More than anyone reads; a file that is no configuration at all has a finding in each line.
constexpr std::size_t kFindingsMax = 100;

}  // namespace

Mark Report::add_file(std::string file) {
  files_.push_back(std::move(file));
  return {0, 0, static_cast<int>(files_.size()) - 1};
}

void Report::add(std::vector<Marked>& findings, Mark at, std::string message) {
  if (findings.size() < kFindingsMax) findings.push_back({at, std::move(message)});
}

std::vector<Finding> Report::sorted(std::vector<Marked> marked) const {
  std::ranges::stable_sort(marked, {}, [](const Marked& finding) {
    return std::tuple(finding.at.file, finding.at.line, finding.at.column);
  });
  std::vector<Finding> findings;
  for (Marked& finding : marked) {
    findings.push_back({position(finding.at), std::move(finding.message)});
  }
  return findings;
}

}  // namespace dsn::config
