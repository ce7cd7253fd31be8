// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"

#include <gtest/gtest.h>

namespace dsn::test {
namespace {

/// What a hostile member may write, to look like another node or to command a terminal.
struct Hostile {
  const char* what;
  std::string_view text;
  const char* printed;
  const char* json;
};

constexpr std::string_view kNul("\0x", 2);

const Hostile kHostile[] = {
    {"zero width space", "cellar\u200b", "cellar\\u200b", "cellar\\u200b"},
    {"zero width joiner", "a\u200db", "a\\u200db", "a\\u200db"},
    {"byte order mark", "\ufeffcellar", "\\ufeffcellar", "\\ufeffcellar"},
    {"right-to-left override", "\u202ecellar", "\\u202ecellar", "\\u202ecellar"},
    {"isolate", "a\u2066", "a\\u2066", "a\\u2066"},
    {"right-to-left mark", "cellar\u200f", "cellar\\u200f", "cellar\\u200f"},
    {"Arabic letter mark", "cellar\u061c", "cellar\\u061c", "cellar\\u061c"},
    {"Arabic number sign", "\u0600", "\\u0600", "\\u0600"},
    {"C1: CSI", "cell\u009b31m", "cell\\x9b31m", "cell\\u009b31m"},
    {"C1: next line", "cell\u0085ar", "cell\\x85ar", "cell\\u0085ar"},
    {"C1: a byte of its own",
     "\x9b"
     "31m",
     "\\x9b31m", "\\u009b31m"},
    {"line separator", "a\u2028x", "a\\u2028x", "a\\u2028x"},
    {"paragraph separator", "a\u2029x", "a\\u2029x", "a\\u2029x"},
    {"tag", "cellar\U000e0041", "cellar\\U000e0041", "cellar\\udb40\\udc41"},
    {"soft hyphen", "cel\u00adlar", "cel\\xadlar", "cel\\u00adlar"},
    {"grapheme joiner", "cellar\u034f", "cellar\\u034f", "cellar\\u034f"},
    {"Hangul filler", "cellar\u3164", "cellar\\u3164", "cellar\\u3164"},
    {"Hangul choseong filler", "\u115f", "\\u115f", "\\u115f"},
    {"halfwidth filler", "\uffa0", "\\uffa0", "\\uffa0"},
    {"interlinear annotation", "cellar\ufff9", "cellar\\ufff9", "cellar\\ufff9"},
    {"private use", "\ue000", "\\ue000", "\\ue000"},
    {"private use, plane 16", "\U00100000", "\\U00100000", "\\udbc0\\udc00"},
    {"noncharacter", "\uffff", "\\uffff", "\\uffff"},
    {"noncharacter of another plane", "\U0001fffe", "\\U0001fffe", "\\ud83f\\udffe"},
    {"the last one", "\U0010ffff", "\\U0010ffff", "\\udbff\\udfff"},
    {"musical control", "\U0001d173", "\\U0001d173", "\\ud834\\udd73"},
    {"title and clear", "\x1b]0;owned\x07\x1b[2J", "\\x1b]0;owned\\x07\\x1b[2J",
     "\\u001b]0;owned\\u0007\\u001b[2J"},
    {"lines", "a\nb\r\tc", "a\\nb\\r\\tc", "a\\u000ab\\u000d\\u0009c"},
    {"NUL", kNul, "\\x00x", "\\u0000x"},
    {"DEL", "\x7f", "\\x7f", "\\u007f"},
    {"no UTF-8", "\xff\xc3", "\\xff\\xc3", "\\u00ff\\u00c3"},
    {"overlong", "\xc0\x8a", "\\xc0\\x8a", "\\u00c0\\u008a"},
};

TEST(Printable, NothingCommandsATerminalOrHides) {
  for (const Hostile& hostile : kHostile) {
    EXPECT_EQ(printable(hostile.text), hostile.printed) << hostile.what;
    EXPECT_EQ(printable_json(hostile.text), hostile.json) << hostile.what;
    EXPECT_EQ(printable(printable(hostile.text)), hostile.printed) << hostile.what;
  }
}

TEST(Printable, HasAQuestionMarkForEach) {
  EXPECT_EQ(with_question_marks("a\u009b\u202e\U000e0041\x1b\n\xff"
                                "b"),
            "a??????b");
}

TEST(Printable, LeavesWhatIsSeen) {
  for (const std::string_view text :
       {"größe 温度", "21.4 °C", "e\u0301", "☀\ufe0f", "\U0001f600", "שלום", "a\u00a0b", "\\n"}) {
    EXPECT_EQ(printable(text), text);
    EXPECT_EQ(with_question_marks(text), text);
    EXPECT_EQ(printable_json(text), text);
  }
}

TEST(Printable, TakesEachRangeFromItsFirstToItsLast) {
  for (const char32_t value : {0x0U,     0x1fU,    0x7fU,    0x9fU,    0x200bU,  0x200fU,  0x2060U,
                               0x206fU,  0xe000U,  0xf8ffU,  0xfffeU,  0xffffU,  0x1fffeU, 0x1ffffU,
                               0xdffffU, 0xe0000U, 0xe0fffU, 0xeffffU, 0xf0000U, 0x10ffffU}) {
    EXPECT_TRUE(is_unsafe(value)) << std::uint32_t{value};
  }
  for (const char32_t value :
       {0x20U, 0x7eU, 0xa0U, 0x200aU, 0x2010U, 0x2027U, 0x205fU, 0x2070U, 0xf900U, 0xfffdU,
        0x10000U, 0x1fffdU, 0xdfffdU, 0xe1000U, 0xefffdU}) {
    EXPECT_FALSE(is_unsafe(value)) << std::uint32_t{value};
  }
}

}  // namespace
}  // namespace dsn::test
