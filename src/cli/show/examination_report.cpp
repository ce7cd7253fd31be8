// SPDX-License-Identifier: Apache-2.0
#include "cli/show/examination_report.hpp"

#include <fmt/format.h>

#include "cli/show/display_text.hpp"
#include "cli/show/table.hpp"
#include "local/json/words.hpp"

namespace dsn::cli {
namespace {

std::string block(const NetworkFinding& finding, bool colour) {
  std::string nodes;
  for (const std::string& node : finding.nodes) nodes += (nodes.empty() ? "" : ", ") + node;
  std::string text = fmt::format("{}  noticed by {}\n  {}\n",
                                 styled(printable(finding.warning.code), Style::bad, colour),
                                 printable(nodes), printable(finding.warning.text));
  if (!finding.warning.advice.empty()) {
    text += "  what to do: " + printable(finding.warning.advice) + "\n";
  }
  return text + "\n";
}

/// As "; gone: attic, barn; asleep: shed".
std::string absent_text(const std::vector<AbsentNode>& absent) {
  std::string text;
  for (const NodeState state :
       {NodeState::gone, NodeState::late, NodeState::restarting, NodeState::asleep}) {
    std::string names;
    for (const AbsentNode& one : absent) {
      if (one.state == state) names += (names.empty() ? "" : ", ") + printable(one.node);
    }
    if (!names.empty())
      text += fmt::format("; {}: {}", local::kWords<NodeState>.word(state), names);
  }
  return text;
}

}  // namespace

std::string examination_report(const Examination& examination, bool colour) {
  std::string text;
  for (const NetworkFinding& finding : examination.findings) text += block(finding, colour);
  const std::string found = examination.findings.empty()
                                ? "nothing is wrong"
                                : counted(examination.findings.size(), "finding");
  return text + fmt::format("{}; {} of {} nodes answered{}\n", found, examination.answered,
                            examination.nodes, absent_text(examination.absent));
}

}  // namespace dsn::cli
