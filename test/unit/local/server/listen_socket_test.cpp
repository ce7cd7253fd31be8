// SPDX-License-Identifier: Apache-2.0
#include "local/server/listen_socket.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "support/temp_dir.hpp"

namespace dsn::local {
namespace {

mode_t mode_of(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(::lstat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

TEST(ListenSocket, MakesTheFolderAndTheFileWithTheirModes) {
  const test::TempDir folder;
  const mode_t before = ::umask(077);
  const auto socket = open_listen_socket(folder / "run/dsn/agent.sock");
  ::umask(before);
  ASSERT_TRUE(socket) << socket.error();
  EXPECT_EQ(mode_of(folder / "run"), 0755U);
  EXPECT_EQ(mode_of(folder / "run/dsn"), 0755U);
  EXPECT_EQ(mode_of(folder / "run/dsn/agent.sock"), 0660U);
  ::close(*socket);
}

TEST(ListenSocket, ALeftOverFileIsReplaced) {
  const test::TempDir folder;
  const std::string path = folder / "agent.sock";
  const auto first = open_listen_socket(path);
  ASSERT_TRUE(first) << first.error();
  ::close(*first);  // as after kill -9: the file stays
  ASSERT_NE(identity_of(path), FileIdentity{});
  const auto second = open_listen_socket(path);
  ASSERT_TRUE(second) << second.error();
  ::close(*second);
}

TEST(ListenSocket, ALiveAgentIsLeftAlone) {
  const test::TempDir folder;
  const std::string path = folder / "agent.sock";
  const auto first = open_listen_socket(path);
  ASSERT_TRUE(first) << first.error();
  const FileIdentity file = identity_of(path);
  const auto second = open_listen_socket(path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), "another agent is running on " + path);
  EXPECT_EQ(identity_of(path), file);
  ::close(*first);
}

TEST(ListenSocket, AFileOfAnotherKindIsNeverDeleted) {
  const test::TempDir folder;
  const std::string path = folder / "precious";
  std::ofstream(path) << "data";
  const auto socket = open_listen_socket(path);
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error(), path + " exists and is not a socket; not touching it");
  std::string content;
  std::ifstream(path) >> content;
  EXPECT_EQ(content, "data");
}

TEST(ListenSocket, WrongPathsAreErrors) {
  const test::TempDir folder;
  EXPECT_FALSE(open_listen_socket(""));
  EXPECT_FALSE(open_listen_socket(folder / std::string(200, 'x')));
  std::ofstream(folder / "file") << "x";
  const auto below_a_file = open_listen_socket(folder / "file/agent.sock");
  EXPECT_FALSE(below_a_file);
}

}  // namespace
}  // namespace dsn::local
