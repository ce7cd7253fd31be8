// SPDX-License-Identifier: Apache-2.0
#include "file/owner_only.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/xattr.h>

#include "base/descriptor.hpp"
#include "file/atomic_file.hpp"
#include "support/temp_dir.hpp"

namespace dsn::test {

using namespace file;

namespace {

// Version 2; then tag, permissions and id: owner r--, the named user 1000 r--, and so on.
constexpr const char* kHeader = "02000000";
constexpr const char* kOwner = "01000400ffffffff";
constexpr const char* kNamedUser = "02000400e8030000";
constexpr const char* kGroupNone = "04000000ffffffff";
constexpr const char* kGroupRead = "04000400ffffffff";
constexpr const char* kNamedGroupRead = "08000400e8030000";
constexpr const char* kMaskRead = "10000400ffffffff";
constexpr const char* kOtherNone = "20000000ffffffff";
constexpr const char* kOtherRead = "20000400ffffffff";

Bytes acl(std::initializer_list<const char*> parts) {
  std::string text = kHeader;
  for (const char* part : parts) text += part;
  return from_hex(text).value();
}

const Bytes& credential_acl() {
  static const Bytes kAcl = acl({kOwner, kNamedUser, kGroupNone, kMaskRead, kOtherNone});
  return kAcl;
}

TEST(Acl, MayNameUsersButNoGroupsAndNotEverybody) {
  EXPECT_FALSE(acl_opens_to_groups(credential_acl()));
  EXPECT_FALSE(acl_opens_to_groups(acl({kOwner, kGroupNone, kOtherNone})));
  EXPECT_TRUE(acl_opens_to_groups(acl({kOwner, kNamedUser, kGroupRead, kMaskRead, kOtherNone})));
  EXPECT_TRUE(acl_opens_to_groups(
      acl({kOwner, kNamedUser, kGroupNone, kNamedGroupRead, kMaskRead, kOtherNone})));
  EXPECT_TRUE(acl_opens_to_groups(acl({kOwner, kNamedUser, kGroupNone, kMaskRead, kOtherRead})));
}

TEST(Acl, CountsAsOpenIfItIsNotUnderstood) {
  EXPECT_TRUE(acl_opens_to_groups({}));
  EXPECT_TRUE(acl_opens_to_groups(Bytes{2, 0, 0}));
  EXPECT_TRUE(acl_opens_to_groups(Bytes{1, 0, 0, 0}));
  Bytes cut = credential_acl();
  cut.pop_back();
  EXPECT_TRUE(acl_opens_to_groups(cut));
}

// How systemd hands a credential to a service with DynamicUser=: the mode reads 0440, because its
// group bits are the mask of the list.
TEST(OwnerOnly, AcceptsACredentialOfSystemd) {
  const TempDir dir;
  const std::string path = dir.file("key");
  write_text(path, "x", 0400);
  if (::setxattr(path.c_str(), "system.posix_acl_access", credential_acl().data(),
                 credential_acl().size(), 0) != 0) {
    GTEST_SKIP() << "no access control lists on this file system";
  }
  EXPECT_EQ(mode_of(path), 0440U);
  EXPECT_TRUE(read_small_file(path, 10, FileAccess::owner_only));
  write_text(dir.file("plain"), "x", 0440);
  EXPECT_FALSE(read_small_file(dir.file("plain"), 10, FileAccess::owner_only));
}

}  // namespace
}  // namespace dsn::test
