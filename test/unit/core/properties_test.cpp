// SPDX-License-Identifier: Apache-2.0
// Random networks under faults. What must hold is checked after every step; after the faults stop
// all must agree and be quiet. DSN_SEED and DSN_SEEDS choose the first seed and how many.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>
#include <unordered_set>

#include "support/virtual_network.hpp"

namespace dsn::test {
namespace {

using State = EntryStore::Map;

/// Remembers every nonce of every key.
class CountingCrypto final : public FakeCrypto {
 public:
  CountingCrypto(std::uint64_t seed, std::set<std::string>& used, bool& reused)
      : FakeCrypto(seed), used_(used), reused_(reused) {}
  bool seal(const AeadKey& key, std::span<const std::uint8_t, kAeadNonceBytes> nonce,
            ByteView additional_data, ByteView plaintext, MutableBytes sealed) override {
    std::string pair(as_text(key.key.view()));
    pair += as_text(nonce);
    if (!used_.insert(pair).second) reused_ = true;
    return FakeCrypto::seal(key, nonce, additional_data, plaintext, sealed);
  }

 private:
  std::set<std::string>& used_;
  bool& reused_;
};

class RandomNetwork {
 public:
  explicit RandomNetwork(std::uint64_t seed) : random_(seed), net_(options(seed)) {
    net_.make_crypto = [this](std::uint64_t crypto_seed) {
      return std::make_unique<CountingCrypto>(crypto_seed, nonces_, nonce_reused_);
    };
    net_.filter = [this](std::size_t from, const Endpoint& to, ByteView bytes) {
      return check_sent(from, to, bytes);
    };
    net_.arriving = [this](std::size_t to, const Endpoint& from, ByteView bytes) {
      credit_[{to, from}] += bytes.size();
    };
    net_.after_input = [this](std::size_t index) { check(index); };
    const std::size_t machines = 2 + random_.below(5);
    for (std::size_t i = 0; i < machines; ++i) {
      std::vector<std::size_t> bootstrap;
      if (i > 0 && (!net_.options.multicast || random_.one_in(3))) bootstrap = {0};
      incarnations_.push_back(1);
      net_.add("node" + std::to_string(i), bootstrap);
    }
  }

  void disturb() {
    const std::uint64_t actions = 10 + random_.below(60);
    for (std::uint64_t i = 0; i < actions && failure_.empty(); ++i) {
      act();
      net_.run_for(random_.between(Duration(0), random_.one_in(8) ? 20s : 700ms));
    }
  }

  void heal() {
    NetworkOptions& options = net_.options;
    options.loss = options.duplication = options.corruption = options.straggling = 0;
    options.replay = 0;
    net_.cut.clear();
    for (std::size_t i = 0; i < net_.size(); ++i) {
      if (net_[i].paused) net_.resume(i);
      if (!net_[i].running) net_.restart(i, ++incarnations_[i]);
    }
  }

  // Lost memory may have to be pointed out by somebody who thinks us gone and tries once a minute.
  bool converges() {
    return net_.run_until([this] { return agree(); }, 200s);
  }

  bool gets_quiet() {
    net_.run_for(60s);
    const std::uint64_t before = net_.datagrams_sent;
    net_.run_for(60s);
    const std::uint64_t n = net_.size();
    // A beat to each peer every two seconds, a SYN and its answer every ten, and some HELLOs.
    return net_.datagrams_sent - before <= n * (n - 1) * 31 + n * 40 && agree();
  }

  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  NetworkOptions options(std::uint64_t seed) {
    NetworkOptions options;
    options.seed = seed;
    options.multicast = !random_.one_in(4);
    options.loss = random_.one_in(3) ? 0 : static_cast<double>(random_.below(51)) / 100;
    if (random_.one_in(2)) options.duplication = 0.1;
    if (random_.one_in(2)) options.corruption = 0.05;
    if (random_.one_in(2)) options.straggling = 0.05;
    if (random_.one_in(2)) options.replay = 0.1;
    if (random_.one_in(2)) options.delay_max = 30ms;
    return options;
  }

  std::size_t any() { return random_.below(net_.size()); }

  void act() {
    const std::size_t index = any();
    const bool active = net_[index].running && !net_[index].paused;
    const std::uint64_t action = random_.below(16);
    if (action < 8) {
      if (active) write(index);
    } else if (action == 8) {
      net_.cut.insert({index, any()});
    } else if (action == 9) {
      for (std::size_t i = 0; i < net_.size(); ++i) {
        if (i % 2 == index % 2) continue;
        net_.cut.insert({index, i});
        net_.cut.insert({i, index});
      }
    } else if (action <= 11) {
      net_.cut.clear();
    } else if (action == 12) {
      restart_or_kill(index);
    } else if (action == 13) {
      if (active) net_.pause(index);
    } else if (action == 14) {
      if (net_[index].paused) net_.resume(index);
    } else if (active) {
      net_.network_changed(index);
    }
  }

