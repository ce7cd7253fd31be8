// SPDX-License-Identifier: Apache-2.0
// Linked into static programs only. There the handler of libstdc++, which prints the name of an
// exception that nobody caught, is all that needs its demangler, some 40 kB. The program ends all
// the same.
#include "base/check.hpp"

namespace __gnu_cxx {

void __verbose_terminate_handler();  // NOLINT(bugprone-reserved-identifier): the name is theirs
void __verbose_terminate_handler() {
  dsn::check_failed("every exception is caught", __FILE__, __LINE__);
}

}  // namespace __gnu_cxx
