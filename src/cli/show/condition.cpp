// SPDX-License-Identifier: Apache-2.0
#include "cli/show/condition.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include "base/printable.hpp"
#include "cli/show/value_text.hpp"

namespace dsn::cli {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

Result<Condition> Condition::parse(std::string_view text) {
  const std::string_view whole = trimmed(text);
  for (const auto& [word, sign] : {std::pair("==", Sign::equal),
                                   {"!=", Sign::unequal},
                                   {"<=", Sign::less_or_equal},
                                   {">=", Sign::more_or_equal},
                                   {"<", Sign::less},
                                   {">", Sign::more}}) {
    if (!whole.starts_with(word)) continue;
    const std::string_view wanted = trimmed(whole.substr(std::string_view(word).size()));
    const bool by_text = sign == Sign::equal || sign == Sign::unequal;
    if (!by_text && !number_of(wanted)) {
      return Error{fmt::format("'{}' is no number, as {} needs one", printable(wanted), word)};
    }
    return Condition(sign, std::string(wanted));
  }
  return Error{fmt::format("'{}' is no condition such as '== open' or '< 5' (==, !=, <, <=, >, >=)",
                           printable(whole))};
}

bool Condition::holds(const Reading& reading) const {
  if (reading.freshness != Freshness::ok) return false;
  const auto is = reading.value.as_number();
  const auto wanted = number_of(wanted_);
  const bool numbers = is && wanted;
  switch (sign_) {
    case Sign::equal:
      return numbers ? *is == *wanted : raw_value(reading.value) == wanted_;
    case Sign::unequal:
      return numbers ? *is != *wanted : raw_value(reading.value) != wanted_;
    case Sign::less:
      return numbers && *is < *wanted;
    case Sign::less_or_equal:
      return numbers && *is <= *wanted;
    case Sign::more:
      return numbers && *is > *wanted;
    case Sign::more_or_equal:
      return numbers && *is >= *wanted;
  }
  return false;
}

}  // namespace dsn::cli
