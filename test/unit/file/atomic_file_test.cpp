// SPDX-License-Identifier: Apache-2.0
#include "file/atomic_file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "support/temp_dir.hpp"

namespace dsn::test {

using namespace file;

namespace {

constexpr const char* kSecret = "secret content";

TEST(WriteFileAtomically, CreatesReplacesAndLeavesNothingElse) {
  const TempDir dir;
  const std::string path = dir.file("state");
  ASSERT_TRUE(write_file_atomically(path, as_bytes("one"), FileMode::owner_only));
  EXPECT_EQ(text_of(path), "one");
  EXPECT_EQ(mode_of(path), 0600U);
  ASSERT_TRUE(write_file_atomically(path, as_bytes("two"), FileMode::readable));
  EXPECT_EQ(text_of(path), "two");
  EXPECT_EQ(mode_of(path), 0644U);
  EXPECT_EQ(dir.file_count(), 1U);
}

TEST(WriteFileAtomically, GetsPastAnInterruptedAttempt) {
  const TempDir dir;
  const std::string path = dir.file("state");
  write_text(path + ".tmp", "half a st", 0644);
  ASSERT_TRUE(write_file_atomically(path, as_bytes("whole"), FileMode::owner_only));
  EXPECT_EQ(text_of(path), "whole");
  EXPECT_EQ(mode_of(path), 0600U);
  EXPECT_EQ(dir.file_count(), 1U);
}

TEST(WriteFileAtomically, IgnoresTheUmask) {
  const TempDir dir;
  const mode_t before = ::umask(0777);
  const Result<void> written =
      write_file_atomically(dir.file("state"), as_bytes("x"), FileMode::readable);
  ::umask(before);
  ASSERT_TRUE(written) << written.error();
  EXPECT_EQ(mode_of(dir.file("state")), 0644U);
}

TEST(WriteFileAtomically, WritesThroughNoLink) {
  const TempDir dir;
  write_text(dir.file("victim"), "untouched");
  std::filesystem::create_symlink(dir.file("victim"), dir.file("state.tmp"));
  ASSERT_TRUE(write_file_atomically(dir.file("state"), as_bytes("x"), FileMode::owner_only));
  EXPECT_EQ(text_of(dir.file("victim")), "untouched");
}

TEST(WriteFileAtomically, SaysWhatIsWrongAndKeepsTheOldFile) {
  const TempDir dir;
  const std::string path = dir.file("state");
  write_text(path, "old");
  const Result<void> missing =
      write_file_atomically(dir.file("absent/state"), as_bytes(kSecret), FileMode::owner_only);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error(),
            "cannot write " + dir.file("absent/state.tmp") + ": No such file or directory");

  const ReadOnlyDir read_only(dir.path());
  if (!read_only.effective()) GTEST_SKIP() << "cannot make a folder read-only here";
  const Result<void> refused = write_file_atomically(path, as_bytes(kSecret), FileMode::owner_only);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), "cannot write " + path + ".tmp: Permission denied");
}

// A size limit of the process stands in for a full disk: the first bytes go through.
TEST(WriteFileAtomically, RemovesWhatItCouldNotFinish) {
  const TempDir dir;
  const std::string path = dir.file("state");
  write_text(path, "old");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler_before = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{4, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Result<void> result = write_file_atomically(path, as_bytes(kSecret), FileMode::owner_only);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler_before);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), "cannot write " + path + ".tmp: File too large");
  EXPECT_EQ(text_of(path), "old");
  EXPECT_EQ(dir.file_count(), 1U);
}

TEST(WriteFileAtomically, RemovesWhatItCouldNotRename) {
  const TempDir dir;
  std::filesystem::create_directory(dir.file("state"));
  const Result<void> result =
      write_file_atomically(dir.file("state"), as_bytes(kSecret), FileMode::owner_only);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), "cannot replace " + dir.file("state") + ": Is a directory");
  EXPECT_EQ(dir.file_count(), 1U);
}

