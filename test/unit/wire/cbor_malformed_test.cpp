// SPDX-License-Identifier: Apache-2.0
// What the reader must refuse, as data. Each line breaks one rule.
#include <gtest/gtest.h>

#include <string>

#include "wire/cbor_reader.hpp"

namespace dsn::test {

using namespace wire;

namespace {

struct Malformed {
  const char* hex;
  const char* reason;
};

class CborMalformed : public testing::TestWithParam<Malformed> {};

// protocol.md [cbor]
TEST_P(CborMalformed, IsRefused) {
  const Bytes input = from_hex(GetParam().hex).value();
  CborReader reader(input);
  const ByteView item = reader.item(kValueDepthMax);
  EXPECT_FALSE(reader.at_end()) << GetParam().reason;
  EXPECT_FALSE(is_deterministic_item(input, kValueDepthMax)) << GetParam().reason;
  if (!reader.ok()) {
    EXPECT_TRUE(item.empty());
    EXPECT_EQ(reader.uint(), 0U) << "the error is sticky";
    EXPECT_EQ(reader.peek(), CborType::none);
  }
}

// RFC 8949, appendix F, in its order.
INSTANTIATE_TEST_SUITE_P(
    AppendixF, CborMalformed,
    testing::Values(
        Malformed{"", "no item at all"}, Malformed{"18", "end of input in a head"},
        Malformed{"19", "end of input in a head"}, Malformed{"1a", "end of input in a head"},
        Malformed{"1b", "end of input in a head"}, Malformed{"1901", "end of input in a head"},
        Malformed{"1a0102", "end of input in a head"},
        Malformed{"1b01020304050607", "end of input in a head"},
        Malformed{"38", "end of input in a head"}, Malformed{"58", "end of input in a head"},
        Malformed{"78", "end of input in a head"}, Malformed{"98", "end of input in a head"},
        Malformed{"9a01ff00", "end of input in a head"}, Malformed{"b8", "end of input in a head"},
        Malformed{"d8", "end of input in a head"}, Malformed{"f8", "end of input in a head"},
        Malformed{"f900", "end of input in a half"},
        Malformed{"fa0000", "end of input in a single"},
        Malformed{"fb000000", "end of input in a double"}, Malformed{"41", "short bytes"},
        Malformed{"61", "short text"}, Malformed{"5affffffff00", "bytes of 4 GiB declared"},
        Malformed{"5bffffffffffffffff010203", "bytes of 2^64 - 1 declared"},
        Malformed{"7affffffff00", "text of 4 GiB declared"},
        Malformed{"7b7fffffffffffffff010203", "text of 2^63 - 1 declared"},
        Malformed{"5f4100", "unclosed indefinite bytes"},
        Malformed{"7f6100", "unclosed indefinite text"}, Malformed{"81", "short array"},
        Malformed{"818181818181818181", "short arrays"}, Malformed{"8200", "short array"},
        Malformed{"a1", "short map"}, Malformed{"a20102", "short map"},
        Malformed{"a100", "key without value"}, Malformed{"a2000000", "key without value"},
        Malformed{"c0", "tag without content"}, Malformed{"9f", "unclosed indefinite array"},
        Malformed{"9f0102", "unclosed indefinite array"},
        Malformed{"bf", "unclosed indefinite map"},
        Malformed{"bf01020102", "unclosed indefinite map"},
        Malformed{"819f", "unclosed array in an array"},
        Malformed{"9f8000", "unclosed indefinite array"},
        Malformed{"9f819f819f9fffffff", "unclosed indefinite arrays"},
        Malformed{"1c", "reserved additional information"},
        Malformed{"1d", "reserved additional information"},
        Malformed{"1e", "reserved additional information"},
        Malformed{"3c", "reserved additional information"},
        Malformed{"5d", "reserved additional information"},
        Malformed{"7e", "reserved additional information"},
        Malformed{"9c", "reserved additional information"},
        Malformed{"bd", "reserved additional information"},
        Malformed{"dc", "reserved additional information"},
        Malformed{"fc", "reserved additional information"},
        Malformed{"fd", "reserved additional information"},
        Malformed{"fe", "reserved additional information"},
        Malformed{"f800", "two-byte simple value below 32"},
        Malformed{"f818", "two-byte simple value below 32"},
        Malformed{"f81f", "two-byte simple value below 32"},
        Malformed{"5f00ff", "wrong chunk of indefinite bytes"},
        Malformed{"7f4100ff", "wrong chunk of indefinite text"},
        Malformed{"5f5f4100ffff", "nested indefinite bytes"}, Malformed{"ff", "break alone"},
        Malformed{"81ff", "break in a definite array"},
        Malformed{"8200ff", "break in a definite array"},
        Malformed{"a1ff", "break in a definite map"},
        Malformed{"a1ff00", "break in place of a key"},
        Malformed{"a100ff", "break in place of a value"},
        Malformed{"a20000ff", "break in a definite map"},
        Malformed{"bf00ff", "break in place of a value"},
        Malformed{"1f", "integer of indefinite length"},
        Malformed{"3f", "integer of indefinite length"}, Malformed{"df", "tag of no length"}));

INSTANTIATE_TEST_SUITE_P(
    NotShortest, CborMalformed,
    testing::Values(
        Malformed{"1800", "0 in two bytes"}, Malformed{"1817", "23 in two bytes"},
        Malformed{"1900ff", "255 in three bytes"}, Malformed{"1a0000ffff", "65535 in five bytes"},
        Malformed{"1b00000000ffffffff", "2^32 - 1 in nine bytes"},
        Malformed{"3800", "-1 in two bytes"}, Malformed{"3900ff", "-256 in three"},
        Malformed{"3a0000ffff", "-65536 in five bytes"},
        Malformed{"3b00000000ffffffff", "-2^32 in nine bytes"},
        Malformed{"580100", "length of bytes"}, Malformed{"780161", "length of text"},
        Malformed{"980100", "length of an array"}, Malformed{"b8010000", "length of a map"},
        Malformed{"8119000a", "integer inside an array"},
        Malformed{"fa00000000", "0.0 fits in a half"},
        Malformed{"fa80000000", "-0.0 fits in a half"},
        Malformed{"fa3fc00000", "1.5 fits in a half"},
        Malformed{"fa33800000", "2^-24, the smallest subnormal half"},
        Malformed{"fa477fe000", "65504, the largest half"},
        Malformed{"fa7f800000", "infinity fits in a half"},
        Malformed{"faff800000", "-infinity fits in a half"},
        Malformed{"fb3ff8000000000000", "1.5 fits in a half"},
        Malformed{"fb40f86a0000000000", "100000.0 fits in a single"},
        Malformed{"fb36a0000000000000", "2^-149, the smallest single"},
        Malformed{"fb47efffffe0000000", "the largest single"},
        Malformed{"fb7ff0000000000000", "infinity fits in a half"},
        Malformed{"f97e01", "NaN with a payload"}, Malformed{"f97c01", "signalling NaN"},
        Malformed{"f9fe00", "negative NaN"}, Malformed{"fa7fc00000", "NaN in a single"},
        Malformed{"fb7ff8000000000000", "NaN in a double"},
        Malformed{"fb7ff8000000000001", "NaN with a payload in a double"}));

INSTANTIATE_TEST_SUITE_P(
    NotInTheModel, CborMalformed,
    testing::Values(Malformed{"f7", "undefined"}, Malformed{"e0", "simple value 0"},
                    Malformed{"f3", "simple value 19"}, Malformed{"f820", "simple value 32"},
                    Malformed{"f8ff", "simple value 255"}, Malformed{"c000", "tag 0"},
                    Malformed{"c249010000000000000000", "bignum 2^64"},
                    Malformed{"d81800", "tag 24"}, Malformed{"81c100", "tag inside an array"},
                    Malformed{"9fff", "indefinite array"}, Malformed{"bfff", "indefinite map"},
                    Malformed{"5fff", "indefinite bytes"}, Malformed{"7fff", "indefinite text"},
                    Malformed{"9f01ff", "indefinite array with an item"},
                    Malformed{"0000", "a second item"}, Malformed{"8000", "bytes after the item"}));

INSTANTIATE_TEST_SUITE_P(MapKeys, CborMalformed,
                         testing::Values(Malformed{"a201000000", "descending integers"},
                                         Malformed{"a200000000", "integer twice"},
                                         Malformed{"a2616200616100", "descending texts"},
                                         Malformed{"a2616100616100", "text twice"},
                                         Malformed{"a262616100616200", "longer text first"},
                                         Malformed{"a220000000", "negative before unsigned"},
                                         Malformed{"a2f5000000", "boolean before integer"},
                                         Malformed{"a3000018180017f6", "23 after 24"},
                                         Malformed{"a2800080f6", "array as a key twice"},
                                         Malformed{"a28101008100f6",
                                                   "arrays as keys in the wrong order"},
                                         Malformed{"81a2010000f6", "wrong order inside an array"},
                                         Malformed{"a100a201000000", "wrong order inside a value"},
                                         Malformed{"a1a20100000000", "wrong order inside a key"}));

INSTANTIATE_TEST_SUITE_P(
    NotUtf8, CborMalformed,
    testing::Values(
        Malformed{"6180", "continuation alone"}, Malformed{"61c3", "first of two alone"},
        Malformed{"62c328", "first of two and ASCII"}, Malformed{"62c080", "NUL in two bytes"},
        Malformed{"62c1bf", "DEL in two bytes"}, Malformed{"63e08080", "NUL in three bytes"},
        Malformed{"63e09fbf", "U+07FF in three bytes"},
        Malformed{"64f08fbfbf", "U+FFFF in four bytes"}, Malformed{"63eda080", "surrogate U+D800"},
        Malformed{"63edbfbf", "surrogate U+DFFF"}, Malformed{"64f4908080", "U+110000"},
        Malformed{"64f5808080", "U+140000"}, Malformed{"65f888808080", "five bytes"},
        Malformed{"61ff", "0xff"}, Malformed{"62e282", "cut off after two of three"},
        Malformed{"63f09d84", "cut off after three of four"},
        Malformed{"63e28228", "third byte is ASCII"},
        Malformed{"64f09d8428", "fourth byte is ASCII"},
        Malformed{"a161ff00", "a key that is not UTF-8"}));

INSTANTIATE_TEST_SUITE_P(
    TooMuch, CborMalformed,
    testing::Values(Malformed{"8300", "more elements than bytes"},
                    Malformed{"9a7fffffff00", "2^31 - 1 elements declared"},
                    Malformed{"9bffffffffffffffff00", "2^64 - 1 elements declared"},
                    Malformed{"ba7fffffff0000", "2^31 - 1 pairs declared"},
                    Malformed{"bb80000000000000000000", "2^63 pairs: twice that overflows"},
                    Malformed{"bbffffffffffffffff0000", "2^64 - 1 pairs declared"},
                    Malformed{"81818181818181818100", "nine levels"},
                    Malformed{"818181818181818180", "nine levels, the last one empty"},
                    Malformed{"818181818181a18180f6", "nine levels through a key"}));

}  // namespace
}  // namespace dsn::test
