// SPDX-License-Identifier: Apache-2.0
// What the programs end with; documented in --help, so scripts depend on the numbers.
#pragma once

namespace dsn::cli {

enum class ExitCode : int {
  ok = 0,
  error = 1,
  usage = 2,
  late = 3,           ///< --max-age was given and a shown reading is older, or not ok
  unknown = 4,        ///< no such node or key
  unreachable = 5,    ///< no agent answers
  configuration = 78  ///< EX_CONFIG of sysexits.h: a file must be corrected, trying again is no use
};

}  // namespace dsn::cli
