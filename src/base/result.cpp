// SPDX-License-Identifier: Apache-2.0
#include "dsn/result.hpp"

#include "base/check.hpp"

namespace dsn {

void result_misused() { check_failed("result holds what is read", "result.hpp", 0); }

}  // namespace dsn
