// SPDX-License-Identifier: Apache-2.0
// Folders and files for tests that need a disk.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace dsn::test {

/// A new empty folder for one test, removed with all that is in it.
class TempDir {
 public:
  TempDir() {
    // A short path: that of a Unix socket has at most 107 bytes.
    std::string pattern = "/tmp/dsn-test-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) ADD_FAILURE() << "cannot create " << pattern;
    path_ = pattern;
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    ::chmod(path_.c_str(), 0700);
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(std::string_view name) const {
    return path_ + '/' + std::string(name);
  }
  [[nodiscard]] std::string operator/(std::string_view name) const { return file(name); }
  /// Writes a file, makes the folders above it, and returns its path.
  std::string write(std::string_view name, std::string_view text, mode_t mode = 0600) const {
    const std::string path = file(name);
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << text;
    EXPECT_EQ(::chmod(path.c_str(), mode), 0) << path;
    return path;
  }
  [[nodiscard]] std::size_t file_count() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), {}));
  }

 private:
  std::string path_;
};

/// Makes a folder read-only for this process until the end of the scope, also when the tests run
/// as root, whom permissions do not stop: they go on as nobody.
class ReadOnlyDir {
 public:
  explicit ReadOnlyDir(const std::string& path) {
    if (::geteuid() == 0) {
      effective_ = ::chown(path.c_str(), kNobody, kNobody) == 0 &&
                   ::chmod(path.c_str(), 0500) == 0 && ::seteuid(kNobody) == 0;
      was_root_ = effective_;
    } else {
      effective_ = ::chmod(path.c_str(), 0500) == 0;
    }
  }
  ReadOnlyDir(const ReadOnlyDir&) = delete;
  ReadOnlyDir& operator=(const ReadOnlyDir&) = delete;
  ~ReadOnlyDir() {
    if (was_root_ && ::seteuid(0) != 0) ADD_FAILURE() << "cannot become root again";
  }
  [[nodiscard]] bool effective() const { return effective_; }

 private:
  static constexpr uid_t kNobody = 65534;
  bool effective_ = false;
  bool was_root_ = false;
};

inline void write_text(const std::string& path, std::string_view text, mode_t mode = 0600) {
  std::ofstream(path, std::ios::binary) << text;
  ASSERT_EQ(::chmod(path.c_str(), mode), 0);
}

inline std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline mode_t mode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777;
}

}  // namespace dsn::test
