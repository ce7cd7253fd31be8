// SPDX-License-Identifier: Apache-2.0
// Linked into static programs only: it replaces the handler of libstdc++, which prints the name of
// an uncaught exception and needs a demangler of 40 kB for it. The program ends in both cases.
#include "base/check.hpp"

namespace __gnu_cxx {

void __verbose_terminate_handler();  // NOLINT(bugprone-reserved-identifier): the name is theirs
void __verbose_terminate_handler() {
  dsn::check_failed("every exception is caught", __FILE__, __LINE__);
}

}  // namespace __gnu_cxx
