// SPDX-License-Identifier: Apache-2.0
// The condition of `dsn wait`.
#pragma once

#include <string>
#include <string_view>

#include "dsn/reading.hpp"
#include "dsn/result.hpp"

namespace dsn::cli {

/// "== open", "!= 5", "< 5", "<= 5", "> 5", ">= 5"
class Condition {
 public:
  /// An error says what a condition is.
  static Result<Condition> parse(std::string_view text);

  /// Whether the value fulfils it, and can be trusted. Numbers are compared as numbers; else it is
  /// the text that dsn-read --value prints.
  [[nodiscard]] bool holds(const Reading& reading) const;

 private:
  enum class Sign { equal, unequal, less, less_or_equal, more, more_or_equal };
  Condition(Sign sign, std::string wanted) : sign_(sign), wanted_(std::move(wanted)) {}

  Sign sign_;
  std::string wanted_;
};

}  // namespace dsn::cli
