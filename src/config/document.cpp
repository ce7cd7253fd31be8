// SPDX-License-Identifier: Apache-2.0
#include "config/document.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "base/bytes.hpp"
#include "base/utf8.hpp"
#include "config/bad_lines.hpp"
#include "config/scalar.hpp"
#include "config/yaml_text.hpp"

namespace dsn::config {
namespace {

// sensors -> key -> driver -> option is four; the rest is room for later keys.
constexpr std::size_t kDepthMax = 8;

constexpr char kTooDeep[] = "nested too deeply for any key of a configuration";
constexpr char kNoAnchors[] =
    "anchors and aliases are not supported; text that begins with * or & must stand in quotes";
constexpr char kNoAliases[] =
    "aliases are not supported: write the value out, or put text that begins with * into quotes";
constexpr char kNoTags[] = "tags such as !!int are not supported";
constexpr char kNoKey[] = "a key is missing here, or is more than a word";
constexpr char kNoBlank[] = "a blank is missing after ':', as in 'node_id: attic'";
constexpr char kNoColon[] = "a line of a mapping is 'key: value'; here is no ':'";
constexpr char kNotInMapping[] = "this does not fit the mapping above: check the indentation";
constexpr char kNotInDocument[] = "this does not fit what stands above it";
constexpr char kSecondDocument[] = "a second document begins here: put everything into one";
constexpr char kOpenQuote[] = "a text in quotes does not end";
constexpr char kBadEscape[] = "an unknown escape: within \"double quotes\" a \\ is written as \\\\";
constexpr char kEscapeNotUtf8[] = "\\N and \\_ are not supported: write the character itself";
constexpr char kBadInFlow[] =
    "within [] and {}, text with a ? in it, or a | or > before it, must stand in quotes";
constexpr char kNotYaml[] = "this is not valid YAML";

struct Explanation {
  const char* problem;
  const char* words;
};

/// What yaml-cpp means, in the words of somebody with an editor open. Its own text is never shown.
const Explanation kExplanations[] = {
    {YAML::ErrorMsg::MAP_VALUE,
     "a ':' that fits nowhere: check the indentation of this line and the one above, and put text "
     "that has ': ' in it into quotes"},
    {YAML::ErrorMsg::BLOCK_ENTRY, "a '- ' that fits nowhere: check the indentation"},
    {YAML::ErrorMsg::END_OF_SEQ, "this does not fit the list above: check the indentation"},
    {YAML::ErrorMsg::FLOW_END, "a ']' or '}' without its beginning"},
    {YAML::ErrorMsg::CHAR_IN_BLOCK, "only the text may follow a '|' or '>'"},
    {YAML::ErrorMsg::TAB_IN_INDENTATION, kTabIndents},
    {YAML::ErrorMsg::BAD_FILE, kTooDeep},
    {YAML::ErrorMsg::UNKNOWN_ANCHOR, kNoAliases},
    {YAML::ErrorMsg::ALIAS_NOT_FOUND, kNoAnchors},
    {YAML::ErrorMsg::ANCHOR_NOT_FOUND, kNoAnchors},
    {YAML::ErrorMsg::CHAR_IN_ALIAS, kNoAnchors},
    {YAML::ErrorMsg::CHAR_IN_ANCHOR, kNoAnchors},
    {YAML::ErrorMsg::MULTIPLE_ANCHORS, kNoAnchors},
    {YAML::ErrorMsg::MULTIPLE_TAGS, kNoTags},
    {YAML::ErrorMsg::CHAR_IN_TAG_HANDLE, kNoTags},
    {YAML::ErrorMsg::TAG_WITH_NO_SUFFIX, kNoTags},
    {YAML::ErrorMsg::END_OF_VERBATIM_TAG, kNoTags},
};

std::size_t position(const YAML::Mark& mark) {
  return static_cast<std::size_t>(std::max(mark.pos, 0));
}

/// Thrown from an event, since yaml-cpp has no other way to end before the text does.
struct Stop {};

/// Builds the tree, bottom up: what is open stands on a stack, what ends is moved into its parent.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, Report& report, int file)
      : text_(text), places_(text, file), report_(report) {}

  /// Nothing if something is missing in it, which would be reported as if the user left it out.
  [[nodiscard]] std::optional<YamlNode> take_root() {
    if (report_root_without_blank() || has_holes_) return std::nullopt;
    return std::move(root_);
  }

  /// A document of nothing but `port:80` is a text, but was not meant as one.
  bool report_root_without_blank() {
    if (root_.kind != YamlNode::Kind::scalar) return false;
    return report_without_blank(root_);
  }

