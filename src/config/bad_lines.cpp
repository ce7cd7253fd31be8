// SPDX-License-Identifier: Apache-2.0
#include "config/bad_lines.hpp"

#include <algorithm>
#include <optional>

#include "base/bytes.hpp"
#include "base/utf8.hpp"
#include "config/yaml_text.hpp"

namespace dsn::config {
namespace {

constexpr char kControl[] = "a control character: remove it";

bool has_control_character(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto c = static_cast<unsigned char>(line[i]);
    if ((c < 0x20 && c != '\t') || c == 0x7f) return true;
    if (c == 0xc2 && static_cast<unsigned char>(line[i + 1]) < 0xa0) return true;  // U+0080 ...
    if (c == 0xef && (line.substr(i, 3) == "\xef\xbf\xbe" || line.substr(i, 3) == "\xef\xbf\xbf")) {
      return true;
    }
  }
  return false;
}

/// A character that looks like another, or like nothing.
struct Unseen {
  const char* words;
  std::size_t pos;
};
constexpr char kNoBreakSpace[] = "a no-break space (U+00A0): write an ordinary blank";
constexpr char kOtherSpace[] = "a space that is none of YAML's (U+2000 to U+200A): write a blank";
constexpr char kZeroWidth[] = "an invisible character (U+200B to U+200F): remove it";
constexpr char kByteOrderMark[] = "a byte order mark (U+FEFF) within the file: remove it";
constexpr char kCurlyQuote[] = "a curly quote (U+2018 to U+201F): write ' or \"";
constexpr char kUtf16[] = "this file is UTF-16: save it as UTF-8";

/// Whether a text begins there; within one a curly quote may be meant.
bool begins_text(std::string_view line, std::size_t pos) {
  const std::size_t before = line.substr(0, pos).find_last_not_of(' ');
  return before == std::string_view::npos ||
         std::string_view(":-,[{").find(line[before]) != std::string_view::npos;
}

std::optional<Unseen> unseen_at(std::string_view line, std::size_t pos) {
  const std::string_view rest = line.substr(pos);
  if (rest.starts_with("\xc2\xa0")) return Unseen{kNoBreakSpace, pos};
  if (rest.starts_with("\xef\xbb\xbf")) return Unseen{kByteOrderMark, pos};
  if (!rest.starts_with("\xe2\x80") || rest.size() < 3) return std::nullopt;
  const auto last = static_cast<unsigned char>(rest[2]);
  if (last <= 0x8a || last == 0xaf) return Unseen{kOtherSpace, pos};
  if (last <= 0x8f) return Unseen{kZeroWidth, pos};
  if (last >= 0x98 && last <= 0x9f && begins_text(line, pos)) return Unseen{kCurlyQuote, pos};
  return std::nullopt;
}

/// The first of them in a line, unless it is in quotes or in a comment.
std::optional<Unseen> unseen_character(std::string_view line) {
  char quote = '\0';
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool begins = i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t';
    if (quote == '\0' && c == '#' && begins) return std::nullopt;
    if (c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    }
    if (quote != '\0' || (c & 0x80) == 0) continue;
    if (auto unseen = unseen_at(line, i)) return unseen;
  }
  return std::nullopt;
}

/// From 1, in characters.
std::size_t column_of(std::string_view line, std::size_t pos) {
  const auto begins = [](char c) { return (c & 0xc0) != 0x80; };
  return 1 + static_cast<std::size_t>(std::ranges::count_if(line.substr(0, pos), begins));
}

/// Whether there is anything in the line that its beginning could indent.
bool indents(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t\r");
  return first != std::string_view::npos && line[first] != '#';
}

bool is_utf16(std::string_view text) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) return true;
  return text.size() > 3 && ((text[0] == '\0') != (text[1] == '\0')) &&
         ((text[2] == '\0') == (text[0] == '\0')) && ((text[3] == '\0') == (text[1] == '\0'));
}

}  // namespace

std::string without_idle_tabs(std::string_view text) {
  std::string result(text);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::string_view line = line_from(text, begin);
    const std::size_t blank = indents(line) ? 0 : std::min(line.find('#'), line.size());
    std::replace(result.begin() + static_cast<std::ptrdiff_t>(begin),
                 result.begin() + static_cast<std::ptrdiff_t>(begin + blank), '\t', ' ');
    begin += line.size() + 1;
  }
  return result;
}

bool report_bad_lines(std::string_view text, Report& report, int file) {
  if (is_utf16(text)) {
    report.error({1, 1, file}, kUtf16);
    return true;
  }
  bool found = false;
  const auto refuse = [&](int line, std::size_t column, const char* words) {
    report.error({line, static_cast<int>(column), file}, words);
    found = true;
  };
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = line_from(text, 0);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!is_utf8(as_bytes(line))) {
      refuse(number, 1, "this line is not UTF-8");
    } else if (has_control_character(line)) {
      refuse(number, 1, kControl);
    }
    if (line.starts_with('%') && !line.starts_with("%YAML ")) refuse(number, 1, kBadBeginning);
    if (const auto unseen = unseen_character(line)) {
      refuse(number, column_of(line, unseen->pos), unseen->words);
    }
    const std::size_t tab = line.find('\t');
    if (tab != std::string_view::npos && line.find_first_not_of(' ') == tab && indents(line)) {
      refuse(number, tab + 1, kTabIndents);
    }
  }
  return found;
}

}  // namespace dsn::config
