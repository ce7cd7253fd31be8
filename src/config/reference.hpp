// SPDX-License-Identifier: Apache-2.0
// The documentation of all keys, for readers and for editors. What stands in docs/ is made here; a
// test compares both.
#pragma once

#include <string>
#include <string_view>

#include "config/key_table.hpp"

namespace dsn::config {

/// The name of a scope in the documentation: "agent", "sensor", or the name of the driver.
[[nodiscard]] std::string scope_name(KeyScope scope);

/// A Markdown table of the keys of one scope.
[[nodiscard]] std::string markdown_table(KeyScope scope);

/// A Markdown table of the built-in files of a kind, "presets" or "boards".
[[nodiscard]] std::string markdown_list(std::string_view kind);

/// A JSON Schema (draft 7) of the configuration; presets and boards are among its definitions.
[[nodiscard]] std::string json_schema();

/// The manual page dsn-agent.yaml(5), in roff.
[[nodiscard]] std::string man_page();

}  // namespace dsn::config
