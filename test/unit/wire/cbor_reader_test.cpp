// SPDX-License-Identifier: Apache-2.0
#include "wire/cbor_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace dsn::test {

using namespace wire;

namespace {

Bytes hex(std::string_view text) { return from_hex(text).value(); }

// RFC 8949, appendix A: the examples that are deterministic and in the data model.
constexpr const char* kAppendixA[] = {"00",
                                      "01",
                                      "0a",
                                      "17",
                                      "1818",
                                      "1819",
                                      "1864",
                                      "1903e8",
                                      "1a000f4240",
                                      "1b000000e8d4a51000",
                                      "1bffffffffffffffff",
                                      "3bffffffffffffffff",
                                      "20",
                                      "29",
                                      "3863",
                                      "3903e7",
                                      "f90000",
                                      "f98000",
                                      "f93c00",
                                      "fb3ff199999999999a",
                                      "f93e00",
                                      "f97bff",
                                      "fa47c35000",
                                      "fa7f7fffff",
                                      "fb7e37e43c8800759c",
                                      "f90001",
                                      "f90400",
                                      "f9c400",
                                      "fbc010666666666666",
                                      "f97c00",
                                      "f97e00",
                                      "f9fc00",
                                      "f4",
                                      "f5",
                                      "f6",
                                      "40",
                                      "4401020304",
                                      "60",
                                      "6161",
                                      "6449455446",
                                      "62225c",
                                      "62c3bc",
                                      "63e6b0b4",
                                      "64f0908591",
                                      "80",
                                      "83010203",
                                      "8301820203820405",
                                      "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
                                      "a0",
                                      "a201020304",
                                      "a26161016162820203",
                                      "826161a161626163",
                                      "a56161614161626142616361436164614461656145"};

TEST(CborReader, AcceptsTheExamplesOfTheSpecification) {
  for (const char* example : kAppendixA) {
    const Bytes input = hex(example);
    CborReader reader(input);
    EXPECT_NE(reader.peek(), CborType::none) << example;
    EXPECT_EQ(to_hex(reader.item(kValueDepthMax)), example);
    EXPECT_TRUE(reader.at_end()) << example;
  }
}

TEST(CborReader, AcceptsTheEdgesOfUtf8) {
  for (const char* example : {"6100", "617f", "62c280", "62dfbf", "63e0a080", "63ed9fbf",
                              "63ee8080", "63efbfbf", "64f0908080", "64f48fbfbf"}) {
    EXPECT_TRUE(is_deterministic_item(hex(example), 0)) << example;
  }
}

TEST(CborReader, AcceptsKeysInTheOrderOfTheirEncodings) {
  // RFC 8949, section 4.2.1: 10, 100, -1, "z", "aa", [100], [-1], false.
  EXPECT_TRUE(is_deterministic_item(hex("a80a001864002000617a0062616100811864008120"
                                        "00f400"),
                                    2));
  EXPECT_TRUE(is_deterministic_item(hex("a260006100f6"), 1));
}

TEST(CborReader, ReadsIntegersOfBothSigns) {
  struct Row {
    const char* input;
    std::int64_t value;
  };
  for (const Row& row :
       {Row{"00", 0}, Row{"17", 23}, Row{"1818", 24}, Row{"20", -1}, Row{"3863", -100},
        Row{"1b7fffffffffffffff", std::numeric_limits<std::int64_t>::max()},
        Row{"3b7fffffffffffffff", std::numeric_limits<std::int64_t>::min()}}) {
    const Bytes input = hex(row.input);
    CborReader reader(input);
    EXPECT_EQ(reader.integer(), row.value);
    EXPECT_TRUE(reader.at_end());
  }
  for (const char* beyond : {"1b8000000000000000", "3b8000000000000000", "f90000", "40"}) {
    const Bytes input = hex(beyond);
    CborReader reader(input);
    EXPECT_EQ(reader.integer(), 0);
    EXPECT_FALSE(reader.ok()) << beyond;
  }
}

TEST(CborReader, ReadsRealsOfEverySize) {
  struct Row {
    const char* input;
    double value;
  };
  for (const Row& row :
       {Row{"f90000", 0.0}, Row{"f93c00", 1.0}, Row{"f97bff", 65504.0},
        Row{"f90001", 5.960464477539063e-8}, Row{"f90400", 0.00006103515625}, Row{"f9c400", -4.0},
        Row{"fa47c35000", 100000.0}, Row{"fa7f7fffff", 3.4028234663852886e+38},
        Row{"fb3ff199999999999a", 1.1}, Row{"fbc010666666666666", -4.1},
        Row{"f97c00", std::numeric_limits<double>::infinity()},
        Row{"f9fc00", -std::numeric_limits<double>::infinity()}}) {
    const Bytes input = hex(row.input);
    CborReader reader(input);
    EXPECT_EQ(reader.real(), row.value);
    EXPECT_TRUE(reader.at_end());
  }
  const Bytes nan = hex("f97e00");
  EXPECT_TRUE(std::isnan(CborReader(nan).real()));
  const Bytes negative_zero = hex("f98000");
  EXPECT_TRUE(std::signbit(CborReader(negative_zero).real()));
}

TEST(CborReader, ReadsASequenceStraightThrough) {
  const Bytes input = hex("8805f5f443010203626869f6a100184080");
  CborReader reader(input);
  EXPECT_EQ(reader.array(), 8U);
  EXPECT_EQ(reader.uint(), 5U);
  EXPECT_TRUE(reader.boolean());
  EXPECT_FALSE(reader.boolean());
  EXPECT_EQ(to_hex(reader.bytes_of(3)), "010203");
  EXPECT_EQ(reader.text(), "hi");
  reader.null();
  EXPECT_EQ(reader.map(), 1U);
  EXPECT_EQ(reader.uint(), 0U);
  EXPECT_EQ(reader.uint_at_most(64), 64U);
  EXPECT_EQ(reader.offset(), input.size() - 1);
  EXPECT_EQ(to_hex(reader.rest()), "80");
  EXPECT_EQ(reader.array(), 0U);
  EXPECT_TRUE(reader.at_end());
}

TEST(CborReader, TellsTheTypeWithoutReading) {
  struct Row {
    const char* input;
    CborType type;
  };
  for (const Row& row :
       {Row{"00", CborType::unsigned_integer}, Row{"20", CborType::negative_integer},
        Row{"40", CborType::bytes}, Row{"60", CborType::text}, Row{"80", CborType::array},
        Row{"a0", CborType::map}, Row{"f4", CborType::boolean}, Row{"f6", CborType::null},
        Row{"f90000", CborType::real}, Row{"fb", CborType::real}, Row{"", CborType::none},
        Row{"c0", CborType::none}, Row{"f7", CborType::none}, Row{"9f", CborType::none}}) {
    const Bytes input = hex(row.input);
    const CborReader reader(input);
    EXPECT_EQ(reader.peek(), row.type) << row.input;
    EXPECT_EQ(reader.offset(), 0U);
  }
}

// A half whose bits are 20, 21 or 22 is neither boolean nor null.
TEST(CborReader, TakesNoFloatForASimpleValue) {
  for (const char* text : {"f90014", "f90015", "f90016"}) {
    const Bytes input = hex(text);
    CborReader boolean(input);
    EXPECT_FALSE(boolean.boolean());
    EXPECT_FALSE(boolean.ok());
    CborReader null(input);
    null.null();
    EXPECT_FALSE(null.ok());
  }
}

TEST(CborReader, RefusesTheWrongTypeAndStaysWrong) {
  const Bytes input = hex("0102616103f5f6");
  CborReader reader(input);
  EXPECT_EQ(reader.uint(), 1U);
  EXPECT_EQ(reader.text(), "");
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.uint(), 0U);
  EXPECT_EQ(reader.array(), 0U);
  EXPECT_EQ(reader.map(), 0U);
  EXPECT_EQ(reader.real(), 0.0);
  EXPECT_FALSE(reader.boolean());
  EXPECT_TRUE(reader.bytes().empty());
  EXPECT_TRUE(reader.item(8).empty());
  EXPECT_FALSE(reader.at_end());
}

