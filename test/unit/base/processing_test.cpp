// SPDX-License-Identifier: Apache-2.0
// What processors and their C libraries may differ in, and the product relies on (tools/cross
// --test).
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <ctime>

namespace dsn::test {
namespace {

constexpr std::time_t kIn2040 = 2'208'988'800;

TEST(Processor, SecondsDoNotEndIn2038) {
  std::tm calendar{};
  const std::time_t seconds = kIn2040;
  ASSERT_NE(gmtime_r(&seconds, &calendar), nullptr);
  EXPECT_EQ(calendar.tm_year, 140);
}

TEST(Processor, AFileMayBeFrom2040) {
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  const timespec times[2] = {{kIn2040, 0}, {kIn2040, 0}};
  struct stat status {};
  ASSERT_EQ(futimens(fileno(file), times), 0);
  ASSERT_EQ(fstat(fileno(file), &status), 0);
  EXPECT_EQ(status.st_mtime, kIn2040);
  std::fclose(file);
}

// Without a lock, and without libatomic, which a static program for ARMv6 would lack.
TEST(Processor, SixtyFourBitsAreAtomic) {
  std::atomic<std::uint64_t> number = 0xffff'ffff;
  static_assert(decltype(number)::is_always_lock_free);
  number.fetch_add(1);
  EXPECT_EQ(number.load(), 0x1'0000'0000U);
}

}  // namespace
}  // namespace dsn::test
