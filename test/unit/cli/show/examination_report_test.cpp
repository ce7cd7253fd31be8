// SPDX-License-Identifier: Apache-2.0
#include "cli/show/examination_report.hpp"

#include <gtest/gtest.h>

#include "local/json/json_text.hpp"

namespace dsn::cli {
namespace {

TEST(ExaminationReport, IsOneLineIfNothingIsWrong) {
  EXPECT_EQ(examination_report({.nodes = 3, .answered = 3}, false),
            "nothing is wrong; 3 of 3 nodes answered\n");
  const Examination asleep{.nodes = 3, .answered = 2, .absent = {{"shed", NodeState::asleep}}};
  EXPECT_EQ(examination_report(asleep, false),
            "nothing is wrong; 2 of 3 nodes answered; asleep: shed\n");
}

TEST(ExaminationReport, NamesWhoIsAbsentByState) {
  Examination examination{.nodes = 6, .answered = 2};
  examination.absent = {{"attic", NodeState::gone},
                        {"barn", NodeState::late},
                        {"coop", NodeState::gone},
                        {"den", NodeState::restarting}};
  examination.findings = {{.warning = {"node-gone", "attic", "attic is gone: silent", "see to it"},
                           .nodes = {"shed", "yard"}}};
  EXPECT_EQ(examination_report(examination, false),
            "node-gone  noticed by shed, yard\n  attic is gone: silent\n  what to do: see to it\n\n"
            "1 finding; 2 of 6 nodes answered; gone: attic, coop; late: barn; restarting: den\n");
}

// docs/local-api.md has these members; programs read them.
TEST(ExaminationReport, ItsJsonIsStable) {
  Examination examination{.nodes = 2, .answered = 1, .absent = {{"attic", NodeState::gone}}};
  examination.findings = {{.warning = {"node-gone", "attic", "it is gone", ""}, .nodes = {"shed"}}};
  EXPECT_EQ(local::examination_json(examination),
            R"({"nodes":2,"answered":1,"absent":[{"node":"attic","state":"gone"}],)"
            R"("findings":[{"code":"node-gone","about":"attic","text":"it is gone","advice":"",)"
            R"("nodes":["shed"]}]})");
}

}  // namespace
}  // namespace dsn::cli
