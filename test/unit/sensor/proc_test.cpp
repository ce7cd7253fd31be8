// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <sstream>

#include <sys/statvfs.h>
#include "sensor/drivers.hpp"

#include "tree.hpp"

namespace dsn::sensor {
namespace {

SensorSpec reading(const std::string& name) { return {"proc", {{"reading", name}}, {}}; }

SensorSpec counter(const std::string& net, const std::string& name) {
  return {"proc", {{"net", net}, {"counter", name}}, {}};
}

class Proc : public Tree {
 protected:
  // A Raspberry Pi 4 with 4 GB.
  Proc() {
    write("/proc/loadavg", "0.52 0.58 0.59 1/168 2714\n");
    write("/proc/uptime", "350735.47 234388.90\n");
    write("/proc/meminfo",
          "MemTotal:        3884360 kB\n"
          "MemFree:         1743460 kB\n"
          "MemAvailable:    3213808 kB\n"
          "Buffers:           89136 kB\n"
          "SwapCached:            0 kB\n"
          "SwapTotal:        102396 kB\n"
          "SwapFree:         102140 kB\n"
          "CmaTotal:         524288 kB\n");
    write("/proc/net/dev",
          "Inter-|   Receive                                                |  Transmit\n"
          " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs "
          "drop fifo colls carrier compressed\n"
          "    lo:  227812    2254    0    0    0     0          0         0   227812    2254    0 "
          "   0    0     0       0          0\n"
          "  eth0:18446744073709551615  104    1    2    3     4          5         6 4321   104   "
          " 7    8    9    10      11         12\n"
          "wlan0: 98 7\n");
    write("/proc/stat",
          "cpu  1000 0 500 8000 500 0 0 0 0 0\n"
          "cpu0 1000 0 500 8000 500 0 0 0 0 0\n"
          "intr 1\n");
    for (const char* entry : {"/proc/1/stat", "/proc/42/stat", "/proc/2714/stat", "/proc/1x/y"}) {
      write(entry, "");
    }
  }
};

TEST_F(Proc, ReadsTheMachine) {
  EXPECT_EQ(sample(reading("load1")), "0.52");
  EXPECT_EQ(sample(reading("load5")), "0.58");
  EXPECT_EQ(sample(reading("load15")), "0.59");
  EXPECT_EQ(sample(reading("uptime")), "350735.47 s");
  EXPECT_EQ(sample(reading("mem_total")), "3977584640 B");
  EXPECT_EQ(sample(reading("mem_free")), "1785303040 B");
  EXPECT_EQ(sample(reading("mem_available")), "3290939392 B");
  EXPECT_EQ(sample(reading("mem_used")), "686645248 B");
  EXPECT_EQ(sample(reading("swap_total")), "104853504 B");
  EXPECT_EQ(sample(reading("swap_used")), "262144 B");
  EXPECT_EQ(sample(reading("processes")), "3 count");
}

TEST_F(Proc, SaysWhatIsMissing) {
  std::filesystem::remove(root_ + "/proc/loadavg");
  EXPECT_EQ(sample(reading("load1")), "proc: /proc/loadavg: No such file or directory");
  write("/proc/uptime", "soon\n");
  EXPECT_EQ(sample(reading("uptime")), "proc: /proc/uptime: is not as expected");
  write("/proc/meminfo", "MemTotalled: 5 kB\nMemTotal: x kB\n");
  EXPECT_EQ(sample(reading("mem_total")), "proc: /proc/meminfo: has no 'MemTotal'");
  std::filesystem::remove_all(root_ + "/proc/1");
  EXPECT_EQ(sample(reading("processes")),
            "proc: processes: /proc hides them (hidepid, or ProtectProc= of the service): 'tasks' "
            "counts all threads, which nothing hides");
}

TEST_F(Proc, MeasuresProcessorsBetweenTwoSamples) {
  const auto sensor = make(reading("cpu_usage"));
  EXPECT_EQ(sample(*sensor), "proc: cpu_usage: needs a second sample");
  write("/proc/stat", "cpu  1030 0 520 8100 550 0 0 0 0 0\n");
  EXPECT_EQ(sample(*sensor), "25 %");
  write("/proc/stat", "cpu  1030 0 520 8100 559 0 0 0 0 0\n");
  EXPECT_EQ(sample(*sensor), "proc: cpu_usage: needs a second sample");
  write("/proc/stat", "cpu  1030 0 520 8200 550 0 0 0 0 0\n");
  EXPECT_EQ(sample(*sensor), "0 %");
  write("/proc/stat", "cpu  1130 0 520 8190 550 0 0 0 0 0\n");
  EXPECT_EQ(sample(*sensor), "100 %");
  write("/proc/stat", "cpu  1 0 1 1 1 0 0 0 0 0\n");
  EXPECT_EQ(sample(*sensor), "proc: cpu_usage: needs a second sample");
  write("/proc/stat", "cpu  51 0 1 51 1 0 0 0 0 0\n");
  EXPECT_EQ(sample(*sensor), "50 %");
  for (const char* text : {"", "cpu", "cpu  1 2 3\n", "cpu  1 2 3 4 5 6 7 x\n", "cpu0 1 2 3 4\n"}) {
    write("/proc/stat", text);
    EXPECT_EQ(sample(*sensor), "proc: /proc/stat: is not as expected") << text;
  }
}

TEST_F(Proc, CountsOnAnInterface) {
  EXPECT_EQ(sample(counter("lo", "rx_bytes")), "227812 B");
  EXPECT_EQ(sample(counter("eth0", "rx_bytes")),
            "proc: eth0: its driver does not count now (all ones)");
  EXPECT_EQ(sample(counter("eth0", "rx_packets")), "104 count");
  EXPECT_EQ(sample(counter("eth0", "rx_errors")), "1 count");
  EXPECT_EQ(sample(counter("eth0", "rx_dropped")), "2 count");
  EXPECT_EQ(sample(counter("eth0", "tx_bytes")), "4321 B");
  EXPECT_EQ(sample(counter("eth0", "tx_packets")), "104 count");
  EXPECT_EQ(sample(counter("eth0", "tx_errors")), "7 count");
  EXPECT_EQ(sample(counter("eth0", "tx_dropped")), "8 count");
  EXPECT_EQ(sample(counter("wlan0", "tx_bytes")), "proc: /proc/net/dev: is not as expected");
  EXPECT_EQ(sample(counter("eth1", "tx_bytes")),
            "proc: no network interface 'eth1' (found: lo, eth0, wlan0)");
}

TEST_F(Proc, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(refusal(reading("laod1")), "proc: unknown reading 'laod1' (did you mean 'load1'?)");
  EXPECT_EQ(refusal(counter("lo", "rx_byte")),
            "proc: unknown counter 'rx_byte' (did you mean 'rx_bytes'?)");
  EXPECT_EQ(refusal({"proc", {{"readng", "load1"}}, {}}),
            "proc: unknown option 'readng' (did you mean 'reading'?)");
  const std::string needs =
      "proc: needs 'reading', alone or with 'mount' or 'pressure', or 'counter' with 'net' or "
      "'disk'";
  EXPECT_EQ(refusal({"proc", {}, {}}), needs);
  EXPECT_EQ(refusal({"proc", {{"net", "lo"}}, {}}), needs);
  EXPECT_EQ(refusal({"proc", {{"counter", "rx_bytes"}}, {}}), needs);
  EXPECT_EQ(refusal({"proc", {{"reading", "load1"}, {"net", "lo"}, {"counter", "rx_bytes"}}, {}}),
            needs);
  EXPECT_EQ(refusal({"prco", {}, {}}), "unknown driver 'prco' (did you mean 'proc'?)");
}

TEST_F(Proc, StandsInTheDocumentation) {
  std::ifstream file(DSN_SOURCE_ROOT "/docs/configuration.md");
  std::stringstream content;
  content << file.rdbuf();
  for (const auto& names :
       {proc_readings(), net_counters(), disk_counters(), mount_readings(), rpi_readings()}) {
    for (const std::string_view name : names) {
      EXPECT_NE(content.str().find(std::string("`").append(name) + "`"), std::string::npos) << name;
    }
  }
}

// The kernel that the test runs on, whatever it is.
TEST_F(Proc, ReadsThisMachine) {
  for (const std::string_view name : proc_readings()) {
    if (name == "cpu_usage" || name == "processes") continue;
    auto sensor = make_sensor(io_, reading(std::string(name)), "");
    ASSERT_TRUE(sensor.ok());
    const std::string shown = sample(**sensor);
    EXPECT_TRUE(shown[0] >= '0' && shown[0] <= '9') << name << ": " << shown;
  }
  auto sensor = make_sensor(io_, counter("lo", "rx_bytes"), "");
  ASSERT_TRUE(sensor.ok());
  EXPECT_TRUE(sample(**sensor).ends_with(" B"));
}

TEST_F(Proc, CountsWhatADiskDid) {
  write("/proc/diskstats",
        "   7       0 loop0 0 0 0 0 0 0 0 0 0 0 0\n"
        " 179       0 mmcblk0 52410 1204 4183922 30211 9011 8120 913442 88121 0 61250 118332 0 0\n"
        " 179       1 mmcblk0p1 312 4 9000 99 2 0 16 5 0 90 104\n"
        "   8       0 sda 1 2 18446744073709551615 4 5 6 7 8 9 10\n"
        "   8      16 sdb 1 2 x\n");
  const auto counter = [&](const std::string& disk, const std::string& name) {
    return sample({"proc", {{"disk", disk}, {"counter", name}}, {}});
  };
  EXPECT_EQ(counter("mmcblk0", "reads"), "52410 count");
  EXPECT_EQ(counter("mmcblk0", "read_bytes"), "2142168064 B");
  EXPECT_EQ(counter("mmcblk0", "writes"), "9011 count");
  EXPECT_EQ(counter("mmcblk0", "written_bytes"), "467682304 B");
  EXPECT_EQ(counter("mmcblk0", "busy_time"), "61.25 s");
  EXPECT_EQ(counter("mmcblk0p1", "busy_time"), "0.09 s");
  EXPECT_EQ(counter("sda", "read_bytes"), "proc: disk sda: its counter is all ones");
  EXPECT_EQ(counter("sdb", "read_bytes"), "proc: /proc/diskstats: is not as expected");
  EXPECT_EQ(counter("sdb", "busy_time"), "proc: /proc/diskstats: is not as expected");
  EXPECT_EQ(counter("sdc", "reads"),
            "proc: no disk 'sdc' (found: loop0, mmcblk0, mmcblk0p1, sda, sdb)");
  EXPECT_EQ(refusal({"proc", {{"disk", "sda"}, {"counter", "raeds"}}, {}}),
            "proc: unknown counter 'raeds' (did you mean 'reads'?)");
}

TEST_F(Proc, MeasuresTheSpaceOfAFileSystem) {
  struct statvfs space {};
  ASSERT_EQ(statvfs(root_.c_str(), &space), 0);
  write("/mnt/x", "");
  const auto reading = [&](const std::string& name) {
    return sample({"proc", {{"mount", "/mnt"}, {"reading", name}}, {}});
  };
  EXPECT_EQ(reading("total"), std::to_string(space.f_blocks * space.f_frsize) + " B");
  EXPECT_TRUE(reading("free").ends_with(" B"));
  EXPECT_TRUE(reading("used").ends_with(" B"));
  EXPECT_TRUE(reading("used_percent").ends_with(" %"));
  EXPECT_EQ(sample({"proc", {{"mount", "/none"}, {"reading", "free"}}, {}}),
            "proc: /none: No such file or directory");
  link("/mnt/proc", "/proc");
  EXPECT_EQ(sample({"proc", {{"mount", "/mnt/proc"}, {"reading", "free"}}, {}}),
            "proc: /mnt/proc: this file system does not count its space");
  EXPECT_EQ(refusal({"proc", {{"mount", "/"}, {"reading", "load1"}}, {}}),
            "proc: unknown reading of a mount 'load1'");
  EXPECT_EQ(refusal({"proc", {{"mount", "x"}, {"reading", "free"}}, {}}),
            "proc: mount 'x' is no absolute path");
}

TEST_F(Proc, ReadsPressure) {
  write("/proc/pressure/io",
        "some avg10=1.25 avg60=0.50 avg300=0.10 total=2500000\n"
        "full avg10=0.75 avg60=0.25 avg300=0.05 total=1250000\n");
  write("/proc/pressure/cpu", "some avg10=x avg60=0.50 avg300=0.10 total=2500000\n");
  const auto reading = [&](const std::string& resource, const std::string& name) {
    return sample({"proc", {{"pressure", resource}, {"reading", name}}, {}});
  };
  EXPECT_EQ(reading("io", "some_avg10"), "1.25 %");
  EXPECT_EQ(reading("io", "full_avg300"), "0.05 %");
  EXPECT_EQ(reading("io", "full_total"), "1.25 s");
  EXPECT_EQ(reading("cpu", "some_avg10"), "proc: /proc/pressure/cpu: has no some_avg10");
  EXPECT_EQ(reading("cpu", "full_avg10"), "proc: /proc/pressure/cpu: has no full_avg10");
  EXPECT_EQ(reading("memory", "some_avg10"),
            "proc: /proc/pressure/memory: No such file or directory: pressure is not measured; "
            "'psi=1' in the kernel's command line (on a Raspberry Pi: cmdline.txt) switches it on");
  EXPECT_EQ(refusal({"proc", {{"pressure", "disk"}, {"reading", "some_avg10"}}, {}}),
            "proc: unknown pressure 'disk'");
  EXPECT_EQ(refusal({"proc", {{"pressure", "io"}, {"reading", "avg10"}}, {}}),
            "proc: unknown reading of pressure 'avg10'");
  EXPECT_EQ(refusal({"proc", {{"pressure", "io"}, {"mount", "/"}, {"reading", "free"}}, {}}),
            "proc: 'mount' and 'pressure' exclude each other");
}

}  // namespace
}  // namespace dsn::sensor
