// SPDX-License-Identifier: Apache-2.0
// The configuration of a node in a program, checked as that of an agent is.
#pragma once

#include "config/config.hpp"
#include "dsn/node.hpp"
#include "dsn/result.hpp"

namespace dsn::embedded {

/// The Error says what is wrong, with the place: in the file, or in what `config` is as a text.
[[nodiscard]] Result<config::Config> checked(const NodeConfig& config);

}  // namespace dsn::embedded
