// SPDX-License-Identifier: Apache-2.0
// What a sensor's mapping says about the values it measures.
#pragma once

#include <map>
#include <string>

#include "base/processing.hpp"
#include "config/section.hpp"

namespace dsn::config {

/// The keys of KeyScope::value. `where` is "sensor 'door'".
[[nodiscard]] Processing read_processing(const Section& section, const std::string& where,
                                         Report& report);

/// The entries of `values`, by suffix.
[[nodiscard]] std::map<std::string, Processing> read_values(const Section& section,
                                                            const std::string& where,
                                                            Report& report);

}  // namespace dsn::config
