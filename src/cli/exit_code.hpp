// SPDX-License-Identifier: Apache-2.0
// Exit codes of the programs. --help documents them, so scripts depend on the numbers.
#pragma once

namespace dsn::cli {

enum class ExitCode : int {
  ok = 0,
  error = 1,
  usage = 2,
  /// With --max-age, or --value of one key: a shown reading is not to be trusted. Of dsn wait: the
  /// time is over.
  late = 3,
  unknown = 4,        ///< no such node or key
  unreachable = 5,    ///< no agent answers
  not_taken = 6,      ///< a message: nobody listens there, or it was refused
  no_answer = 7,      ///< a message: no acknowledgement or reply came, or the node is not reachable
  none_fits = 8,      ///< with --below or --above: there is no such reading
  configuration = 78  ///< EX_CONFIG of sysexits.h: a file must be corrected first
};

}  // namespace dsn::cli
