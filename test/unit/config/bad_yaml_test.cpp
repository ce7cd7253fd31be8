// SPDX-License-Identifier: Apache-2.0
// What is wrong as YAML, or is YAML that a configuration must not use.
#include "bad_config.hpp"

namespace dsn::config {
namespace {

// Deeper than a parser should go.
const std::string kVeryDeep = "port: " + std::string(2000, '[') + '\n';

INSTANTIATE_TEST_SUITE_P(
    Yaml, BadConfig,
    testing::Values(
        Bad{"no_break_space",
            "sensors:\n"
            "  load:\xc2\xa0{proc: load1}\n"
            "  note: {file: /x, preset: 'a\xc2\xa0'} # \xc2\xa0\n",
            {"2:8: a no-break space (U+00A0): write an ordinary blank"}},
        Bad{"zero_width_space",
            "\xe2\x80\x8bnode_id: attic\n",
            {"1:1: an invisible character (U+200B to U+200F): remove it"}},
        Bad{"byte_order_mark_within",
            "node_id: attic\n\xef\xbb\xbfport: 1\n",
            {"2:1: a byte order mark (U+FEFF) within the file: remove it"}},
        Bad{"thin_space",
            "node_id: \xe2\x80\x89\xc3\xa4\n",
            {"1:10: a space that is none of YAML's (U+2000 to U+200A): write a blank"}},
        Bad{"curly_quote",
            "node_id: \xe2\x80\x9c"
            "attic\xe2\x80\x9d\n",
            {"1:10: a curly quote (U+2018 to U+201F): write ' or \""}},
        Bad{"tab",
            "node_id: attic\n"
            "sensors:\n"
            "\tdoor: {file: /x}\n",
            {"3:1: a tab indents this line: use spaces"}},
        Bad{"several_documents",
            "port: 1\n"
            "---\n"
            "port: 2\n",
            {"2:1: a second document begins here: put everything into one"}},
        Bad{"empty_second_document",
            "port: 1\n"
            "---\n",
            {"2:1: a second document begins here: put everything into one"}},
        Bad{"list_at_top",
            "- port: 1\n",
            {"1:1: this must be a mapping of keys, such as 'node_id: attic', not a list"}},
        Bad{"text_at_top",
            "hello\n",
            {"1:1: this must be a mapping of keys, such as 'node_id: attic', not 'hello'"}},
        Bad{"misindented",
            "port: 1\n"
            "  multicast: true\n",
            {"2:12: a ':' that fits nowhere: check the indentation of this line and the one above, "
             "and put text that has ': ' in it into quotes"}},
        Bad{"misindented_sensor",
            "sensors:\n"
            "  a:\n"
            "    proc: load1\n"
            "   every: 5s\n",
            {"4:4: this does not fit the mapping above: check the indentation"}},
        Bad{"open_list",
            "interfaces: [eth0, wlan0\n"
            "port: 1\n",
            {"1:13: a list that begins with '[' has no ']'"}},
        Bad{"open_mapping",
            "sensors:\n"
            "  a: {proc: load1\n",
            {"2:6: a mapping that begins with '{' has no '}'"}},
        Bad{"open_quote",
            "node_id: \"attic\n"
            "port: 1\n",
            {"1:10: a text in quotes does not end"}},
        Bad{"stray_bracket",
            "interfaces: eth0]\n"
            "port: 1]\n"
            "]\n",
            {"3:1: a ']' or '}' without its beginning"}},
        Bad{"stray_bracket_after_umlauts",
            "# \xc3\xa4\xc3\xb6\xc3\xbc\n"
            "port: 1\n"
            "}\n",
            {"3:1: a ']' or '}' without its beginning"}},
        Bad{"missing_colon",
            "port: 1\n"
            "multicast\n"
            "board: auto\n",
            {"2:1: a line of a mapping is 'key: value'; here is no ':'"}},
        Bad{"control_character",
            "port: 1\n"
            "node_id: a\x01\n",
            {"2:1: a control character: remove it"}},
        Bad{"percent_unquoted",
            "sensors:\n"
            "  a: {file: /x, unit: %}\n",
            {"2:23: text that begins with one of % @ ` must stand in quotes, as in unit: \"%\""}},
        Bad{"star_unquoted",
            "interfaces: [*]\n",
            {"1:15: anchors and aliases are not supported; text that begins with * or & must stand "
             "in quotes"}},
        Bad{"anchor_and_alias",
            "port: &p 8000\n"
            "sensors:\n"
            "  a: &s {proc: load1}\n"
            "  b: *s\n",
            {"1:7: anchors are not supported: write the value out",
             "3:6: anchors are not supported: write the value out",
             "4:6: aliases are not supported: write the value out, or put text that begins "
             "with * into quotes"}},
        Bad{"undefined_alias",
            "aes_key: *00112233445566778899aabbccddeeff\n",
            {"1:10: aliases are not supported: write the value out, or put text that begins "
             "with * into quotes"}},
        Bad{"merge_key",
            "sensors:\n"
            "  a:\n"
            "    <<: {every: 5s}\n"
            "    proc: load1\n",
            {"3:5: merge keys are not supported: write the values out"}},
        Bad{"tag", "port: !!int 8000\n", {"1:7: tags such as !!int are not supported"}},
        Bad{"too_deep",
            "a: {b: {c: {d: {e: {f: {g: {h: {i: 1}}}}}}}}\n",
            {"1:32: nested too deeply for any key of a configuration"}},
        Bad{"very_deep",
            kVeryDeep.c_str(),
            {"1:14: nested too deeply for any key of a configuration"}},
        Bad{"bad_escape",
            "node_id: \"a\\q\"\n",
            {"1:12: an unknown escape: within \"double quotes\" a \\ is written as \\\\"}},
        Bad{"duplicate_key",
            "port: 1\n"
            "multicast: true\n"
            "port: 2\n",
            {"3:1: duplicate key 'port' (first in line 1)"}},
        Bad{"duplicate_sensor",
            "sensors:\n"
            "  a: {proc: load1}\n"
            "  a: {proc: load5}\n",
            {"3:3: duplicate key 'a' (first in line 2)"}},
        Bad{"duplicate_in_sensor",
            "sensors:\n"
            "  a: {proc: load1, every: 5s, \"every\": 6s}\n",
            {"2:31: duplicate key 'every' (first in line 2)"}},
        Bad{"missing_key", ": 5\n", {"1:1: a key is missing here, or is more than a word"}},
        Bad{"key_is_a_list",
            "? [a, b]\n"
            ": c\n",
            {"1:3: a key is missing here, or is more than a word"}},
        Bad{"columns_are_characters",
            "sensors:\n"
            "  \"t\xc3"
            "\xbc"
            "r\": {proc: load1, \"\xc3"
            "\x9f"
            "\": 1, evry: 5s}\n",
            {"2:3: sensor 't\xc3"
             "\xbc"
             "r' must be named by a-z, 0-9 and '_', in parts separated by '/', beginning with a "
             "letter, at most 64 bytes",
             "2:24: unknown key '\xc3"
             "\x9f"
             "' in sensor 't\xc3"
             "\xbc"
             "r'; known here: reading net disk mount mounted pressure counter every max_age "
             "timeout preset "
             "values unit rate scale offset min max filter window precision delta max_interval "
             "ha_class",
             "2:32: unknown key 'evry' in sensor 't\xc3"
             "\xbc"
             "r' (did you mean 'every'?)"}}),
    BadConfig::name_of);

}  // namespace
}  // namespace dsn::config
