// SPDX-License-Identifier: Apache-2.0
#include "formats/raw_value.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string_view>

#include "local/json/json_text.hpp"

namespace dsn::formats {

std::string raw_value(const Value& value) {
  if (value.is_null()) return {};
  if (const auto text = value.as_text()) return std::string(*text);
  if (const auto number = value.as_number(); number && !std::isfinite(*number)) {
    return fmt::format("{}", *number);
  }
  std::string json = local::value_json(value);
  // {"$bytes":"00ff"}: a script wants the digits.
  for (const std::string_view head : {R"({"$bytes":")", R"({"$int":")"}) {
    if (json.starts_with(head)) return json.substr(head.size(), json.size() - head.size() - 2);
  }
  return json;
}

}  // namespace dsn::formats
