// SPDX-License-Identifier: Apache-2.0
// What `dsn doctor` found, as text.
#pragma once

#include <string>

#include "dsn/examination.hpp"

namespace dsn::cli {

/// A block for each finding, and a line that counts them.
[[nodiscard]] std::string examination_report(const Examination& examination, bool colour);

}  // namespace dsn::cli
