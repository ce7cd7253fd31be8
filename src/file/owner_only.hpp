// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include "base/bytes.hpp"

namespace dsn {

/// Whether nobody but the owner, root and users named by an access control list has access to the
/// open file. `status` is what fstat said of it.
[[nodiscard]] bool is_owner_only(int fd, const struct stat& status);

/// Whether a POSIX access control list, as the kernel gives it in system.posix_acl_access, grants
/// something to a group or to others. A list that is not understood does.
[[nodiscard]] bool acl_opens_to_groups(ByteView acl);

}  // namespace dsn
