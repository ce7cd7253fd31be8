// SPDX-License-Identifier: Apache-2.0
// What the author of a configuration may have meant by a key that is not known.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/key_table.hpp"

namespace dsn::config {

/// What follows "unknown key 'evry'": the key that is called otherwise or mistyped, the mapping
/// that it belongs to, or the keys that are known where it stands, in `scope` and `also`.
[[nodiscard]] std::string unknown_key_hint(std::string_view name, KeyScope scope,
                                           std::optional<KeyScope> also);

}  // namespace dsn::config