  /// Of what was read last and is not at its end; nothing if there is none.
  [[nodiscard]] const YamlNode* innermost() const {
    return open_.empty() ? nullptr : &open_.back();
  }
  /// Where the scalar stands that was read last.
  [[nodiscard]] std::size_t last_scalar() const { return last_scalar_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++document_count_ == 1) return;
    const std::size_t pos = position(mark);
    if (text_.substr(pos).starts_with("---")) {
      stop(pos, kSecondDocument);
    }
    if (report_root_without_blank()) throw Stop();
    stop(pos, text_[pos] == ',' ? kNotYaml : kNotInDocument);
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    // yaml-cpp gives a value that is not there the place of whatever follows.
    const std::size_t pos = position(mark);
    if (is_value_next()) {
      append({.at = open_.back().children.back().at});
    } else if (is_in(YamlNode::Kind::list) && !is_null_word(pos)) {
      append({.at = places_.mark_at(end_before(text_, pos))});
    } else {
      append({.at = places_.mark_at(pos)});
    }
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    const Mark at = places_.mark_at(position(mark));
    report_.error(at, kNoAliases);
    append({.at = at});
    has_holes_ = true;
  }

  void OnAnchor(const YAML::Mark& mark, const std::string&) override {
    report_.error(places_.mark_at(position(mark)),
                  "anchors are not supported: write the value out");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    last_scalar_ = position(mark);
    const Mark at = refuse_tag(mark);
    if (!is_utf8(as_bytes(value))) stop(last_scalar_, kEscapeNotUtf8);
    append({.kind = YamlNode::Kind::scalar, .quoted = tag == "!", .at = at, .text = value});
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::list, mark);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::mapping, mark);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  [[noreturn]] void stop(std::size_t pos, const char* words) {
    report_.error(places_.mark_at(pos), words);
    throw Stop();
  }

  void open(YamlNode::Kind kind, const YAML::Mark& mark) {
    open_.push_back({.kind = kind, .at = refuse_tag(mark)});
    if (depth() > kDepthMax) stop(position(mark), kTooDeep);
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

  [[nodiscard]] bool is_in(YamlNode::Kind kind) const {
    return !open_.empty() && open_.back().kind == kind;
  }
  [[nodiscard]] bool is_value_next() const {
    return is_in(YamlNode::Kind::mapping) && open_.back().children.size() % 2 == 1;
  }
  [[nodiscard]] bool is_null_word(std::size_t pos) const {
    const std::string_view text = text_.substr(std::min(pos, text_.size()));
    return text.starts_with('~') || text.starts_with("null") || text.starts_with("Null") ||
           text.starts_with("NULL");
  }

  /// In `[[a` yaml-cpp may see mappings whose keys are lists: what begins at the same place is one.
  [[nodiscard]] std::size_t depth() const {
    std::size_t depth = 0;
    Mark last;
    for (const YamlNode& node : open_) {
      if (node.at.line != last.line || node.at.column != last.column) ++depth;
      last = node.at;
    }
    return depth;
  }

  /// The tag that yaml-cpp tells does not say whether there is one: `! 5` has that of quotes.
  Mark refuse_tag(const YAML::Mark& mark) {
    const Mark at = places_.mark_at(position(mark));
    if (character_at(text_, position(mark)) == '!') report_.error(at, kNoTags);
    return at;
  }

  bool report_without_blank(const YamlNode& node) {
    const auto colon = node.quoted ? std::nullopt : colon_without_blank(node.text);
    if (!colon) return false;
    Mark at = node.at;
    at.column += static_cast<int>(*colon);
    report_.error(at, kNoBlank);
    return true;
  }

  void drop_bad_members(YamlNode& mapping) {
    std::map<std::string, Mark, std::less<>> seen;
    std::vector<YamlNode> kept;
    kept.reserve(mapping.children.size());
    for (std::size_t i = 0; i + 1 < mapping.children.size(); i += 2) {
      YamlNode& key = mapping.children[i];
      YamlNode& value = mapping.children[i + 1];
      if (key.kind != YamlNode::Kind::scalar) {
        report_.error(key.at, kNoKey);
        continue;
      }
      if (value.kind == YamlNode::Kind::null && report_without_blank(key)) continue;
      if (key.text == "<<" && !key.quoted) {
        report_.error(key.at, "merge keys are not supported: write the values out");
        continue;
      }
      const auto [first, is_new] = seen.try_emplace(key.text, key.at);
      if (!is_new) {
        report_.error(key.at, "duplicate key " + shown(key.text) + " (first in line " +
                                  std::to_string(first->second.line) + ")");
        continue;
      }
      kept.push_back(std::move(key));
      kept.push_back(std::move(value));
    }
    mapping.children = std::move(kept);
  }

  std::string_view text_;
  TextPlaces places_;
  Report& report_;
  YamlNode root_;
  std::vector<YamlNode> open_;
  std::size_t last_scalar_ = 0;
  int document_count_ = 0;
  bool has_holes_ = false;
};

/// Why the text was not read to its end.
struct Failure {
  std::string problem;  ///< yaml-cpp's; nothing if the handler stopped
  std::size_t pos = 0;

  [[nodiscard]] bool is(const char* message) const { return problem == message; }
};

std::optional<Failure> read(std::string_view text, TreeBuilder& builder) {
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
    return std::nullopt;
  } catch (const Stop&) {
    return Failure{};
  } catch (const YAML::Exception& exception) {
    return Failure{exception.msg, position(exception.mark)};
  }
}

