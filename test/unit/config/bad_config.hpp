// SPDX-License-Identifier: Apache-2.0
// A configuration that is refused, and the words for it: golden, since they are what an operator
// reads.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dsn::config {

struct Bad {
  const char* name;
  const char* text;
  std::vector<std::string> findings;  ///< all of them, without the name of the file
};

class BadConfig : public testing::TestWithParam<Bad> {
 public:
  static std::string name_of(const testing::TestParamInfo<Bad>& info) { return info.param.name; }
};

}  // namespace dsn::config
