// SPDX-License-Identifier: Apache-2.0
#include "file/root_only.hpp"

#include <unistd.h>

#include "file/atomic_file.hpp"
#include "support/temp_dir.hpp"

namespace dsn::file {
namespace {

constexpr uid_t kOther = 1234;
constexpr gid_t kGroup = 1235;

/// A tree of root's: folder/inner/program.
class RootOnly : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can make files of others";
    program_ = folder_.write("inner/program", "#!/bin/sh\n", 0755);
    give(folder_.path(), 0, 0);
    mode(folder_.path(), 0755);
    if (::chown(program_.c_str(), kOther, 0) != 0) GTEST_SKIP() << "there are no other users here";
    give(program_, 0, 0);
    const auto outside = find_weakness(program_);
    ASSERT_FALSE(outside) << outside->path << " " << outside->why;
  }

  static void give(const std::string& path, uid_t user, gid_t group) {
    ASSERT_EQ(::lchown(path.c_str(), user, group), 0) << path;
  }
  static void mode(const std::string& path, mode_t bits) {
    ASSERT_EQ(::chmod(path.c_str(), bits), 0) << path;
  }
  [[nodiscard]] std::string found(const std::string& path) const {
    const auto weakness = find_weakness(path);
    if (!weakness) return "";
    const std::string shown =
        weakness->path == folder_.path() ? "." : weakness->path.substr(folder_.path().size() + 1);
    return shown + " " + weakness->why + "; " + weakness->cure;
  }

  test::TempDir folder_;
  std::string inner_ = folder_ / "inner";
  std::string program_;
};

TEST_F(RootOnly, AFileOfAnotherOrThatOthersWriteIsFound) {
  give(program_, kOther, 0);
  EXPECT_EQ(found(program_),
            "inner/program belongs to user 1234 (mode 0755); chown root:root " + program_);
  give(program_, 0, 0);
  mode(program_, 0777);
  EXPECT_EQ(found(program_), "inner/program has mode 0777 and group 0; chmod go-w " + program_);
  mode(program_, 0775);
  EXPECT_EQ(found(program_), "") << "the group is root's";
  give(program_, 0, kGroup);
  EXPECT_EQ(found(program_), "inner/program has mode 0775 and group 1235; chmod go-w " + program_);
  mode(program_, 0755);
  EXPECT_EQ(found(program_), "");
}

TEST_F(RootOnly, AFolderAboveItIsFound) {
  give(inner_, kOther, kGroup);
  EXPECT_EQ(found(program_), "inner belongs to user 1234 (mode 0755); ");
  give(inner_, 0, kGroup);
  mode(inner_, 0775);
  EXPECT_EQ(found(program_), "inner has mode 0775 and group 1235; ");
  mode(inner_, 0755);
  give(folder_.path(), kOther, kGroup);
  EXPECT_EQ(found(program_), ". belongs to user 1234 (mode 0755); ");
}

TEST_F(RootOnly, AStickyFolderProtectsWhatIsThere) {
  mode(inner_, 01777);
  EXPECT_EQ(found(program_), "");
  EXPECT_EQ(found(inner_ + "/missing"), "inner has mode 1777 and group 0; ");
  give(program_, kOther, 0);
  EXPECT_NE(found(program_), "");
  mode(inner_, 0755);
  EXPECT_EQ(found(inner_ + "/missing"), "");
}

TEST_F(RootOnly, LinksAreFollowedAndLookedAt) {
  const std::string link = folder_ / "link";
  ASSERT_EQ(::symlink("./inner/../inner/program", link.c_str()), 0);
  EXPECT_EQ(found(link), "");
  mode(program_, 0666);
  EXPECT_TRUE(found(link).starts_with("inner/program has mode 0666"));
  mode(program_, 0755);
  give(link, kOther, 0);
  EXPECT_EQ(found(link), "link belongs to user 1234 (a link); ");
  // To a folder of somebody who may turn it elsewhere.
  const std::string folder_link = folder_ / "folder-link";
  ASSERT_EQ(::symlink(inner_.c_str(), folder_link.c_str()), 0);
  EXPECT_EQ(found(folder_link + "/program"), "");
  give(inner_, kOther, 0);
  EXPECT_EQ(found(folder_link + "/program"), "inner belongs to user 1234 (mode 0755); ");
}

TEST_F(RootOnly, EndsForLinksInACircle) {
  const std::string circle = folder_ / "circle";
  ASSERT_EQ(::symlink("circle", circle.c_str()), 0);
  EXPECT_EQ(found(circle), "");
}

TEST_F(RootOnly, WhatRootMakesInAFolderOfAnotherIsThatUsers) {
  give(inner_, kOther, kGroup);
  const std::uint8_t content[] = {1};
  const std::string made = inner_ + "/made";
  ASSERT_TRUE(write_file_atomically(made, content, FileMode::owner_only));
  ASSERT_TRUE(make_folder(inner_ + "/folder"));
  ASSERT_TRUE(make_folders(inner_ + "/a/b", FolderMode::readable, Sync::no));
  for (const char* name : {"/made", "/folder", "/a", "/a/b"}) {
    struct stat status {};
    ASSERT_EQ(::stat((inner_ + name).c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, kOther) << name;
    EXPECT_EQ(status.st_gid, kGroup) << name;
  }
  EXPECT_EQ(test::mode_of(made), 0600U);
  EXPECT_EQ(test::mode_of(inner_ + "/folder"), 0700U);
  EXPECT_EQ(test::mode_of(inner_ + "/a/b"), 0755U);
}

}  // namespace
}  // namespace dsn::file
