// SPDX-License-Identifier: Apache-2.0
// Which nodes a whitelist lets in.
#include "core/join/admission.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;

namespace {

class AdmissionTest : public testing::Test {
 protected:
  AdmissionTest() : a_(net_.add("attic")) {}

  std::unique_ptr<Puppet> puppet(std::uint64_t seed, const std::string& name) {
    auto made = std::make_unique<Puppet>(net_, a_, seed);
    made->name = name;
    return made;
  }
  std::uint64_t count(Counter counter) { return net_.node(a_).counters()[counter]; }

  VirtualNetwork net_;
  std::size_t a_;
  std::vector<std::unique_ptr<Puppet>> strangers_;
};

// protocol.md [hello-listed]
TEST_F(AdmissionTest, AListLetsInNamesThatAreSignedAndIds) {
  const auto by_name = puppet(1, "shed");
  const auto by_id = puppet(2, "anything");
  const auto stranger = puppet(3, "barn");
  net_[a_].options.whitelist = {"shed", by_id->id.hex()};
  net_.kill(a_);
  net_.restart(a_, 2);
  connect(net_, {stranger.get()});
  stranger->join();
  stranger->send(stranger->hello(net_.node(a_).self().session()));
  net_.run_for(1s);
  EXPECT_EQ(stranger->seen(), nullptr);
  EXPECT_EQ(count(Counter::drop_not_listed), 2U);
  const std::uint64_t to_the_group = stranger->datagrams_in;
  EXPECT_EQ(to_the_group, 0U) << "it is not answered";
  by_id->join();
  EXPECT_EQ(by_id->seen()->life.state, PeerState::live);
  by_name->join();
  EXPECT_EQ(by_name->seen()->life.state, PeerState::live);
}

}  // namespace
}  // namespace dsn::test
