// SPDX-License-Identifier: Apache-2.0
// What disk_faults.hpp demands, of all that a node keeps.
#include "support/disk_faults.hpp"

#include <gtest/gtest.h>

#include "crypto/authority.hpp"
#include "crypto/identity.hpp"
#include "crypto/keyring_file.hpp"
#include "node/credentials.hpp"
#include "node/state_file.hpp"
#include "support/fake_crypto.hpp"

namespace dsn::node {

using namespace test;
using namespace core;
using namespace crypto;

namespace {

class DiskFaults : public DiskFaultsTest {
 protected:
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

  /// One with `newest` as its latest epoch.
  static KeyringContents ring(std::uint32_t newest) {
    KeyringContents contents;
    contents.authority = KeyHash{1};
    contents.keys = {{newest, {}}, {newest - 1, {}}};
    contents.statement.encoded = {1, 2, 3};
    contents.out = {NodeId{{2}}, NodeId{{3}}};
    contents.overtaken = {{{newest, {}}, {{4, 5}, {}, {}}}};
    return contents;
  }
  std::string load_ring(std::uint32_t old_epoch) {
    const auto loaded = load_keyring(dir_.path());
    if (!loaded) return loaded.error();
    if (!loaded->has_value()) return kNone;
    const bool whole = (*loaded)->keys.size() == 2 && (*loaded)->out.size() == 2 &&
                       (*loaded)->overtaken.size() == 1;
    if (!whole) return "half a ring";
    return (*loaded)->keys.front().epoch == old_epoch ? kOld : kNew;
  }

  test::FakeCrypto crypto_{1};
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

// protocol.md [key-stored]
TEST_F(DiskFaults, OfTheFirstRingLeaveNothingOrAllOfIt) {
  run({kNone,
       {},
       [&] { return save_keyring(dir_.path(), ring(2)); },
       [&] { return load_ring(1); },
       1});
}

TEST_F(DiskFaults, OfALaterRingLeaveTheOldOrTheNewOne) {
  ASSERT_TRUE(save_keyring(dir_.path(), ring(7)));
  run({kOld, disk_.read(), [&] { return save_keyring(dir_.path(), ring(8)); },
       [&] { return load_ring(7); }, 1});
}

TEST_F(DiskFaults, OfAnAuthorityLeaveNothingOrAllOfIt) {
  const Identity authority = create_authority().value();
  const std::string path = dir_.file("authority.key");
  run({kNone,
       {},
       [&] { return store_authority(path, authority); },
       [&]() -> std::string {
         const auto loaded = load_authority(path);
         if (!loaded) return loaded.code() == ErrorCode::not_found ? kNone : loaded.error();
         return loaded->id == authority.id ? kNew : "another one";
       },
       1});
}

}  // namespace
}  // namespace dsn::node
