// SPDX-License-Identifier: Apache-2.0
// The scenarios that Python DSN and PYDDS test, by the names of their lists, with dsn::Node: nodes
// in one process, over loopback sockets that the system chooses.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "base/descriptor.hpp"
#include "dsn/node.hpp"
#include "support/temp_dir.hpp"

namespace dsn {

using namespace std::chrono_literals;

inline constexpr const char* kKey = "000102030405060708090a0b0c0d0e0f";
inline constexpr const char* kOtherKey = "ff0102030405060708090a0b0c0d0e0f";

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// A socket that says to a node what it likes.
class Stranger {
 public:
  Stranger() : socket_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    const sockaddr_in address = loopback(0);
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              0);
  }
  void say(std::uint16_t port, const std::string& datagram) const {
    const sockaddr_in to = loopback(port);
    (void)::sendto(socket_.get(), datagram.data(), datagram.size(), 0,
                   reinterpret_cast<const sockaddr*>(&to), sizeof to);
  }
  [[nodiscard]] std::uint16_t port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }
  /// What came, and from which port; empty if nothing did for a moment.
  std::string hear(std::uint16_t& from) const {
    pollfd waiting{socket_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, 20) <= 0) return {};
    std::string datagram(65'536, '\0');
    sockaddr_in address{};
    socklen_t size = sizeof address;
    const ssize_t count = ::recvfrom(socket_.get(), datagram.data(), datagram.size(), 0,
                                     reinterpret_cast<sockaddr*>(&address), &size);
    if (count <= 0) return {};
    from = ntohs(address.sin_port);
    datagram.resize(static_cast<std::size_t>(count));
    return datagram;
  }

 private:
  Descriptor socket_;
};

/// Stands between two nodes that have no other way to each other, and keeps what it hands on.
class Between {
 public:
  explicit Between(std::uint16_t node) : node_(node), thread_([this] { run(); }) {}
  ~Between() {
    runs_ = false;
    thread_.join();
  }
  [[nodiscard]] std::uint16_t port() const { return socket_.port(); }
  /// All that the other one has said so far.
  std::vector<std::string> heard() {
    const std::scoped_lock lock(mutex_);
    return heard_;
  }
  void say(const std::string& datagram) const { socket_.say(node_, datagram); }

 private:
  void run() {
    while (runs_) {
      std::uint16_t from = 0;
      const std::string datagram = socket_.hear(from);
      if (datagram.empty()) continue;
      if (from == node_) {
        socket_.say(other_, datagram);
        continue;
      }
      other_ = from;
      socket_.say(node_, datagram);
      const std::scoped_lock lock(mutex_);
      heard_.push_back(datagram);
    }
  }

  const std::uint16_t node_;
  std::uint16_t other_ = 0;
  Stranger socket_;
  std::mutex mutex_;
  std::vector<std::string> heard_;
  std::atomic<bool> runs_ = true;
  std::thread thread_;
};

class Ported : public testing::Test {
 protected:
  NodeConfig config(const std::string& name, std::vector<std::uint16_t> bootstrap_ports = {}) {
    NodeConfig config;
    config.node_id = name;
    config.port = 0;
    config.network_ip = "127.0.0.1";
    config.aes_key = kKey;
    config.credential_dir = dir_ / name;
    config.more["multicast"] = Value::boolean(false);
    for (const std::uint16_t port : bootstrap_ports) {
      config.bootstrap_nodes.push_back({"127.0.0.1", port});
    }
    return config;
  }
  /// What its callbacks tell is in told_: "updated a key value", "joined a", "gone a", "hello a".
  Node& start(const NodeConfig& config) {
    NodeCallbacks callbacks;
    const std::string own = config.node_id + ": ";
    callbacks.updated = [this, own](const Reading& reading) {
      tell(own + "updated " + reading.node + " " + reading.key + " " + text(reading.value));
    };
    callbacks.joined = [this, own](const std::string& node) { tell(own + "joined " + node); };
    callbacks.gone = [this, own](const std::string& node) { tell(own + "gone " + node); };
    callbacks.event = [this](const NodeEvent&) { tell(""); };
    callbacks.message = [this, own, name = config.node_id](const Message& message) {
      tell(own + message.name + " " + message.from + " " + text(message.payload));
      if (message.ask.empty()) return;
      EXPECT_TRUE(nodes_.at(name)->reply(message.ask, Value::text("yes, " + message.from)));
    };
    auto started = Node::start(config, std::move(callbacks));
    EXPECT_TRUE(started) << started.error();
    const std::scoped_lock lock(mutex_);
    auto& node = nodes_[config.node_id];
    node = std::make_unique<Node>(std::move(started).value());
    return *node;
  }
  Node& start(const std::string& name, std::vector<std::uint16_t> bootstrap_ports = {}) {
    return start(config(name, std::move(bootstrap_ports)));
  }

  static std::string text(const Value& value) {
    return std::string(value.as_text().value_or(value.is_null() ? "null" : "?"));
  }
  /// Of another node, or nothing.
  static std::string read(const Node& node, const std::string& of, const std::string& key) {
    const auto reading = node.read(of, key);
    return reading ? text(reading->value) : "";
  }
  /// The names of all live nodes, itself included.
  static std::vector<std::string> peers(const Node& node) {
    std::vector<std::string> names;
    for (const NodeInfo& info : node.nodes()) {
      if (info.state == NodeState::self || info.state == NodeState::live)
        names.push_back(info.name);
    }
    return names;
  }

  void tell(const std::string& what) {
    const std::scoped_lock lock(mutex_);
    told_.push_back(what);
    changed_.notify_all();
  }
  /// Waits for it; the limit is for a test that fails.
  template <typename Condition>
  bool comes(Condition is_so) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!is_so()) {
      std::unique_lock lock(mutex_);
      if (std::chrono::steady_clock::now() > deadline) return false;
      changed_.wait_for(lock, 50ms);
    }
    return true;
  }
  bool was_told(const std::string& what) {
    return comes([&] {
      const std::scoped_lock lock(mutex_);
      return std::ranges::find(told_, what) != told_.end();
    });
  }
  std::ptrdiff_t times_told(const std::string& what) {
    const std::scoped_lock lock(mutex_);
    return std::ranges::count(told_, what);
  }
  bool meet(const std::vector<Node*>& nodes) {
    return comes([&] {
      return std::ranges::all_of(nodes,
                                 [&](Node* one) { return peers(*one).size() == nodes.size(); });
    });
  }

  test::TempDir dir_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> told_;
  std::map<std::string, std::unique_ptr<Node>> nodes_;
};

}  // namespace dsn
