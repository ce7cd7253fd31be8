// SPDX-License-Identifier: Apache-2.0
#include "loop/alive.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <utility>

namespace dsn::loop {

namespace {

struct Owner {
  explicit Owner(int& calls) : calls_(calls) {}
  void handle(int value) { calls_ += value; }
  int& calls_;
  Alive alive_;
};

TEST(Alive, CallsWhileAliveAndNotAfterwards) {
  int calls = 0;
  std::optional<Owner> owner(std::in_place, calls);
  const auto handler = owner->alive_.guard(&*owner, &Owner::handle);
  handler(1);
  EXPECT_EQ(calls, 1);
  owner.reset();
  handler(1);
  EXPECT_EQ(calls, 1);
}

TEST(Alive, RenewingVoidsWhatWasHandedOut) {
  int calls = 0;
  Owner owner(calls);
  const auto before = owner.alive_.guard(&owner, &Owner::handle);
  owner.alive_.renew();
  const auto after = owner.alive_.guard(&owner, &Owner::handle);
  before(1);
  EXPECT_EQ(calls, 0);
  after(1);
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace dsn::loop
