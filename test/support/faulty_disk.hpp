// SPDX-License-Identifier: Apache-2.0
// A disk that fails at a chosen call, or loses power: for tests of what is written.
//
// The program is linked with --wrap for the calls below (see `disk_faults_link_args` in
// test/support/meson.build), so the code under test is that of the product. Calls for files
// outside of the watched folder pass through.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace dsn::test {

/// What a folder holds.
struct DiskFile {
  std::string content;
  mode_t mode = 0600;
  bool operator==(const DiskFile&) const = default;
};
using DiskImage = std::map<std::string, DiskFile>;

struct DiskFault {
  std::size_t at = 0;    ///< the first call that fails, from 0
  int error = 0;         ///< an errno; a write may put half of its bytes down before
  bool lasting = false;  ///< all later calls fail too
};

/// Watches a folder without subfolders from start() to stop(). One at a time, one thread.
class FaultyDisk {
 public:
  explicit FaultyDisk(std::string folder);
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;
  ~FaultyDisk();

  void start(std::optional<DiskFault> fault = std::nullopt);
  void stop();
  /// open, write, fsync, fchmod, rename, unlink, link, mkdir and close since start().
  [[nodiscard]] std::size_t calls() const { return calls_; }

  [[nodiscard]] DiskImage read() const;
  void restore(const DiskImage& image) const;

  /// What the disk may hold if the power went after the first `changes` changes since start(), of
  /// changes(): names whose folder was not synced may be there or not, in any combination, and
  /// content that was not synced is there, missing or half there.
  [[nodiscard]] std::vector<DiskImage> after_power_cut(std::size_t changes) const;
  [[nodiscard]] std::size_t changes() const { return log_.size(); }

  // For the wrapped calls.
  static FaultyDisk* active();
  [[nodiscard]] std::optional<std::string> name_of(const char* path) const;
  [[nodiscard]] bool watches(int fd) const { return open_.contains(fd); }
  /// The errno with which this call fails, or 0.
  int next_fault();
  void opened(int fd, const std::string& name, bool created, mode_t mode);
  void written(int fd, ByteView bytes);
  void synced(int fd);
  void mode_changed(int fd, mode_t mode);
  void renamed(const std::string& from, const std::string& to);
  void linked(const std::string& from, const std::string& to);
  void unlinked(const std::string& name);
  void closed(int fd) { open_.erase(fd); }

 private:
  struct Change {
    enum class Kind { create, write, sync_file, mode, rename, link, unlink, sync_folder } kind;
    std::string name;
    std::string to;
    std::size_t file = 0;  // a number of its own for each file that is created
    std::string bytes;
    mode_t mode = 0;
  };

  std::string folder_;
  std::optional<DiskFault> fault_;
  std::size_t calls_ = 0;
  DiskImage before_;
  std::vector<Change> log_;
  std::map<int, std::size_t> open_;  // 0: the folder itself, or a file that is only read
  std::size_t files_ = 0;
};

}  // namespace dsn::test
