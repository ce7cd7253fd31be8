// SPDX-License-Identifier: Apache-2.0
// How old a reading is, and whether it can be relied on.
#pragma once

#include <chrono>
#include <string>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "dsn/reading.hpp"
#include "node/shown_node.hpp"

namespace dsn::node {

/// The reading that an entry of the node is now, with its age and freshness.
[[nodiscard]] Reading reading_of(const ShownNode& shown, const std::string& key, ByteView encoded,
                                 Instant now);

/// A span as it is shown: in milliseconds, and never negative.
[[nodiscard]] std::chrono::milliseconds shown_span(Duration span);

}  // namespace dsn::node
