// SPDX-License-Identifier: Apache-2.0
// What nodes ask each other when an operator has the network examined (docs/protocol.md, section
// 7.9).
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "core/node.hpp"
#include "dsn/status.hpp"
#include "dsn/value.hpp"

namespace dsn::embedded {

/// Asks whose names begin so are answered by the node itself, and not by its programs.
inline constexpr std::string_view kOwnNames = "dsn/";
/// What the node knows.
inline constexpr std::string_view kFactsName = "dsn/facts";
/// Whether a datagram of some size arrives.
inline constexpr std::string_view kProbeName = "dsn/probe";
/// The largest padding that fits into one datagram with the rest of a message.
inline constexpr std::size_t kProbeBytesMax = 1060;

/// What a node tells another of itself.
struct Facts {
  std::vector<Warning> warnings;  ///< at most 16, of at most 1 KiB each
  /// How long ago it heard a multicast of the node that asks; nothing if it never did.
  std::optional<std::chrono::milliseconds> multicast_ago;
};

[[nodiscard]] Value encode_facts(const Facts& facts);
/// Nothing if the value is not what encode_facts() makes.
[[nodiscard]] std::optional<Facts> decode_facts(const Value& value);

/// A question of so many bytes of padding, whose answer is to have `answer_bytes`.
[[nodiscard]] Value encode_probe(std::size_t padding_bytes, std::size_t answer_bytes);

/// The answer of this node to another one; nothing if there is no such question.
[[nodiscard]] std::optional<Value> answer_question(const core::Node& node, const NodeId& from,
                                                   std::string_view name, const Value& payload,
                                                   std::vector<Warning> warnings, Instant now);

}  // namespace dsn::embedded
