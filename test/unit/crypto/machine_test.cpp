// SPDX-License-Identifier: Apache-2.0
#include "crypto/machine.hpp"

#include <gtest/gtest.h>

#include "crypto/entropy.hpp"
#include "support/temp_dir.hpp"

namespace dsn::test {

using namespace crypto;

namespace {

class MachineTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(initialise_crypto()); }

  void write(const std::string& path, std::string_view text) {
    const std::string whole = root_.file(path);
    std::filesystem::create_directories(std::filesystem::path(whole).parent_path());
    write_text(whole, text, 0644);
  }
  void serial(std::string_view text) { write("sys/firmware/devicetree/base/serial-number", text); }
  void os(std::string_view text) { write("etc/machine-id", text); }
  std::vector<MachineId> ids() { return machine_ids(root_.path()); }
  std::string found() {
    std::string text;
    for (const MachineId& id : ids()) {
      text += (id.source == MachineSource::serial ? "serial " : "os ") + id.text + ';';
    }
    return text;
  }

  TempDir root_;
};

TEST_F(MachineTest, IsNamedByItsSerialNumberAndItsSystem) {
  EXPECT_EQ(found(), "");
  os("0123456789abcdef0123456789abcdef\n");
  EXPECT_EQ(found(), "os 0123456789abcdef0123456789abcdef;");
  write("proc/cpuinfo",
        "processor\t: 0\n\nHardware\t: BCM2835\nSerial\t\t: 00000000d2a4f3c1\n"
        "Model\t\t: Raspberry Pi Zero W\n");
  EXPECT_EQ(found(), "serial 00000000d2a4f3c1;os 0123456789abcdef0123456789abcdef;");
  serial(std::string_view("10000000abcdef01\0", 17));
  EXPECT_EQ(found(), "serial 10000000abcdef01;os 0123456789abcdef0123456789abcdef;");
}

TEST_F(MachineTest, IsNotNamedByWhatEveryMachineHas) {
  for (const char* text :
       {"", "\n", "uninitialized\n", "00000000000000000000000000000000\n", "ab"}) {
    os(text);
    EXPECT_EQ(found(), "") << text;
  }
  os("0123456789abcdef0123456789abcdef\n");
  write("run/machine-id", "0123456789abcdef0123456789abcdef\n");
  EXPECT_EQ(found(), "") << "drawn anew at each boot of a read-only system";
  serial(std::string_view("0000000000000000\0", 17));
  write("proc/cpuinfo", "Serial\t\t: 0000000000000000\n");
  EXPECT_EQ(found(), "");
}

TEST_F(MachineTest, IsKnownAgainByItsStrongestName) {
  os("0123456789abcdef0123456789abcdef\n");
  serial("10000000abcdef01");
  const std::vector<MachineMark> marks = marks_of(ids(), {});
  ASSERT_EQ(marks.size(), 2U);
  EXPECT_FALSE(is_another_machine(marks, ids()));
  os("99999999999999990123456789abcdef\n");
  EXPECT_FALSE(is_another_machine(marks, ids())) << "a new system on the same board";
  serial("10000000abcdef02");
  EXPECT_TRUE(is_another_machine(marks, ids()));
  os("0123456789abcdef0123456789abcdef\n");
  EXPECT_TRUE(is_another_machine(marks, ids())) << "the same card in another board";
}

TEST_F(MachineTest, IsNotJudgedByWhatCannotBeCompared) {
  os("0123456789abcdef0123456789abcdef\n");
  const std::vector<MachineMark> marks = marks_of(ids(), {});
  EXPECT_FALSE(is_another_machine({}, ids()));
  EXPECT_FALSE(is_another_machine(marks, {}));
  // The kernel has learnt to read the serial number.
  serial("10000000abcdef01");
  EXPECT_FALSE(is_another_machine(marks, ids()));
}

TEST_F(MachineTest, HasMarksThatTellNothingAndStayWhileTheyFit) {
  os("0123456789abcdef0123456789abcdef\n");
  const std::vector<MachineMark> marks = marks_of(ids(), {});
  EXPECT_NE(marks, marks_of(ids(), {})) << "each has a salt of its own";
  EXPECT_EQ(marks, marks_of(ids(), marks));
  EXPECT_EQ(marks, marks_of({}, marks)) << "a source that cannot be read today";
  EXPECT_EQ(to_text(marks[0]).find("0123456789abcdef"), std::string::npos);
  serial("10000000abcdef01");
  const std::vector<MachineMark> both = marks_of(ids(), marks);
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[1], marks[0]);
}

// Golden: SHA-256 of sixteen bytes 0 and the id, of Python's hashlib.
TEST_F(MachineTest, HasAStableText) {
  const auto parsed =
      parse_machine_mark("os 00000000000000000000000000000000 a943112ab98c9086a5acd13b829e9144");
  ASSERT_TRUE(parsed);
  const std::vector<MachineMark> marks{*parsed};
  EXPECT_FALSE(is_another_machine(marks, std::vector<MachineId>{{MachineSource::os, "attic"}}));
  EXPECT_TRUE(is_another_machine(marks, std::vector<MachineId>{{MachineSource::os, "cellar"}}));
  EXPECT_EQ(parse_machine_mark(to_text(*parsed)), *parsed);
}

TEST_F(MachineTest, RefusesDamagedText) {
  const std::string zeros(32, '0');
  for (const std::string& text :
       {std::string(), std::string("os"), std::string("os "), "os " + zeros, "os " + zeros + ' ',
        "os " + zeros + ' ' + zeros + '0', "os " + zeros + '-' + zeros,
        "os " + zeros + ' ' + std::string(32, 'x'), "board " + zeros + ' ' + zeros}) {
    EXPECT_FALSE(parse_machine_mark(text)) << text;
  }
}

}  // namespace
}  // namespace dsn::test
