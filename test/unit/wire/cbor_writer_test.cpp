// SPDX-License-Identifier: Apache-2.0
#include "wire/cbor_writer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include "wire/cbor_reader.hpp"
#include "wire/float_form.hpp"

namespace dsn::test {

using namespace wire;

namespace {

template <typename Write>
std::string encoded(Write write) {
  std::array<std::uint8_t, 64> buffer{};
  CborWriter writer(buffer);
  write(writer);
  EXPECT_TRUE(writer.ok());
  return to_hex(writer.written());
}

std::string real(double value) {
  return encoded([&](CborWriter& writer) { writer.real(value); });
}

TEST(CborWriter, WritesIntegersInTheirShortestForm) {
  struct Row {
    std::int64_t value;
    const char* encoding;
  };
  for (const Row& row :
       {Row{0, "00"}, Row{23, "17"}, Row{24, "1818"}, Row{255, "18ff"}, Row{256, "190100"},
        Row{65535, "19ffff"}, Row{65536, "1a00010000"}, Row{4294967295, "1affffffff"},
        Row{4294967296, "1b0000000100000000"}, Row{-1, "20"}, Row{-24, "37"}, Row{-25, "3818"},
        Row{-256, "38ff"}, Row{-257, "390100"},
        Row{std::numeric_limits<std::int64_t>::max(), "1b7fffffffffffffff"},
        Row{std::numeric_limits<std::int64_t>::min(), "3b7fffffffffffffff"}}) {
    EXPECT_EQ(encoded([&](CborWriter& writer) { writer.integer(row.value); }), row.encoding);
  }
  EXPECT_EQ(encoded([](CborWriter& writer) { writer.uint(~std::uint64_t{0}); }),
            "1bffffffffffffffff");
}

TEST(CborWriter, WritesRealsInTheirShortestExactForm) {
  struct Row {
    double value;
    const char* encoding;
  };
  for (const Row& row : {Row{0.0, "f90000"},
                         Row{-0.0, "f98000"},
                         Row{1.0, "f93c00"},
                         Row{1.5, "f93e00"},
                         Row{65504.0, "f97bff"},
                         Row{65505.0, "fa477fe100"},
                         Row{65536.0, "fa47800000"},
                         Row{100000.0, "fa47c35000"},
                         Row{1.1, "fb3ff199999999999a"},
                         Row{-4.1, "fbc010666666666666"},
                         Row{0x1p-14, "f90400"},
                         Row{0x1p-24, "f90001"},
                         Row{-0x1.ff8p-15, "f983ff"},
                         Row{0x1p-25, "fa33000000"},
                         Row{0x1.8p-24, "fa33c00000"},
                         Row{0x1p-126, "fa00800000"},
                         Row{0x1p-149, "fa00000001"},
                         Row{0x1p-150, "fb3690000000000000"},
                         Row{3.4028234663852886e+38, "fa7f7fffff"},
                         Row{0x1p128, "fb47f0000000000000"},
                         Row{1e300, "fb7e37e43c8800759c"},
                         Row{5e-324, "fb0000000000000001"},
                         Row{std::numeric_limits<double>::infinity(), "f97c00"},
                         Row{-std::numeric_limits<double>::infinity(), "f9fc00"}}) {
    EXPECT_EQ(real(row.value), row.encoding);
  }
}

TEST(CborWriter, HasOneNan) {
  EXPECT_EQ(real(std::numeric_limits<double>::quiet_NaN()), "f97e00");
  EXPECT_EQ(real(-std::numeric_limits<double>::quiet_NaN()), "f97e00");
  EXPECT_EQ(real(std::bit_cast<double>(0x7ff0000000000001)), "f97e00");
}

// Every half there is: its value is written as itself, and the reader accepts and returns it.
TEST(CborWriter, KeepsEveryHalf) {
  for (std::uint32_t bits = 0; bits <= 0xffff; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const double value = half_value(half);
    if (std::isnan(value)) continue;
    std::array<std::uint8_t, 9> buffer{};
    CborWriter writer(buffer);
    writer.real(value);
    ASSERT_EQ(writer.size(), 3U) << bits;
    ASSERT_EQ(buffer[1] << 8 | buffer[2], half);
    CborReader reader(writer.written());
    ASSERT_EQ(std::bit_cast<std::uint64_t>(reader.real()), std::bit_cast<std::uint64_t>(value));
    ASSERT_TRUE(reader.at_end());
  }
}

TEST(CborWriter, WritesTextsBytesAndContainers) {
  EXPECT_EQ(encoded([](CborWriter& writer) {
              writer.map(2);
              writer.text("a");
              writer.array(3);
              writer.boolean(true);
              writer.boolean(false);
              writer.null();
              writer.text("b\xc3\xbc");
              writer.bytes(Bytes{1, 2});
            }),
            "a2616183f5f4f66362c3bc420102");
  EXPECT_EQ(encoded([](CborWriter& writer) {
              writer.array(1);
              writer.raw(Bytes{0x18, 0x18});
            }),
            "811818");
  EXPECT_EQ(encoded([](CborWriter& writer) { writer.bytes({}); }), "40");
  EXPECT_EQ(encoded([](CborWriter& writer) { writer.array(500); }), "9901f4");
}

TEST(CborWriter, WritesNothingOfWhatDoesNotFit) {
  std::array<std::uint8_t, 4> buffer{0xee, 0xee, 0xee, 0xee};
  CborWriter writer(buffer);
  writer.uint(1);
  EXPECT_EQ(writer.space(), 3U);
  writer.text("abc");
  EXPECT_FALSE(writer.ok());
  EXPECT_EQ(writer.size(), 1U);
  EXPECT_EQ(buffer[1], 0xee);
  writer.uint(2);  // it would fit, but the overflow is sticky
  EXPECT_EQ(writer.size(), 1U);
  writer.rewind(1);
  writer.text("ab");
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(to_hex(writer.written()), "01626162");
  writer.rewind(0);
  EXPECT_EQ(writer.space(), 4U);
}

TEST(CborWriter, RefusesToRewindForward) {
  std::array<std::uint8_t, 4> buffer{};
  CborWriter writer(buffer);
  EXPECT_DEATH(writer.rewind(1), "check failed");
}

}  // namespace
}  // namespace dsn::test
