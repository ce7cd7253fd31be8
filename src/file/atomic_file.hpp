// SPDX-License-Identifier: Apache-2.0
// Small files that are either whole or missing after a loss of power: keys and saved state.
//
// What root makes belongs to the owner of the folder around it, such as the user of the agent.
//
// Every error names the file, what failed and why (strerror), never the content. Nothing is
// retried: the caller must expect a full or read-only disk.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "dsn/result.hpp"

namespace dsn::file {

/// Permission bits of a new file, whatever the umask.
enum class FileMode : unsigned {
  owner_only = 0600,
  readable = 0644,
};

/// Who may have access to a file that is read.
enum class FileAccess {
  any,
  /// A file that its group or others can read or write is an error that says how to mend it.
  owner_only,
};

/// Replaces the file or leaves the old one: `path.tmp` is written, fsynced and renamed, and the
/// folder is fsynced. A `path.tmp` of an interrupted attempt is overwritten, so only one process
/// may write a path. If `previous` is given, the old file gets that name first; a crash in between
/// leaves `previous` without `path`. After an error of the last fsync, the new file is in place,
/// but may be lost with the power.
Result<void> write_file_atomically(const std::string& path, ByteView content, FileMode mode,
                                   const std::string& previous = {});

/// As write_file_atomically(), but nothing is synced: it does not wait for a slow disk, and the
/// file may be lost with the power.
Result<void> replace_file(const std::string& path, ByteView content, FileMode mode);

/// As write_file_atomically(), but an existing file is an error and stays as it is.
Result<void> create_file(const std::string& path, ByteView content, FileMode mode);

/// Gives a file another name in the same folder, and syncs the folder.
Result<void> rename_file(const std::string& from, const std::string& to);

/// Permission bits of a new folder, whatever the umask.
enum class FolderMode : unsigned {
  owner_only = 0700,
  readable = 0755,
};

/// Whether something new is still there after a loss of power.
enum class Sync : bool { no, yes };

/// Makes a folder for its owner alone (0700), and syncs the folder above it, which must exist. A
/// folder that exists stays as it is.
Result<void> make_folder(const std::string& path);

/// Makes a folder, and those above it that are missing, all with the same mode. A folder that
/// exists stays as it is. `made`, if given, gets the path of each new folder, also before an error.
Result<void> make_folders(const std::string& path, FolderMode mode, Sync sync,
                          std::vector<std::string>* made = nullptr);

/// The whole content; nothing if there is no such file. More than `bytes_max` bytes, or something
/// other than a regular file, is an error. A caller that reads a secret zeroises the result.
Result<std::optional<Bytes>> read_small_file(const std::string& path, std::size_t bytes_max,
                                             FileAccess access = FileAccess::any);

}  // namespace dsn::file
