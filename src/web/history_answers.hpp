// SPDX-License-Identifier: Apache-2.0
// The history that dsn-record keeps, as answers to requests (docs/web.md).
#pragma once

#include <string>

#include "dsn/result.hpp"
#include "history/history.hpp"

namespace dsn::web {

/// As the parameters of a request have it; what is empty has its default.
struct HistoryQuery {
  std::string node;   ///< name or id
  std::string key;    ///< empty: which keys of the node have a history
  std::string since;  ///< a duration; 24h
  std::string most;   ///< 1 to 10000 points; 10000
  bool csv = false;
};

/// JSON or CSV, from this file. ErrorCode::not_found: there is no file, or nothing of this key;
/// invalid_argument: a parameter is wrong.
[[nodiscard]] Result<std::string> history_answer(const std::string& file, const HistoryQuery& query,
                                                 history::Time now);

}  // namespace dsn::web
