// SPDX-License-Identifier: Apache-2.0
#include "config/document.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <array>
#include <istream>
#include <map>
#include <streambuf>

#include "base/bytes.hpp"
#include "base/utf8.hpp"
#include "config/scalar.hpp"

namespace dsn::config {
namespace {

// sensors -> key -> driver -> option is four; the rest is room for later keys.
constexpr std::size_t kDepthMax = 8;

constexpr char kTooDeep[] = "nested too deeply for any key of a configuration";
constexpr char kNoAliases[] =
    "anchors and aliases are not supported; text that begins with * or & must stand in quotes";
constexpr char kSecondDocument[] = "second document";

/// Lets yaml-cpp read the text where it is: one copy less of a file that may hold a key.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // a get area is never written to
    setg(begin, begin, begin + text.size());
  }
};

/// Turns yaml-cpp's marks (from 0, columns in bytes) into what editors show.
class Lines {
 public:
  Lines(std::string_view text, int file) : text_(text), file_(file) {
    begins_.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') begins_.push_back(i + 1);
    }
  }
  [[nodiscard]] Mark mark(const YAML::Mark& at) const {
    if (at.line < 0 || at.column < 0) return {0, 0, file_};
    const auto line = static_cast<std::size_t>(at.line);
    const auto bytes = static_cast<std::size_t>(at.column);
    if (line >= begins_.size()) return {at.line + 1, at.column + 1, file_};
    int column = 1;
    for (const char c : text_.substr(begins_[line], bytes)) {
      if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) ++column;
    }
    return {at.line + 1, column, file_};
  }
  [[nodiscard]] std::size_t count() const { return begins_.size(); }
  [[nodiscard]] int file() const { return file_; }
  [[nodiscard]] std::string_view line(std::size_t index) const {
    const std::string_view rest = text_.substr(begins_[index]);
    return rest.substr(0, rest.find('\n'));
  }

 private:
  std::string_view text_;
  int file_;
  std::vector<std::size_t> begins_;
};

/// What yaml-cpp means, in the words of somebody with an editor open. Its own text is used for no
/// other message, since some of them quote the file, and the file may hold a key.
std::string_view explain(std::string_view message) {
  struct Explanation {
    std::string_view message;
    std::string_view words;
  };
  static constexpr std::array<Explanation, 18> kExplanations = {{
      {"bad file", kTooDeep},
      {kTooDeep, kTooDeep},
      {kSecondDocument, "a second document begins here: put everything into one"},
      {"illegal map value",
       "a ':' that fits nowhere: check the indentation of this line and the "
       "one above, and put text that has ': ' in it into quotes"},
      {"end of map not found", "this does not fit the mapping above: check the indentation"},
      {"end of sequence not found", "this does not fit the list above: check the indentation"},
      {"end of map flow not found", "a mapping that begins with '{' has no '}'"},
      {"end of sequence flow not found", "a list that begins with '[' has no ']'"},
      {"illegal flow end", "a ']' or '}' without its beginning"},
      {"illegal EOF in scalar", "a text in quotes does not end"},
      {"illegal document indicator in scalar", "a text in quotes does not end"},
      {"unknown token",
       "text that begins with one of % @ ` must stand in quotes, as in unit: \"%\""},
      {"illegal block entry", "a '- ' that fits nowhere: check the indentation"},
      {"the referenced anchor is not defined", kNoAliases},
      {"alias not found after *", kNoAliases},
      {"anchor not found after &", kNoAliases},
      {"illegal tab when looking for indentation", "a tab indents this line: use spaces"},
      {"illegal character in block scalar", "only the text may follow a '|' or '>'"},
  }};
  for (const Explanation& explanation : kExplanations) {
    if (message.starts_with(explanation.message)) return explanation.words;
  }
  if (message.starts_with("unknown escape character")) {
    return "an unknown escape: within \"double quotes\" a \\ is written as \\\\";
  }
  return "this is not valid YAML";
}

