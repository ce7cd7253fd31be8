// SPDX-License-Identifier: Apache-2.0
// A folder that one process uses at a time.
#pragma once

#include <string>

#include "base/descriptor.hpp"
#include "dsn/result.hpp"

namespace dsn::file {

/// Holds the lock (flock) of a folder until it is destroyed or release() is called, at the latest
/// until the process ends. It leaves no file behind. Nobody is kept from reading or writing there:
/// it only keeps out who takes the lock as well.
class FolderLock {
 public:
  /// Holds none.
  FolderLock() = default;
  FolderLock(FolderLock&&) noexcept = default;
  FolderLock& operator=(FolderLock&& other) noexcept;
  ~FolderLock() { release(); }

  /// An Error names the process that has the lock, if this one may see it. Where there is no such
  /// folder, or a file system without locks, nothing is held, which is no error.
  static Result<FolderLock> take(const std::string& folder);
  void release();

  [[nodiscard]] bool is_held() const { return folder_.is_open(); }

 private:
  Descriptor folder_;
};

}  // namespace dsn::file