  void restart_or_kill(std::size_t index) {
    if (!net_[index].running) {
      if (!random_.one_in(3)) ++incarnations_[index];
      net_.restart(index, incarnations_[index]);
      return;
    }
    if (net_[index].paused) net_.resume(index);
    if (random_.one_in(3)) {
      net_.stop(index, random_.one_in(2) ? ByeReason::leaving : ByeReason::restarting);
    } else {
      net_.kill(index);
    }
    if (random_.one_in(2)) restart_or_kill(index);
  }

  void write(std::size_t index) {
    std::vector<Write> writes(1 + random_.below(random_.one_in(10) ? 60 : 4));
    for (Write& write : writes) {
      write.key = "key" + std::to_string(random_.below(80));
      const std::uint64_t kind = random_.below(10);
      if (kind < 3) {
        write.kind = Write::Kind::unset;
      } else if (kind == 3) {
        write.kind = Write::Kind::fail;
        write.error = "broken";
      } else {
        const std::size_t size = random_.one_in(20) ? 900 : random_.below(20);
        write.value = Value::text(std::string(size, static_cast<char>('a' + random_.below(26))));
        write.sampled = net_.now();
      }
    }
    (void)net_.commit(index, writes);
  }

  void fail(const std::string& what) {
    if (failure_.empty()) failure_ = what;
  }

  bool check_sent(std::size_t from, const Endpoint& to, ByteView bytes) {
    if (bytes.size() > kDatagramBytesMax) fail("a datagram too long");
    if (nonce_reused_) fail("a nonce used twice");
    if (to == Endpoint{}) return true;  // multicast
    const bool group = bytes[1] >> 6 == 0;
    // HELLOs go to addresses that we were told of; they are what begins everything.
    if (group && bytes.size() >= kHelloBytes - 3) return true;
    const bool proven = std::ranges::any_of(net_.node(from).peers().all(), [&](const auto& peer) {
      return peer->session.confirmed && peer->endpoint == to;
    });
    if (proven) return true;
    std::size_t& credit = credit_[{from, to}];
    if (credit < bytes.size()) fail("more to an unproven address than came from it");
    credit -= std::min(credit, bytes.size());
    return true;
  }

  // Everything that this node could have broken by its last input.
  void check(std::size_t index) {
    const Node& node = net_.node(index);
    const LocalNode& self = node.self();
    committed_[{self.id(), self.version(), self.session()}] = self.state().store().entries();
    valid_[{self.id(), self.version()}].insert(self.session());
    for (const auto& peer : node.peers().all()) check_replica(index, *peer);
  }

  void check_replica(std::size_t index, const Peer& peer) {
    const StateVersion version = peer.replica.version();
    if (version.incarnation == 0) return;
    auto& seen = highest_[{index, net_.node(index).self().session(), peer.id}];
    if (version < seen) fail("a replica went back");
    if (version == seen && !peer.pull.complete_state) return;
    seen = version;
    const auto runs = valid_.find({peer.id, version});
    if (runs == valid_.end()) return fail("a version that its owner never had");
    const bool exact = std::ranges::any_of(runs->second, [&](SessionId session) {
      return committed_[{peer.id, version, session}] == peer.replica.store().entries();
    });
    if (!exact) fail("a state that its owner never committed");
  }

  bool agree() {
    if (!net_.in_sync()) return false;
    for (std::size_t reader = 0; reader < net_.size(); ++reader) {
      for (std::size_t owner = 0; owner < net_.size(); ++owner) {
        if (reader == owner) continue;
        const Peer* peer = net_[reader].node->peers().find(net_.node(owner).self().id());
        if (peer->replica.version() != net_.node(owner).self().version()) return false;
      }
    }
    return true;
  }

  Random random_;
  std::set<std::string> nonces_;
  bool nonce_reused_ = false;
  VirtualNetwork net_;
  std::vector<std::uint32_t> incarnations_;
  std::map<std::tuple<NodeId, StateVersion, SessionId>, State> committed_;
  std::map<std::pair<NodeId, StateVersion>, std::set<SessionId>> valid_;
  std::map<std::tuple<std::size_t, SessionId, NodeId>, StateVersion> highest_;
  std::map<std::pair<std::size_t, Endpoint>, std::size_t> credit_;
  std::string failure_;
};

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

void expect_all_holds(std::uint64_t seed) {
  RandomNetwork network(seed);
  network.disturb();
  network.heal();
  const bool converged = network.converges();
  EXPECT_TRUE(converged) << "seed " << seed;
  EXPECT_TRUE(!converged || network.gets_quiet()) << "seed " << seed;
  EXPECT_EQ(network.failure(), "") << "seed " << seed;
}

// Each of them found a mistake once.
TEST(Properties, HoldForTheSeedsThatBrokeThem) {
  for (const std::uint64_t seed : {18408, 19958}) expect_all_holds(seed);
}

TEST(Properties, HoldInRandomNetworksUnderFaults) {
  const std::uint64_t first = number_from_environment("DSN_SEED", 1);
  const std::uint64_t count = number_from_environment("DSN_SEEDS", 600);
  for (std::uint64_t seed = first; seed < first + count; ++seed) expect_all_holds(seed);
}

}  // namespace
}  // namespace dsn::test
