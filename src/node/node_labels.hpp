// SPDX-License-Identifier: Apache-2.0
// How nodes are told apart by name, and what an operator is told when two have the same.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/node.hpp"
#include "dsn/status.hpp"

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

/// One for each node that can be reached and whose name belongs to another one.
[[nodiscard]] std::vector<Warning> conflict_warnings(const core::Node& node);
/// A node whose identity two machines have, and what to do.
[[nodiscard]] Warning twin_warning(const core::Peer& peer);
/// One for each node, this one included, whose identity two machines have.
[[nodiscard]] std::vector<Warning> clone_warnings(const core::Node& node, Instant now);
/// One if this node is an observer that nobody but other observers can hear of.
[[nodiscard]] std::vector<Warning> observer_warnings(const core::Node& node);

}  // namespace dsn::node
