// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.hpp"

#include <gtest/gtest.h>

#include "cli/show/display_text.hpp"

namespace dsn::cli {
namespace {

using std::chrono::milliseconds;

template <typename Options>
Options parsed(const std::string& name, const std::vector<std::string>& arguments) {
  const auto result = parse_arguments(name, arguments);
  const auto* request = std::get_if<Request>(&result);
  EXPECT_NE(request, nullptr) << std::get<Ended>(result).text;
  if (request == nullptr) return {};
  EXPECT_TRUE(std::holds_alternative<Options>(*request));
  const auto* options = std::get_if<Options>(request);
  return options != nullptr ? *options : Options{};
}

Ended ended(const std::string& name, const std::vector<std::string>& arguments) {
  const auto result = parse_arguments(name, arguments);
  const auto* end = std::get_if<Ended>(&result);
  EXPECT_NE(end, nullptr);
  return end != nullptr ? *end : Ended{};
}

TEST(Arguments, DsnReadAndDsnReadAreTheSame) {
  const std::vector<std::string> options = {"attic", "room/temperature", "--json", "--max-age",
                                            "1m30s", "--socket",         "/x"};
  std::vector<std::string> after_command = {"read"};
  after_command.insert(after_command.end(), options.begin(), options.end());
  for (const auto& [name, line] :
       {std::pair("dsn-read", options), std::pair("dsn", after_command)}) {
    const auto read = parsed<ReadOptions>(name, line);
    EXPECT_EQ(read.query.node, "attic");
    EXPECT_EQ(read.query.key, "room/temperature");
    EXPECT_EQ(read.format, ReadFormat::json);
    EXPECT_EQ(read.max_age, milliseconds(90'000));
    EXPECT_EQ(read.agent.socket, "/x");
  }
  const auto bare = parsed<ReadOptions>("dsn-read", {});
  EXPECT_FALSE(bare.query.node);
  EXPECT_FALSE(bare.max_age);
}

TEST(Arguments, SetTakesNegativeNumbers) {
  const auto set = parsed<SetOptions>("dsn", {"set", "t", "-5.5", "--unit", "Cel"});
  EXPECT_EQ(set.key, "t");
  EXPECT_EQ(set.values, std::vector<std::string>{" -5.5"});
  EXPECT_EQ(set.unit, "Cel");
  EXPECT_TRUE(parsed<SetOptions>("dsn", {"set", "t", "5", "--text"}).as_text);
}

TEST(Arguments, EveryCommandIsThere) {
  EXPECT_TRUE(parsed<NodesOptions>("dsn", {"nodes", "--json"}).json);
  EXPECT_EQ(parsed<UnsetOptions>("dsn", {"unset", "a", "b"}).keys.size(), 2U);
  EXPECT_TRUE(parsed<StatusOptions>("dsn", {"status", "--demo"}).agent.demo);
  EXPECT_EQ(parsed<ForgetOptions>("dsn", {"forget", "attic~9ea6"}).node, "attic~9ea6");
  EXPECT_EQ(parsed<SleepOptions>("dsn", {"sleep", "10m"}).silence, std::chrono::minutes(10));
  EXPECT_EQ(parsed<LeaveOptions>("dsn", {"leave", "--socket", "/s"}).agent.socket, "/s");
  EXPECT_EQ(parsed<ReloadOptions>("dsn", {"reload", "--socket", "/s"}).agent.socket, "/s");
  EXPECT_EQ(parsed<KeyNewOptions>("dsn", {"key", "new", "--out", "/k"}).out, "/k");
  EXPECT_EQ(parsed<KeyInviteOptions>("dsn", {"key", "invite", "--config", "/c"}).config, "/c");
  EXPECT_TRUE(parsed<InitOptions>("dsn", {"init", "-y"}).yes);
  EXPECT_EQ(parsed<InitOptions>("dsn", {"init", "--key", "/k"}).key_file, "/k");
  EXPECT_EQ(parsed<JoinOptions>("dsn", {"join", "--name", "shed"}).init.name, "shed");
  EXPECT_EQ(parsed<DemoOptions>("dsn", {"demo"}).nodes, 3);
  EXPECT_EQ(parsed<DemoOptions>("dsn", {"demo", "20"}).nodes, 20);
  const auto watched = parsed<DemoOptions>("dsn", {"demo", "--watch", "5"});
  EXPECT_TRUE(watched.watch);
  EXPECT_EQ(watched.nodes, 5);
  const auto freeze = parsed<DemoSignalOptions>("dsn", {"demo", "freeze", "attic"});
  EXPECT_EQ(freeze.action, DemoSignalOptions::Action::freeze);
  EXPECT_EQ(freeze.node, "attic");
}

TEST(Arguments, WhichAgentToAskMayStandBeforeTheCommand) {
  EXPECT_EQ(parsed<StatusOptions>("dsn", {"--socket", "/s", "status"}).agent.socket, "/s");
  EXPECT_TRUE(parsed<NodesOptions>("dsn", {"--demo", "nodes", "--json"}).agent.demo);
  const auto read = parsed<ReadOptions>("dsn", {"--socket=/s", "read", "attic", "--json"});
  EXPECT_EQ(read.agent.socket, "/s");
  EXPECT_EQ(read.query.node, "attic");

  EXPECT_EQ(ended("dsn", {"--socket", "/s", "raed"}).text,
            "no command 'raed' (did you mean 'read'?); see dsn --help");
  EXPECT_TRUE(ended("dsn", {"--socket", "status"}).help);
  EXPECT_EQ(ended("dsn", {"--demo", "check"}).code, ExitCode::usage);
  EXPECT_EQ(ended("dsn", {"--demo", "--socket", "/s", "status"}).code, ExitCode::usage);
}

TEST(Arguments, WrongOnesAreUsageErrors) {
  const std::vector<std::vector<std::string>> lines = {{},
                                                       {"nodes", "extra"},
                                                       {"set"},
                                                       {"unset"},
                                                       {"key"},
                                                       {"key", "show"},
                                                       {"demo", "0"},
                                                       {"demo", "21"},
                                                       {"demo", "kill"},
                                                       {"read", "--max-age", "soon"},
                                                       {"read", "--watch", "--below", "5"},
                                                       {"read", "--value", "--json"},
                                                       {"read", "--socket", "/x", "--demo"},
                                                       {"read", "a", "b", "c"},
                                                       {"--frobnicate"}};
  for (const auto& line : lines) {
    EXPECT_EQ(ended("dsn", line).code, ExitCode::usage) << (line.empty() ? "" : line.front());
  }
}

TEST(Arguments, HelpAndVersionMayBeWords) {
  EXPECT_EQ(ended("dsn", {"help"}).text, ended("dsn", {"--help"}).text);
  EXPECT_EQ(ended("dsn", {"help", "read"}).text, ended("dsn", {"read", "--help"}).text);
  EXPECT_EQ(ended("dsn", {"help", "demo", "kill"}).text,
            ended("dsn", {"demo", "kill", "--help"}).text);
  for (const char* word : {"version", "-v"}) {
    EXPECT_EQ(ended("dsn", {word}).text, ended("dsn", {"--version"}).text);
    EXPECT_EQ(ended("dsn", {word}).code, ExitCode::ok);
  }
  const Ended bare = ended("dsn", {});
  EXPECT_EQ(bare.code, ExitCode::usage);
  EXPECT_TRUE(bare.help);
  EXPECT_EQ(bare.text, ended("dsn", {"--help"}).text);
}

TEST(Arguments, ComplaintsAreOneHelpfulLine) {
  EXPECT_EQ(ended("dsn", {"--foo"}).text, "unknown option --foo; see dsn --help");
  EXPECT_EQ(ended("dsn", {"nodes", "--modles"}).text,
            "unknown option --modles (did you mean '--modules'?); see dsn nodes --help");
  EXPECT_EQ(ended("dsn", {"demo", "kil", "attic"}).text,
            "no command 'kil' (did you mean 'kill'?) of dsn demo; it has: kill freeze thaw restart "
            "clone clock; see dsn --help");
  EXPECT_EQ(ended("dsn", {"key"}).text,
            "a command of dsn key is missing; it has: invite new rotate status export import; see "
            "dsn --help");
  EXPECT_EQ(ended("dsn", {"join", "DSN1-AAAA"}).text,
            "the invite is not given here, where others can see it: run sudo dsn join, and paste "
            "it when it asks; see dsn join --help");
  EXPECT_EQ(ended("dsn", {"nodes", "x"}).text, "'x' was not expected; see dsn nodes --help");
  EXPECT_EQ(ended("dsn", {"raed"}).text,
            "no command 'raed' (did you mean 'read'?); see dsn --help");
  EXPECT_EQ(ended("dsn", {"read", "--max-age", "soon"}).text,
            "--max-age: 'soon' is no duration such as 30s or 1m30s; see dsn read --help");
}

TEST(Arguments, HelpAndVersionAreForEveryProgramAndCommand) {
  for (const char* name : {"dsn", "dsn-read"}) {
    EXPECT_EQ(ended(name, {"--help"}).code, ExitCode::ok);
    const Ended version = ended(name, {"--version"});
    EXPECT_EQ(version.code, ExitCode::ok);
    EXPECT_TRUE(version.text.starts_with(std::string(name) + " ")) << version.text;
  }
  EXPECT_NE(ended("dsn", {"set", "--help"}).text.find("--unit"), std::string::npos);
  const std::string help = ended("dsn-read", {"--help"}).text;
  EXPECT_NE(help.find("node  key  value  unit  age in ms  status"), std::string::npos);
  for (std::size_t begin = 0, end = 0; (end = help.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    EXPECT_LE(display_width(help.substr(begin, end - begin)), 100U);
  }
}

}  // namespace
}  // namespace dsn::cli
