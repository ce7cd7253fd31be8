// SPDX-License-Identifier: Apache-2.0
// The units of measurement that SenML knows.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace dsn::config {

/// Whether the text is in the IANA registries (RFC 8428, section 12.1; RFC 8798). The empty unit
/// is fine.
[[nodiscard]] bool is_unit(std::string_view text);

/// All of them.
[[nodiscard]] std::span<const std::string_view> known_units();

/// What to do about a text that is none: ` (did you mean 'Cel'?)`, or in general words.
[[nodiscard]] std::string unit_hint(std::string_view text);

}  // namespace dsn::config
