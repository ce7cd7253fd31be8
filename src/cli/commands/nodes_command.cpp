// SPDX-License-Identifier: Apache-2.0
// dsn nodes: the nodes of the network, as the local agent sees them.
#include "cli/command.hpp"
#include "cli/show/node_table.hpp"
#include "local/json/json_text.hpp"

namespace dsn::cli {

ExitCode run_nodes(Context& context, const NodesOptions& options) {
  const auto socket = socket_of(context, options.agent);
  if (!socket) return ExitCode::unreachable;
  auto client = connect(context, *socket);
  if (!client) return ExitCode::unreachable;
  const auto nodes = client->nodes();
  if (!nodes) return failed(context, *client, nodes.error());

  std::string text;
  if (!options.json && context.output.is_terminal()) {
    TableStyle style;
    style.colour = context.output.colour();
    text = node_table(*nodes, style);
  } else {
    for (const NodeInfo& node : *nodes) {
      text += options.json ? local::node_json(node) + "\n" : node_tsv(node);
    }
  }
  context.output.write(text);
  return written(context);
}

}  // namespace dsn::cli
