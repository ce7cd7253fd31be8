// SPDX-License-Identifier: Apache-2.0
// Rows of a driver's tables, by their names.
#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/suggest.hpp"
#include "dsn/result.hpp"

namespace dsn::sensor {

/// The names of all rows.
template <typename Table>
[[nodiscard]] std::vector<std::string_view> names_of(const Table& table) {
  std::vector<std::string_view> names;
  for (const auto& row : table) names.push_back(row.name);
  return names;
}

/// "proc: unknown counter 'rx_byte' (did you mean 'rx_bytes'?)": `what` is "proc: unknown counter".
[[nodiscard]] inline Error unknown(const std::string& what, const std::string& name,
                                   std::span<const std::string_view> known) {
  return Error{what + " '" + name + "'" + did_you_mean(name, known)};
}

/// The row of that name, valid as long as the table, or the Error of unknown().
template <typename Table>
[[nodiscard]] auto pick(const Table& table, const std::string& name, const std::string& what)
    -> Result<decltype(&*std::begin(table))> {
  const auto row = std::ranges::find(table, name, [](const auto& one) { return one.name; });
  if (row != std::end(table)) return &*row;
  return unknown(what, name, names_of(table));
}

}  // namespace dsn::sensor
