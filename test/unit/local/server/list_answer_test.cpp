// SPDX-License-Identifier: Apache-2.0
#include "local/server/list_answer.hpp"

#include <gtest/gtest.h>

namespace dsn::local {
namespace {

/// An answer of `count` elements of `size` digits each; `skips`: every other one writes nothing.
ListAnswer numbers(int count, std::size_t size, bool skips = false) {
  return ListAnswer([count, size, skips, i = 0](std::string& out) mutable {
    if (i == count) return false;
    if (!skips || i % 2 == 1) out += std::string(size, '7');
    ++i;
    return true;
  });
}

std::string whole(ListAnswer answer) {
  std::string text = "[";
  while (answer.write_slice(text)) continue;
  return text;
}

TEST(ListAnswer, WritesElementsWithCommas) {
  EXPECT_EQ(whole(numbers(0, 1)), "[]}\n");
  EXPECT_EQ(whole(numbers(1, 1)), "[7]}\n");
  EXPECT_EQ(whole(numbers(3, 2)), "[77,77,77]}\n");
  // What does not exist any more leaves no comma, at the beginning or at the end.
  EXPECT_EQ(whole(numbers(5, 1, true)), "[7,7]}\n");
  EXPECT_EQ(whole(numbers(1, 1, true)), "[]}\n");
}

TEST(ListAnswer, ASliceIsBoundedInBytesAndInElements) {
  constexpr std::size_t kElement = 1000;
  std::string slice;
  EXPECT_TRUE(numbers(100'000, kElement).write_slice(slice));
  EXPECT_GE(slice.size(), kSliceBytes);
  EXPECT_LE(slice.size(), kSliceBytes + kElement + 1);
  slice.clear();
  EXPECT_TRUE(numbers(100'000, 1).write_slice(slice));
  EXPECT_EQ(slice.size(), 2U * kElementsPerSlice - 1);
  slice.clear();
  EXPECT_TRUE(numbers(100'000, 0).write_slice(slice));  // nothing that exists
  EXPECT_EQ(slice, "");
}

}  // namespace
}  // namespace dsn::local