/// Builds the tree, bottom up: what is open stands on a stack, what ends is moved into its parent.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const Lines& lines, Report& report) : lines_(lines), report_(report) {}

  /// Nothing if something is missing in it, which would be reported as if the user left it out.
  std::optional<Node> take_root() {
    if (has_holes_) return std::nullopt;
    return std::move(root_);
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++document_count_ > 1) throw YAML::Exception(mark, kSecondDocument);
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_decoration(mark, "", anchor);
    append({.at = lines_.mark(mark)});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    report_.error(lines_.mark(mark), "aliases are not supported: write the value out");
    append({.at = lines_.mark(mark)});
    has_holes_ = true;
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_decoration(mark, tag, anchor);
    append(
        {.kind = Node::Kind::scalar, .quoted = tag == "!", .at = lines_.mark(mark), .text = value});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::mapping, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    refuse_decoration(mark, tag, anchor);
    if (open_.size() == kDepthMax) throw YAML::Exception(mark, kTooDeep);
    open_.push_back({.kind = kind, .at = lines_.mark(mark)});
  }

  void close() {
    Node node = std::move(open_.back());
    open_.pop_back();
    if (node.kind == Node::Kind::mapping) drop_bad_members(node);
    append(std::move(node));
  }

  void append(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else {
      open_.back().children.push_back(std::move(node));
    }
  }

  void refuse_decoration(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) {
      report_.error(lines_.mark(mark), "anchors are not supported: write the value out");
    }
    if (!tag.empty() && tag != "?" && tag != "!") {
      report_.error(lines_.mark(mark), "tags such as !!int are not supported");
    }
  }

  void drop_bad_members(Node& mapping) {
    std::map<std::string, Mark, std::less<>> seen;
    std::vector<Node> kept;
    kept.reserve(mapping.children.size());
    for (std::size_t i = 0; i + 1 < mapping.children.size(); i += 2) {
      Node& key = mapping.children[i];
      if (key.kind != Node::Kind::scalar) {
        report_.error(key.at, "a key is missing here, or is more than a word");
        continue;
      }
      if (key.text == "<<" && !key.quoted) {
        report_.error(key.at, "merge keys are not supported: write the values out");
        continue;
      }
      const auto [first, is_new] = seen.try_emplace(key.text, key.at);
      if (!is_new) {
        report_.error(key.at, fmt::format("duplicate key {} (first in line {})", shown(key.text),
                                          first->second.line));
        continue;
      }
      kept.push_back(std::move(key));
      kept.push_back(std::move(mapping.children[i + 1]));
    }
    mapping.children = std::move(kept);
  }

  const Lines& lines_;
  Report& report_;
  Node root_;
  std::vector<Node> open_;
  int document_count_ = 0;
  bool has_holes_ = false;
};

/// yaml-cpp takes a tab for one column of indentation in some places and throws in others, and
/// lets through what is no UTF-8, which no message could show.
bool report_bad_lines(const Lines& lines, Report& report) {
  bool found = false;
  for (std::size_t i = 0; i < lines.count(); ++i) {
    const std::string_view line = lines.line(i);
    const int number = static_cast<int>(i) + 1;
    if (!is_utf8(as_bytes(line))) {
      report.error({number, 1, lines.file()}, "this line is not UTF-8");
      found = true;
    }
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos || line.find_first_not_of(' ') != tab) continue;
    report.error({number, static_cast<int>(tab) + 1, lines.file()},
                 "a tab indents this line: use spaces");
    found = true;
  }
  return found;
}

}  // namespace

std::optional<Node> parse_document(std::string_view text, Report& report, int file) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const Lines lines(text, file);
  if (report_bad_lines(lines, report)) return std::nullopt;
  ViewBuffer buffer(text);
  std::istream stream(&buffer);
  TreeBuilder builder(lines, report);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    // At something that begins no document the parser stops without a word.
    if (parser) throw YAML::Exception(YAML::Mark::null_mark(), "rest");
  } catch (const YAML::Exception& exception) {
    report.error(lines.mark(exception.mark), std::string(explain(exception.msg)));
    return std::nullopt;
  } catch (const std::exception&) {
    report.error({0, 0, file}, "this cannot be parsed as YAML");
    return std::nullopt;
  }
  return builder.take_root();
}

}  // namespace dsn::config
