// SPDX-License-Identifier: Apache-2.0
#include "dsn/reading.hpp"

#include "local/json/words.hpp"

namespace dsn {

const char* to_string(Freshness freshness) { return local::kWords<Freshness>.word(freshness); }
const char* to_string(NodeState state) { return local::kWords<NodeState>.word(state); }
const char* to_string(NodeRole role) { return local::kWords<NodeRole>.word(role); }
const char* to_string(NodeEvent::Kind kind) { return local::kWords<NodeEvent::Kind>.word(kind); }

}  // namespace dsn
