// SPDX-License-Identifier: Apache-2.0
#include "unit/cli/golden.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <sstream>

#include "cli/show/display_text.hpp"
#include "unit/cli/program.hpp"

namespace dsn::cli {
namespace {

const std::string kGolden = DSN_SOURCE_ROOT "/test/data/cli/";

void expect_to_fit(const std::string& text, std::size_t columns) {
  use_utf8_widths();
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(display_width(line), columns) << line;
  }
}

std::string output_of(const GoldenCall& golden, unsigned short columns) {
  if (golden.before) golden.before();
  ProgramRun call{golden.arguments, golden.environment, columns > 0, golden.until};
  call.environment.emplace_back("NO_COLOR=1");
  call.answers = golden.answers;
  call.input = golden.input;
  call.columns = columns;
  call.errors_too = true;
  ProgramResult result = run_program(call);
  std::erase(result.out, '\r');
  if (golden.mask) result.out = golden.mask(std::move(result.out));
  if (columns > 0 && golden.fits) expect_to_fit(result.out, columns);
  return "== " + (columns > 0 ? std::to_string(columns) + " columns" : std::string("pipe")) +
         ", exit code " + std::to_string(result.exit_code) + "\n" + result.out;
}

}  // namespace

void expect_golden(const std::string& name, const GoldenCall& call) {
  SCOPED_TRACE(name);
  std::string text;
  for (const unsigned short columns : std::initializer_list<unsigned short>{0, 40, 80, 120}) {
    text += output_of(call, columns);
  }
  const std::string golden = kGolden + name + ".txt";
  if (std::getenv("DSN_WRITE_GOLDEN") != nullptr) std::ofstream(golden) << text;
  std::ostringstream expected;
  expected << std::ifstream(golden).rdbuf();
  EXPECT_EQ(text, expected.str()) << "unless this is meant: run again with DSN_WRITE_GOLDEN=1";
}

}  // namespace dsn::cli