TEST(CborReader, ChecksBoundsThatTheCallerGives) {
  const Bytes seven = hex("07");
  CborReader number(seven);
  EXPECT_EQ(number.uint_at_most(6), 0U);
  EXPECT_FALSE(number.ok());

  const Bytes three = hex("43010203");
  CborReader blob(three);
  EXPECT_TRUE(blob.bytes_of(4).empty());
  EXPECT_FALSE(blob.ok());

  CborReader refused(seven);
  refused.fail();
  EXPECT_EQ(refused.uint(), 0U);
  EXPECT_FALSE(refused.ok());
}

// The count of array() and map() bounds a loop, so it may not exceed what is there.
TEST(CborReader, RefusesCountsBeyondTheInput) {
  const Bytes array = hex("8200");
  EXPECT_EQ(CborReader(array).array(), 0U);
  const Bytes map = hex("a2000000");
  EXPECT_EQ(CborReader(map).map(), 0U);
  const Bytes huge = hex("bb8000000000000000");
  CborReader reader(huge);
  EXPECT_EQ(reader.map(), 0U);
  EXPECT_FALSE(reader.ok());
}

TEST(CborReader, CountsDepthInArraysAndMaps) {
  EXPECT_TRUE(is_deterministic_item(hex("00"), 0));
  EXPECT_FALSE(is_deterministic_item(hex("80"), 0));
  EXPECT_TRUE(is_deterministic_item(hex("80"), 1));
  EXPECT_TRUE(is_deterministic_item(hex("8281008100"), 2));
  EXPECT_FALSE(is_deterministic_item(hex("8281008100"), 1));
  EXPECT_TRUE(is_deterministic_item(hex("818181818181a180"
                                        "8100"),
                                    kValueDepthMax));
  Bytes deepest(kCborDepthCapacity, 0x81);
  deepest.push_back(0x00);
  EXPECT_TRUE(is_deterministic_item(deepest, kCborDepthCapacity));
  EXPECT_FALSE(is_deterministic_item(hex("00"), kCborDepthCapacity + 1));
}

