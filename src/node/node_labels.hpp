// SPDX-License-Identifier: Apache-2.0
// How nodes are told apart by name, and what an operator is told when two have the same.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/node.hpp"

namespace dsn::node {

/// "attic~9ea6": the label of a node whose name belongs to another one.
[[nodiscard]] std::string disputed_label(std::string_view name, const NodeId& id);

/// Whether the peer's name belongs to another node, or is not proven while another node goes by it.
[[nodiscard]] bool in_conflict(const core::Node& node, const core::Peer& peer);

/// "the name belongs to 62d46baf"; empty if there is no conflict.
[[nodiscard]] std::string conflict_reason(const core::Node& node, const core::Peer& peer);

/// The node that an id, a name or a disputed label means. A name may belong to a node of which
/// nothing else is known.
[[nodiscard]] std::optional<NodeId> find_node(const core::Node& node, const std::string& text);

/// Why a node was not forgotten, and what to do instead.
[[nodiscard]] std::string refusal_text(const core::Node& node, const NodeId& id,
                                       core::Forgotten why);

/// One sentence for each node that can be reached and whose name belongs to another one.
[[nodiscard]] std::vector<std::string> conflict_warnings(const core::Node& node);
/// "attic runs on two machines, 10.0.0.2 and 10.0.0.5 ...", and what to do.
[[nodiscard]] std::string twin_text(const core::Peer& peer);
/// One sentence for each node, this one included, whose identity two machines have.
[[nodiscard]] std::vector<std::string> clone_warnings(const core::Node& node, Instant now);
/// A line if this node is an observer that nobody but other observers can hear of.
[[nodiscard]] std::vector<std::string> observer_warnings(const core::Node& node);

}  // namespace dsn::node
