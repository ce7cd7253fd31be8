// SPDX-License-Identifier: Apache-2.0
// Units as people write them.
#pragma once

#include <string>
#include <string_view>

namespace dsn::inline base {

/// The symbol that people write for a SenML unit: "°C" for "Cel". Unknown ones stay as they are.
[[nodiscard]] std::string unit_symbol(std::string_view unit);

}  // namespace dsn::inline base
