// SPDX-License-Identifier: Apache-2.0
#include "file/folder_lock.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/temp_dir.hpp"

namespace dsn::file {
namespace {

TEST(FolderLock, IsHeldByOneAndSaysByWhom) {
  const test::TempDir folder;
  Result<FolderLock> first = FolderLock::take(folder.path());
  ASSERT_TRUE(first) << first.error();
  EXPECT_TRUE(first->is_held());
  const Result<FolderLock> second = FolderLock::take(folder.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.code(), ErrorCode::refused);
  EXPECT_TRUE(second.error().starts_with(folder.path() + " is in use by ")) << second.error();
  const std::string process = "(process " + std::to_string(::getpid()) + ")";
  EXPECT_TRUE(second.error().ends_with(process) || second.error().ends_with("another process"))
      << second.error();
  first->release();
  EXPECT_TRUE(FolderLock::take(folder.path()));
}

TEST(FolderLock, IsGoneWithItsObject) {
  const test::TempDir folder;
  {
    Result<FolderLock> first = FolderLock::take(folder.path());
    ASSERT_TRUE(first);
    const FolderLock moved = std::move(first).value();
    EXPECT_FALSE(FolderLock::take(folder.path()));
  }
  EXPECT_TRUE(FolderLock::take(folder.path()));
}

TEST(FolderLock, IsReleasedThoughAChildWasForked) {
  const test::TempDir folder;
  Result<FolderLock> lock = FolderLock::take(folder.path());
  ASSERT_TRUE(lock);
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {  // it lives until the other end of the pipe is closed
    ::close(ends[1]);
    char ignored = 0;
    ::_exit(static_cast<int>(::read(ends[0], &ignored, 1)));
  }
  lock->release();
  EXPECT_TRUE(FolderLock::take(folder.path()));
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
}

TEST(FolderLock, IsNotHeldWhereThereIsNoFolder) {
  const test::TempDir folder;
  const Result<FolderLock> none = FolderLock::take(folder / "none");
  ASSERT_TRUE(none) << none.error();
  EXPECT_FALSE(none->is_held());
}

}  // namespace
}  // namespace dsn::file
