// SPDX-License-Identifier: Apache-2.0
// Goal: whatever call on the disk fails, and whenever the power goes, the folder gives what was
// saved last or before that, whole; nothing piles up in it; and the next save succeeds.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>

#include "crypto/entropy.hpp"
#include "crypto/identity.hpp"
#include "node/credentials.hpp"
#include "node/state_file.hpp"
#include "support/fake_crypto.hpp"
#include "support/faulty_disk.hpp"
#include "support/temp_dir.hpp"

namespace dsn::node {

using namespace test;
using namespace core;
using namespace crypto;

namespace {

using test::DiskFault;
using test::DiskImage;
using test::FaultyDisk;

constexpr const char* kNone = "none";
constexpr const char* kOld = "old";
constexpr const char* kNew = "new";

// One way to write something into a folder.
struct Scenario {
  std::string before;  // what load says of `initial`: kOld or kNone
  DiskImage initial;
  std::function<Result<void>()> save;
  std::function<std::string()> load;  // kOld, kNew, kNone or what is wrong
  std::size_t files_max;              // besides a temporary one
};

class DiskFaults : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(initialise_crypto()); }

  // What holds after each failure and each power cut.
  void expect_whole(const Scenario& scenario, const std::string& when, std::size_t temporary_max) {
    const std::string found = scenario.load();
    EXPECT_TRUE(found == scenario.before || found == kNew) << found << ", " << when;
    const DiskImage image = disk_.read();
    std::size_t temporary = 0;
    for (const auto& [name, file] : image) {
      if (name.ends_with(".tmp")) ++temporary;
      EXPECT_EQ(file.mode & 077, 0U) << name << ", " << when;
    }
    EXPECT_LE(temporary, temporary_max) << when;
    EXPECT_LE(image.size() - temporary, scenario.files_max) << when;
  }

  // The disk is well again.
  void expect_recovery(const Scenario& scenario, const std::string& when) {
    disk_.start();
    const Result<void> again = scenario.save();
    disk_.stop();
    // A key that is there is not replaced, not even by itself.
    if (!again) {
      EXPECT_NE(again.error().find("File exists"), std::string::npos) << again.error();
    }
    EXPECT_EQ(scenario.load(), kNew) << when;
    for (const auto& [name, file] : disk_.read()) {
      EXPECT_FALSE(name.ends_with(".tmp")) << when;
    }
  }

  void fail_each_call(const Scenario& scenario, int error, bool lasting) {
    for (std::size_t call = 0;; ++call) {
      const std::string when = std::string(std::strerror(error)) + " at call " +
                               std::to_string(call) + (lasting ? " and after" : "");
      disk_.restore(scenario.initial);
      ASSERT_EQ(scenario.load(), scenario.before);
      disk_.start(DiskFault{call, error, lasting});
      const Result<void> saved = scenario.save();
      disk_.stop();
      const bool was_reached = disk_.calls() > call;
      if (!was_reached) {
        EXPECT_TRUE(saved);
        EXPECT_GE(call, 6U) << "were the calls wrapped?";
        break;
      }
      ++failures_;
      // What failed cleans up after itself, unless that fails too.
      expect_whole(scenario, when, lasting ? 1 : 0);
      if (saved) {
        EXPECT_EQ(scenario.load(), kNew) << when;
      } else {
        EXPECT_NE(saved.error().find(std::strerror(error)), std::string::npos) << saved.error();
      }
      expect_recovery(scenario, when);
    }
  }

  void cut_power_everywhere(const Scenario& scenario) {
    disk_.restore(scenario.initial);
    disk_.start();
    ASSERT_TRUE(scenario.save());
    disk_.stop();
    ASSERT_GE(disk_.changes(), 4U);
    std::vector<std::vector<DiskImage>> cuts;
    for (std::size_t changes = 0; changes <= disk_.changes(); ++changes) {
      cuts.push_back(disk_.after_power_cut(changes));
    }
    for (std::size_t changes = 0; changes < cuts.size(); ++changes) {
      const std::string when = "power cut after change " + std::to_string(changes);
      for (const DiskImage& image : cuts[changes]) {
        ++failures_;
        disk_.restore(image);
        expect_whole(scenario, when, 1);
        if (changes + 1 == cuts.size()) {
          EXPECT_EQ(scenario.load(), kNew) << "saved means saved";
        }
        expect_recovery(scenario, when);
      }
    }
  }