TEST(CreateFile, NeverOverwrites) {
  const TempDir dir;
  const std::string path = dir.file("key");
  ASSERT_TRUE(create_file(path, as_bytes("first"), FileMode::owner_only));
  EXPECT_EQ(mode_of(path), 0600U);
  const Result<void> again = create_file(path, as_bytes(kSecret), FileMode::owner_only);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error(), "cannot create " + path + ": File exists");
  EXPECT_EQ(text_of(path), "first");

  std::filesystem::create_symlink(dir.file("target"), dir.file("link"));
  EXPECT_FALSE(create_file(dir.file("link"), as_bytes(kSecret), FileMode::owner_only));
  EXPECT_FALSE(std::filesystem::exists(dir.file("target")));
}

TEST(ReadSmallFile, TellsAbsentFromUnreadable) {
  const TempDir dir;
  const Result<std::optional<Bytes>> absent = read_small_file(dir.file("none"), 10);
  ASSERT_TRUE(absent) << absent.error();
  EXPECT_FALSE(absent->has_value());

  const Result<std::optional<Bytes>> folder = read_small_file(dir.path(), 10);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error(), "cannot read " + dir.path() + ": it is not a regular file");

  write_text(dir.file("file"), "x");
  const Result<std::optional<Bytes>> beneath = read_small_file(dir.file("file/none"), 10);
  ASSERT_FALSE(beneath);
  EXPECT_EQ(beneath.error(), "cannot open " + dir.file("file/none") + ": Not a directory");
}

TEST(ReadSmallFile, DoesNotWaitForAFifo) {
  const TempDir dir;
  ASSERT_EQ(::mkfifo(dir.file("fifo").c_str(), 0600), 0);
  EXPECT_FALSE(read_small_file(dir.file("fifo"), 10));
}

TEST(ReadSmallFile, HasALimit) {
  const TempDir dir;
  const std::string path = dir.file("file");
  write_text(path, "0123456789");
  EXPECT_EQ(read_small_file(path, 10)->value(),
            Bytes({'0', '1', '2', '3', '4', '5', '6', '7', '8', '9'}));
  const Result<std::optional<Bytes>> longer = read_small_file(path, 9);
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error(), "cannot read " + path + ": it has more than 9 bytes");
  write_text(path, "");
  EXPECT_TRUE(read_small_file(path, 0)->value().empty());
}

TEST(ReadSmallFile, RefusesASecretThatOthersCanAccess) {
  const TempDir dir;
  const std::string path = dir.file("key");
  for (const mode_t mode : {0600U, 0400U, 0700U}) {
    write_text(path, "x", mode);
    EXPECT_TRUE(read_small_file(path, 10, FileAccess::owner_only)) << mode;
    ::chmod(path.c_str(), 0600);
  }
  for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0644U, 0666U}) {
    write_text(path, "x", mode);
    EXPECT_FALSE(read_small_file(path, 10, FileAccess::owner_only)) << mode;
    EXPECT_TRUE(read_small_file(path, 10)) << mode;
  }
  write_text(path, "x", 0644);
  EXPECT_EQ(read_small_file(path, 10, FileAccess::owner_only).error(),
            path + " holds a secret but others have access to it (mode 0644): run 'chmod 600 " +
                path + "'");
}

TEST(AtomicFile, MakesTheMissingFoldersWithTheirMode) {
  const TempDir dir;
  const mode_t before = ::umask(0027);
  std::vector<std::string> made;
  EXPECT_TRUE(make_folders(dir.file("a/b"), FolderMode::readable, Sync::no, &made).ok());
  EXPECT_TRUE(make_folders(dir.file("a/b/c"), FolderMode::owner_only, Sync::yes, &made).ok());
  ::umask(before);
  EXPECT_EQ(made, (std::vector{dir.file("a"), dir.file("a/b"), dir.file("a/b/c")}));
  EXPECT_EQ(mode_of(dir.file("a")), 0755U);
  EXPECT_EQ(mode_of(dir.file("a/b")), 0755U);
  EXPECT_EQ(mode_of(dir.file("a/b/c")), 0700U);
  EXPECT_TRUE(make_folders(dir.file("a/b/c"), FolderMode::readable, Sync::yes).ok());
  EXPECT_EQ(mode_of(dir.file("a/b/c")), 0700U) << "one that exists stays as it is";
}

TEST(AtomicFile, AFileInTheWayOfAFolderIsNamed) {
  const TempDir dir;
  write_text(dir.file("a"), "text");
  const Result<void> made = make_folders(dir.file("a/b"), FolderMode::readable, Sync::no);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error(), dir.file("a") + " is not a folder");
}

}  // namespace
}  // namespace dsn::test
