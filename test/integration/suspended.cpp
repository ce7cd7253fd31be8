// SPDX-License-Identifier: Apache-2.0
// Loaded before a program, a machine that was suspended for as many seconds as the file of
// $DSN_SUSPENDED says: CLOCK_BOOTTIME is ahead by them, and what the kernel waits on is not.
#include <dlfcn.h>

#include <cstdlib>
#include <ctime>
#include <fstream>

extern "C" int clock_gettime(clockid_t id, timespec* time) {
  using Function = int(clockid_t, timespec*);
  static auto* const real = reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, "clock_gettime"));
  const int result = real(id, time);
  if (result != 0 || id != CLOCK_BOOTTIME) return result;
  std::ifstream file(std::getenv("DSN_SUSPENDED"));
  std::time_t seconds = 0;
  if (file >> seconds) time->tv_sec += seconds;
  return result;
}
