// SPDX-License-Identifier: Apache-2.0
#include "cli/show/value_argument.hpp"

#include <optional>
#include <string>

#include "local/json/json_text.hpp"

namespace dsn::cli {

Result<Value> parse_value_argument(std::string_view text, bool as_text) {
  if (as_text) return Value::text(text);
  if (std::optional<Value> value = local::parse_json_value(text)) return *std::move(value);
  const char first = text.empty() ? ' ' : text.front();
  if (first == '{' || first == '[' || first == '"') {
    return Error{
        "'" + std::string(text) +
        "' begins like JSON and is none that a value can be; use --text to set it as text"};
  }
  return Value::text(text);
}

}  // namespace dsn::cli
