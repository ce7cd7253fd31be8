// SPDX-License-Identifier: Apache-2.0
// Checks that a file with a secret is closed to others.
#pragma once

#include <sys/stat.h>

#include <string>

#include "base/bytes.hpp"
#include "dsn/result.hpp"

namespace dsn::file {

/// Whether nobody but the owner, root and users named by an access control list has access to the
/// open file. `status` is what fstat said of it.
[[nodiscard]] bool is_owner_only(int fd, const struct stat& status);

/// Whether a POSIX access control list, in the kernel's form of system.posix_acl_access, grants
/// something to a group or to others. A list that is not understood counts as one that does.
[[nodiscard]] bool acl_opens_to_groups(ByteView acl);

/// Takes the access of others from a file with a secret, if this user owns the file. Returns the
/// mode that it had if it was open to others, and an empty text if it was not or if there is no
/// file. It is an error if the file stays open to others.
[[nodiscard]] Result<std::string> close_to_others(const std::string& path);

/// The permission bits as chmod takes them, such as "0640".
[[nodiscard]] std::string mode_text(mode_t mode);

}  // namespace dsn::file
