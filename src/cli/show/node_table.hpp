// SPDX-License-Identifier: Apache-2.0
// The nodes of the network as a table and as tab-separated lines.
#pragma once

#include <string>
#include <vector>

#include "cli/show/table.hpp"
#include "dsn/reading.hpp"
#include "dsn/status.hpp"

namespace dsn::cli {

/// NODE STATE RTT LOSS UP VER NETKEY VIA ADDRESS KEYS WARN; without NETKEY if no key_epoch is
/// known.
[[nodiscard]] std::string node_table(const std::vector<NodeInfo>& nodes, const TableStyle& style);

/// Whether nothing is wrong with the node: it is this one, it is heard, or it sleeps.
[[nodiscard]] bool is_well(const NodeInfo& node);

/// Those that are gone first, then those that are late or doubtful; otherwise as they were.
void put_trouble_first(std::vector<NodeInfo>& nodes);

/// "4 nodes (3 live, 1 gone), 45 keys"
[[nodiscard]] std::string node_summary(const std::vector<NodeInfo>& nodes);

/// NODE and why there is no contact, such as "heard at 10.77.0.1:17373 on eth0, does not answer".
[[nodiscard]] std::string half_met_table(const std::vector<HalfMetNode>& nodes,
                                         const TableStyle& style);

/// node, state, heard in ms, round trip in us, loss (0 to 1), via, address, keys, id, in
/// that state for so many ms, "conflict", reason, role, version of its program, uptime in ms,
/// warnings, key_epoch; what was never measured is empty.
[[nodiscard]] std::string node_tsv(const NodeInfo& node);

}  // namespace dsn::cli
