// SPDX-License-Identifier: Apache-2.0
// The units of measurement that SenML knows.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace dsn::config {

/// Whether the text is a unit of the IANA registries (RFC 8428, section 12.1; RFC 8798), or empty.
[[nodiscard]] bool is_unit(std::string_view text);

/// All of them.
[[nodiscard]] std::span<const std::string_view> known_units();

/// What a message about an unknown unit ends with: ` (did you mean 'Cel'?)`, or a general advice.
[[nodiscard]] std::string unit_hint(std::string_view text);

}  // namespace dsn::config
