// SPDX-License-Identifier: Apache-2.0
// dsn nodes: the nodes of the network, as the local agent sees them, or its own programs.
#include <algorithm>

#include "cli/command.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/module_table.hpp"
#include "cli/show/node_table.hpp"
#include "local/json/json_text.hpp"

namespace dsn::cli {
namespace {

bool as_table(const Context& context, const NodesOptions& options) {
  return options.table || (!options.json && context.output.is_terminal());
}

void leave_out(const NodesOptions& options, std::vector<NodeInfo>& nodes) {
  std::erase_if(nodes, [&](const NodeInfo& node) {
    const bool in_state = options.states.empty() ||
                          std::ranges::find(options.states, node.state) != options.states.end();
    return !in_state || (options.bad && is_well(node));
  });
}

Result<std::string> nodes_report(const Context& context, Client& client,
                                 std::vector<NodeInfo> nodes, const NodesOptions& options) {
  const auto status = client.status();
  if (!status) return status.failure();
  const TableStyle style = table_style(context);
  put_trouble_first(nodes);
  std::string text = node_table(nodes, style);
  // Whoever is heard and does not answer is in no state.
  if (options.states.empty()) text += half_met_table(status->half_met, style);
  const bool nothing = nodes.empty() && options.bad;
  return text + (nothing ? "nothing is wrong" : node_summary(nodes)) + "\n";
}

// Whoever is heard and does not answer is in no state.
Result<std::string> half_met_json(Client& client, const NodesOptions& options) {
  std::string text;
  if (!options.states.empty()) return text;
  const auto status = client.status();
  if (!status) return status.failure();
  for (const HalfMetNode& node : status->half_met) text += json_line(local::half_met_json(node));
  return text;
}

Result<ExitCode> show_nodes(Context& context, Client& client, const NodesOptions& options) {
  auto nodes = client.nodes();
  if (!nodes) return nodes.failure();
  leave_out(options, *nodes);

  if (as_table(context, options)) {
    const auto text = nodes_report(context, client, *std::move(nodes), options);
    if (!text) return text.failure();
    context.output.say(*text);
    return written(context);
  }
  std::string text;
  for (const NodeInfo& node : *nodes) {
    text += options.json ? json_line(local::node_json(node)) : node_tsv(node);
  }
  if (options.json) {
    const auto half_met = half_met_json(client, options);
    if (!half_met) return half_met.failure();
    text += *half_met;
  }
  context.output.write(text);
  return written(context);
}

Result<ExitCode> show_modules(Context& context, Client& client, const NodesOptions& options) {
  const auto modules = client.modules();
  if (!modules) return modules.failure();
  std::string text;
  if (as_table(context, options) && modules->empty()) {
    context.output.say("no program has told this agent who it is\n");
  } else if (as_table(context, options)) {
    text = module_table(*modules, table_style(context));
  } else {
    for (const ModuleInfo& module : *modules) {
      text += options.json ? json_line(local::module_json(module)) : module_tsv(module);
    }
  }
  context.output.write(text);
  return written(context);
}

}  // namespace

ExitCode run(Context& context, const NodesOptions& options) {
  if (options.watch) return run(context, TopOptions{options.agent, options.bad});
  const auto show = options.modules ? show_modules : show_nodes;
  return with_agent(context, options.agent,
                    [&](Client& client) { return show(context, client, options); });
}

}  // namespace dsn::cli