TEST(CborReader, LeavesWhatFollowsAnItem) {
  const Bytes input = hex("82a1000161618005");
  CborReader reader(input);
  EXPECT_EQ(to_hex(reader.item(8)), "82a100016161");
  EXPECT_EQ(to_hex(reader.item(8)), "80");
  EXPECT_EQ(reader.uint(), 5U);
  EXPECT_TRUE(reader.at_end());
}

// Not every processor reads a number of eight bytes from any address.
TEST(CborReader, ReadsNumbersAtAnyAddress) {
  const Bytes numbers = hex("1b01020304050607081a01020304190102fb3ff199999999999afa47c35000");
  alignas(8) std::uint8_t memory[64];
  for (std::size_t offset = 0; offset < 8; ++offset) {
    std::copy(numbers.begin(), numbers.end(), memory + offset);
    CborReader reader(ByteView(memory + offset, numbers.size()));
    EXPECT_EQ(reader.uint(), 0x0102030405060708U);
    EXPECT_EQ(reader.uint(), 0x01020304U);
    EXPECT_EQ(reader.uint(), 0x0102U);
    EXPECT_EQ(reader.real(), 1.1);
    EXPECT_EQ(reader.real(), 100000.0);
    EXPECT_TRUE(reader.at_end()) << offset;
  }
}

TEST(CborTextLess, OrdersByLengthFirst) {
  EXPECT_TRUE(CborTextLess()("b", "aa"));
  EXPECT_FALSE(CborTextLess()("aa", "b"));
  EXPECT_TRUE(CborTextLess()("aa", "ab"));
  EXPECT_FALSE(CborTextLess()("a", "a"));
  EXPECT_TRUE(CborTextLess()("z", "\xc3\xbc"));
  EXPECT_TRUE(CborTextLess()("zz", "\xc3\xbc"));
}

}  // namespace
}  // namespace dsn::test
