// SPDX-License-Identifier: Apache-2.0
#include "config/document.hpp"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/bytes.hpp"
#include "base/utf8.hpp"
#include "config/scalar.hpp"

namespace dsn::config {
namespace {

// sensors -> key -> driver -> option is four; the rest is room for later keys.
constexpr std::size_t kDepthMax = 8;

constexpr char kTooDeep[] = "nested too deeply for any key of a configuration";
constexpr char kNoAnchors[] =
    "anchors and aliases are not supported; text that begins with * or & must stand in quotes";
constexpr char kNoTags[] = "tags such as !!int are not supported";
constexpr char kNoKey[] = "a key is missing here, or is more than a word";
constexpr char kSecondDocument[] = "a second document begins here: put everything into one";

/// libyaml's event with its memory.
class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&event_); }
  [[nodiscard]] yaml_event_t* get() { return &event_; }
  [[nodiscard]] const yaml_event_t* operator->() const { return &event_; }

 private:
  yaml_event_t event_{};
};

class Parser {
 public:
  explicit Parser(std::string_view text) : ready_(yaml_parser_initialize(&parser_) == 1) {
    if (!ready_) return;
    // libyaml's own type for text.
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    yaml_parser_set_input_string(&parser_, bytes, text.size());
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() {
    if (ready_) yaml_parser_delete(&parser_);
  }
  [[nodiscard]] bool next(Event& event) {
    return ready_ && yaml_parser_parse(&parser_, event.get()) == 1;
  }
  /// What was wrong when next() failed.
  [[nodiscard]] const yaml_parser_t& failed() const { return parser_; }

 private:
  yaml_parser_t parser_{};
  bool ready_;
};

/// libyaml counts from 0, and columns in characters, as editors do.
Mark mark(const yaml_mark_t& at, int file) {
  return {static_cast<int>(at.line) + 1, static_cast<int>(at.column) + 1, file};
}

/// The first byte of what stands there, whose index counts characters; 0 at the end.
char character_at(std::string_view text, const yaml_mark_t& at) {
  std::size_t index = 0;
  for (const char c : text) {
    const bool begins = (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    if (begins && index++ == at.index) return c;
  }
  return '\0';
}

struct Explanation {
  std::string_view problem;
  std::string_view words;
  bool at_begin = false;  ///< say where it began instead of where it went wrong
};

/// What libyaml means, in the words of somebody with an editor open. Its own text is never shown.
constexpr auto kExplanations = std::to_array<Explanation>({
    {"mapping values are not allowed",
     "a ':' that fits nowhere: check the indentation of this line and the one above, and put text "
     "that has ': ' in it into quotes"},
    {"did not find expected key", "this does not fit the mapping above: check the indentation"},
    {"did not find expected '-'", "this does not fit the list above: check the indentation"},
    {"did not find expected <document start>", "this does not fit what stands above it"},
    {"did not find expected ',' or '}'", "a mapping that begins with '{' has no '}'", true},
    {"did not find expected ',' or ']'", "a list that begins with '[' has no ']'", true},
    {"could not find expected ':'", "a line of a mapping is 'key: value'; here is no ':'", true},
    {"found unexpected end of stream", "a text in quotes does not end", true},
    {"found unexpected document indicator", "a text in quotes does not end", true},
    {"found character that cannot start any token",
     "text that begins with one of % @ ` must stand in quotes, as in unit: \"%\""},
    {"found unknown directive name",
     "text that begins with one of % @ ` must stand in quotes, as in unit: \"%\"", true},
    {"block sequence entries are not allowed", "a '- ' that fits nowhere: check the indentation"},
    {"did not find expected alphabetic", kNoAnchors},
    {"found undefined tag handle", kNoTags},
    {"found duplicate anchor", kNoAnchors},
    {"found a tab character", "a tab indents this line: use spaces"},
    {"did not find expected comment or line break", "only the text may follow a '|' or '>'"},
    {"found unknown escape character",
     "an unknown escape: within \"double quotes\" a \\ is written as \\\\"},
    {"did not find expected hexdecimal number",
     "an unknown escape: within \"double quotes\" a \\ is written as \\\\"},
    {"control characters are not allowed", "a control character: remove it"},
});

void report_bad_yaml(const yaml_parser_t& parser, std::string_view text, Report& report, int file) {
  const std::string_view problem = parser.problem != nullptr ? parser.problem : "";
  if (parser.error == YAML_READER_ERROR) {  // it counts no lines
    const std::string_view before = text.substr(0, parser.problem_offset);
    const auto lines = std::ranges::count(before, '\n');
    report.error({static_cast<int>(lines) + 1, 1, file}, "a control character: remove it");
    return;
  }
  if (parser.error == YAML_PARSER_ERROR) {
    const char found = character_at(text, parser.problem_mark);
    const bool end = found == ']' || found == '}';
    if (end || (found == ':' && problem.ends_with("key"))) {
      report.error(mark(parser.problem_mark, file),
                   end ? "a ']' or '}' without its beginning" : kNoKey);
      return;
    }
  }
  for (const Explanation& known : kExplanations) {
    if (!problem.starts_with(known.problem)) continue;
    const auto& where = known.at_begin ? parser.context_mark : parser.problem_mark;
    report.error(mark(where, file), std::string(known.words));
    return;
  }
  report.error(mark(parser.problem_mark, file), "this is not valid YAML");
}

std::string_view text_of(const yaml_char_t* text, std::size_t size) {
  return {reinterpret_cast<const char*>(text), size};  // as above
}

bool is_null(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

/// Builds the tree, bottom up: what is open stands on a stack, what ends is moved into its parent.
class TreeBuilder {
 public:
  TreeBuilder(Report& report, int file) : report_(report), file_(file) {}

  /// Nothing if something is missing in it, which would be reported as if the user left it out.
  std::optional<YamlNode> take_root() {
    if (has_holes_) return std::nullopt;
    return std::move(root_);
  }

  /// Whether the rest is worth reading.
  [[nodiscard]] bool take(const Event& event) {
    const Mark at = mark(event->start_mark, file_);
    switch (event->type) {
      case YAML_DOCUMENT_START_EVENT:
        if (++document_count_ == 1) return true;
        report_.error(at, kSecondDocument);
        return false;
      case YAML_ALIAS_EVENT:
        report_.error(at,
                      "aliases are not supported: write the value out, or put text that begins "
                      "with * into quotes");
        append({.at = at});
        has_holes_ = true;
        return true;
      case YAML_SCALAR_EVENT:
        take_scalar(event->data.scalar, at);
        return true;
      case YAML_SEQUENCE_START_EVENT:
        refuse_decoration(event->data.sequence_start, at);
        return open(YamlNode::Kind::list, at);
      case YAML_MAPPING_START_EVENT:
        refuse_decoration(event->data.mapping_start, at);
        return open(YamlNode::Kind::mapping, at);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        close();
        return true;
      default:
        return true;
    }
  }

 private:
  template <typename Scalar>
  void take_scalar(const Scalar& scalar, const Mark& at) {
    refuse_decoration(scalar, at);
    const std::string_view text = text_of(scalar.value, scalar.length);
    const bool quoted = scalar.style != YAML_PLAIN_SCALAR_STYLE;
    if (!quoted && is_null(text)) {
      append({.at = at});
    } else {
      append({.kind = YamlNode::Kind::scalar, .quoted = quoted, .at = at, .text = std::string(text)});
    }
  }

  [[nodiscard]] bool open(YamlNode::Kind kind, const Mark& at) {
    if (open_.size() == kDepthMax) {
      report_.error(at, kTooDeep);
      return false;
    }
    open_.push_back({.kind = kind, .at = at});
    return true;
  }

  void close() {
    YamlNode node = std::move(open_.back());
    open_.pop_back();
    if (node.kind == YamlNode::Kind::mapping) drop_bad_members(node);
    append(std::move(node));
  }

  void append(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else {
      open_.back().children.push_back(std::move(node));
    }
  }

  template <typename Decorated>
  void refuse_decoration(const Decorated& node, const Mark& at) {
    if (node.anchor != nullptr) {
      report_.error(at, "anchors are not supported: write the value out");
    }
    if (node.tag != nullptr) report_.error(at, kNoTags);
  }

  void drop_bad_members(YamlNode& mapping) {
    std::map<std::string, Mark, std::less<>> seen;
    std::vector<YamlNode> kept;
    kept.reserve(mapping.children.size());
    for (std::size_t i = 0; i + 1 < mapping.children.size(); i += 2) {
      YamlNode& key = mapping.children[i];
      if (key.kind != YamlNode::Kind::scalar) {
        report_.error(key.at, kNoKey);
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

  Report& report_;
  int file_;
  YamlNode root_;
  std::vector<YamlNode> open_;
  int document_count_ = 0;
  bool has_holes_ = false;
};

/// libyaml takes a tab for one column of indentation in some places; and it would not say in which
/// line there is no UTF-8.
bool report_bad_lines(std::string_view text, Report& report, int file) {
  bool found = false;
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!is_utf8(as_bytes(line))) {
      report.error({number, 1, file}, "this line is not UTF-8");
      found = true;
    }
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos || line.find_first_not_of(' ') != tab) continue;
    report.error({number, static_cast<int>(tab) + 1, file}, "a tab indents this line: use spaces");
    found = true;
  }
  return found;
}

}  // namespace

std::optional<YamlNode> parse_document(std::string_view text, Report& report, int file) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (report_bad_lines(text, report, file)) return std::nullopt;
  Parser parser(text);
  TreeBuilder builder(report, file);
  while (true) {
    Event event;
    if (!parser.next(event)) {
      report_bad_yaml(parser.failed(), text, report, file);
      return std::nullopt;
    }
    if (event->type == YAML_STREAM_END_EVENT) return builder.take_root();
    if (!builder.take(event)) return std::nullopt;
  }
}

}  // namespace dsn::config
