// SPDX-License-Identifier: Apache-2.0
// Programs that hold keys.
#pragma once

#include <sys/prctl.h>
#include <sys/resource.h>

namespace dsn::inline base {

/// From now on nobody but root can read the memory of this process: it leaves no core file, also
/// none by a handler of core files, and other processes of its user cannot trace it. Programs that
/// it starts leave no core files either. docs/hacking.md says how to debug such a process.
inline void keep_memory_private() {
  ::prctl(PR_SET_DUMPABLE, 0);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

}  // namespace dsn::inline base