  void run(const Scenario& scenario) {
    for (const int error : {ENOSPC, EIO, EROFS, EDQUOT}) {
      fail_each_call(scenario, error, false);
      fail_each_call(scenario, error, true);
    }
    cut_power_everywhere(scenario);
    std::printf("%zu failures and power cuts\n", failures_);
    EXPECT_GT(failures_, 50U);
  }

  Result<void> save(std::uint32_t incarnation) {
    SavedState state{NodeId{{1}}, incarnation, {}};
    state.peers.push_back({{}, "shed", 3, SharedSecret(), Endpoint::ipv4({10, 0, 0, 1}, 1), ""});
    return save_state(crypto_, dir_.path(), encode_saved_state(crypto_, state));
  }
  std::string load(std::uint32_t old_incarnation) {
    const auto state = load_state(crypto_, dir_.path(), NodeId{{1}});
    if (!state) return state.error();
    if (state->incarnation == 0) return kNone;
    if (state->peers.size() != 1 || state->peers[0].name != "shed") return "half a state";
    return state->incarnation == old_incarnation ? kOld : kNew;
  }

  test::FakeCrypto crypto_{1};
  TempDir dir_;
  FaultyDisk disk_{dir_.path()};
  std::size_t failures_ = 0;
};

TEST_F(DiskFaults, OfTheFirstStateLeaveNothingOrAllOfIt) {
  run({kNone, {}, [&] { return save(1); }, [&] { return load(0); }, 2});
}

TEST_F(DiskFaults, OfALaterStateLeaveTheOldOrTheNewOne) {
  ASSERT_TRUE(save(6));
  ASSERT_TRUE(save(7));
  run({kOld, disk_.read(), [&] { return save(8); }, [&] { return load(7); }, 2});
}

// The only good one is then the previous; it must not be rotated away.
TEST_F(DiskFaults, OfAStateThatReplacesADamagedOneLeaveThePrevious) {
  ASSERT_TRUE(save(7));
  ASSERT_TRUE(save(8));
  write_text(dir_.file("state.cbor"), "torn");
  run({kOld, disk_.read(), [&] { return save(9); }, [&] { return load(7); }, 2});
}

TEST_F(DiskFaults, OfTheFirstKeyLeaveNothingOrAllOfIt) {
  const Identity identity = create_identity().value();
  run({kNone,
       {},
       [&] { return save_new_identity(dir_.path(), identity); },
       [&]() -> std::string {
         const auto loaded = load_identity(dir_.path());
         if (!loaded) return loaded.error();
         return loaded->has_value() ? kNew : kNone;
       },
       1});
}

TEST_F(DiskFaults, OfAKeyThatIsBoundLeaveTheKey) {
  Identity identity = create_identity().value();
  ASSERT_TRUE(save_identity(dir_.path(), identity));
  const DiskImage unbound = disk_.read();
  identity.machine = {MachineMark{MachineSource::os}};
  run({kOld, unbound, [&] { return save_identity(dir_.path(), identity); },
       [&]() -> std::string {
         const auto loaded = load_identity(dir_.path());
         if (!loaded) return loaded.error();
         if (!loaded->has_value() || (*loaded)->id != identity.id) return "another key";
         return (*loaded)->machine.empty() ? kOld : kNew;
       },
       1});
}

// The key of the other machine is never lost, and the new one is whole or not there.
TEST_F(DiskFaults, OfAKeyThatIsSetAsideLoseNeither) {
  const Identity other = create_identity().value();
  ASSERT_TRUE(save_identity(dir_.path(), other));
  Credentials credentials;
  credentials.identity = create_identity().value();
  credentials.directory = dir_.path();
  credentials.copied = other.id;
  run({kOld, disk_.read(), [&] { return keep_identity(credentials); },
       [&]() -> std::string {
         const auto loaded = load_identity(dir_.path());
         if (!loaded) return loaded.error();
         if (loaded->has_value() && (*loaded)->id == other.id) return kOld;
         const bool aside = std::filesystem::exists(set_aside_path(dir_.path(), other.id));
         if (!aside) return "the other key is lost";
         // Set aside and not yet replaced: the next start makes a new one.
         return loaded->has_value() ? kNew : kOld;
       },
       2});
}

}  // namespace
}  // namespace dsn::node
