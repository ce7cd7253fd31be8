// SPDX-License-Identifier: Apache-2.0
#include "config/program.hpp"

#include <fmt/format.h>

#include "config/exposure.hpp"
#include "config/scalar.hpp"

namespace dsn::config {
namespace {

// What execve() takes is megabytes; what a person writes into a file is not.
constexpr std::size_t kArgumentsMax = 64;

std::vector<std::string> read_words(const YamlNode& value, const std::string& subject,
                                    Report& report) {
  if (value.children.size() > kArgumentsMax) {
    report.error(value.at, fmt::format("{} has more than {} arguments", subject, kArgumentsMax));
    return {};
  }
  std::vector<std::string> words;
  for (const YamlNode& argument : value.children) {
    if (argument.kind != YamlNode::Kind::scalar || argument.text.find('\0') != std::string::npos) {
      report.error(argument.at, fmt::format("an argument of {} must be text, not {}; quote it if "
                                            "need be",
                                            subject, describe(argument)));
      return {};
    }
    words.push_back(argument.text);
  }
  return words;
}

}  // namespace

std::vector<std::string> read_program(const Section& section, std::string_view name,
                                      Report& report) {
  const YamlNode& value = *section.value(name);
  const std::string subject = section.subject(name);
  std::vector<std::string> words;
  Mark at = section.value_mark(name);
  if (value.kind == YamlNode::Kind::scalar) {
    words = {value.text};
  } else if (value.kind == YamlNode::Kind::list && !value.children.empty()) {
    words = read_words(value, subject, report);
    at = value.children[0].at;
  } else {
    report.error(
        at, fmt::format("{} must be a program or a list of program and arguments, not {}", subject,
                        value.kind == YamlNode::Kind::list ? "empty" : describe(value)));
  }
  if (words.empty()) return {};
  // A list may name a program with a space in it; nobody can mean a shell there.
  if (value.kind == YamlNode::Kind::scalar && words[0].find(' ') != std::string::npos) {
    report.error(at,
                 fmt::format("{} runs without a shell: write the program and its arguments as a "
                             "list, such as [/bin/program, argument]",
                             subject));
    return {};
  }
  if (!words[0].starts_with('/')) {
    report.error(at, fmt::format("{} must name its program by an absolute path, not {}", subject,
                                 shown(words[0])));
    return {};
  }
  look_for_exposure(words, at, report);
  return words;
}

}  // namespace dsn::config