/// Where the text in quotes begins that does not end before `end`. yaml-cpp does not say so; but it
/// says where a text begins that ends, and so the missing quote is put there.
std::size_t find_open_quote(std::string_view text, std::size_t end) {
  for (const char quote : {'"', '\''}) {
    const std::string closed = std::string(text.substr(0, end)) + quote;
    Report ignored("");
    TreeBuilder builder(closed, ignored, 0);
    const auto failure = read(closed, builder);
    if (failure && failure->is(YAML::ErrorMsg::EOF_IN_SCALAR)) continue;
    const char found = failure ? character_at(text, failure->pos) : '\0';
    return found == '"' || found == '\'' ? failure->pos : builder.last_scalar();
  }
  return end;
}

/// Says what was wrong with the text as YAML, and where.
class Explainer {
 public:
  Explainer(std::string_view text, Report& report, int file)
      : text_(text), places_(text, file), report_(report) {}

  void explain(const Failure& failure, const YamlNode* innermost) {
    const std::size_t pos = failure.pos;
    const char found = character_at(text_, pos);
    if (failure.is(YAML::ErrorMsg::END_OF_MAP)) return explain_line_of_mapping(pos);
    if (failure.is(YAML::ErrorMsg::MAP_VALUE) && report_line_above(pos)) return;
    if (failure.is(YAML::ErrorMsg::EOF_IN_SCALAR) || failure.is(YAML::ErrorMsg::DOC_IN_SCALAR)) {
      return say(find_open_quote(text_, pos), kOpenQuote);
    }
    if (failure.is(YAML::ErrorMsg::UNKNOWN_TOKEN)) {
      return say(pos, found == '%' || found == '@' || found == '`' ? kBadBeginning : kBadInFlow);
    }
    const bool in_list = failure.is(YAML::ErrorMsg::END_OF_SEQ_FLOW);
    if ((in_list || failure.is(YAML::ErrorMsg::END_OF_MAP_FLOW)) && innermost != nullptr) {
      if (found == '?') return say(pos, kBadInFlow);
      return report_.error(innermost->at, in_list ? "a list that begins with '[' has no ']'"
                                                  : "a mapping that begins with '{' has no '}'");
    }
    if (failure.problem.starts_with(YAML::ErrorMsg::INVALID_ESCAPE) ||
        failure.problem.starts_with(YAML::ErrorMsg::INVALID_UNICODE) ||
        failure.is(YAML::ErrorMsg::INVALID_HEX)) {
      return say(text_.rfind('\\', pos < 2 ? 0 : pos - 2), kBadEscape);
    }
    for (const Explanation& known : kExplanations) {
      if (failure.is(known.problem)) return say(pos, known.words);
    }
    say(pos, kNotYaml);
  }

 private:
  void say(std::size_t pos, const char* words) { report_.error(places_.mark_at(pos), words); }

  /// At `pos` something stands in a mapping that is no key.
  void explain_line_of_mapping(std::size_t pos) {
    const std::string_view line = line_from(text_, pos);
    const bool begins_line = text_.find_first_not_of(' ', line_begin(text_, pos)) == pos;
    if (!begins_line || has_colon(line) || line.starts_with("- ")) return say(pos, kNotInMapping);
    const auto colon = colon_without_blank(line);
    say(pos + colon.value_or(0), colon ? kNoBlank : kNoColon);
  }

  /// A ':' fits nowhere if the line above it, such as `file:/x`, was to be a key and its value.
  bool report_line_above(std::size_t pos) {
    const std::size_t begin = line_begin(text_, pos);
    const std::size_t above = line_begin(text_, end_before(text_, begin));
    if (above == begin) return false;
    const std::size_t first = text_.find_first_not_of(" -", above);
    const std::string_view line = line_from(text_, first);
    const auto colon = colon_without_blank(line);
    const bool is_aligned = first - above == text_.find_first_not_of(" -", begin) - begin;
    if (colon) {
      say(first + *colon, kNoBlank);
    } else if (is_aligned && !has_colon(line)) {
      say(first, kNoColon);
    } else {
      return false;
    }
    return true;
  }

  std::string_view text_;
  TextPlaces places_;
  Report& report_;
};

/// yaml-cpp takes a text in quotes that does not end if the last line of the file is empty. It does
/// not if the mark of the end of a document stands there.
std::string with_end(std::string_view text) {
  std::string result(text);
  const std::size_t last = text.find_last_not_of(" \t");
  if (last == std::string_view::npos || text[last] != '\n') return result;
  return result += last + 1 == text.size() ? "..." : "\n...";
}

}  // namespace

std::optional<YamlNode> parse_document(std::string_view bytes, Report& report, int file) {
  while (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  if (report_bad_lines(bytes, report, file)) return std::nullopt;
  const std::string text = with_end(without_idle_tabs(bytes));
  TreeBuilder builder(text, report, file);
  const auto failure = read(text, builder);
  if (!failure) return builder.take_root();
  if (!failure->problem.empty())
    Explainer(text, report, file).explain(*failure, builder.innermost());
  return std::nullopt;
}

}  // namespace dsn::config
