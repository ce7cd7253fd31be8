// SPDX-License-Identifier: Apache-2.0
// dsn nodes: the nodes of the network, as the local agent sees them, or its own programs.
#include "cli/command.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/module_table.hpp"
#include "cli/show/node_table.hpp"
#include "local/json/json_text.hpp"

namespace dsn::cli {
namespace {

Result<ExitCode> show_nodes(Context& context, Client& client, const NodesOptions& options) {
  const auto nodes = client.nodes();
  if (!nodes) return nodes.failure();
  const auto status = client.status();
  if (!status) return status.failure();

  std::string text;
  if (options.json) {
    for (const NodeInfo& node : *nodes) text += json_line(local::node_json(node));
    for (const HalfMetNode& node : status->half_met) text += json_line(local::half_met_json(node));
  } else if (context.output.is_terminal()) {
    TableStyle style;
    style.colour = context.output.colour();
    text = node_table(*nodes, style) + half_met_table(status->half_met, style);
  } else {
    for (const NodeInfo& node : *nodes) text += node_tsv(node);
  }
  context.output.write(text);
  return written(context);
}

Result<ExitCode> show_modules(Context& context, Client& client, const NodesOptions& options) {
  const auto modules = client.modules();
  if (!modules) return modules.failure();
  std::string text;
  if (!options.json && context.output.is_terminal()) {
    TableStyle style;
    style.colour = context.output.colour();
    text = module_table(*modules, style);
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
  const auto show = options.modules ? show_modules : show_nodes;
  return with_agent(context, options.agent,
                    [&](Client& client) { return show(context, client, options); });
}

}  // namespace dsn::cli
