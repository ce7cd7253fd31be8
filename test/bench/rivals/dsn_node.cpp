// SPDX-License-Identifier: Apache-2.0
// DSN as a library: a dsn::Node on the io_context of its process. WHERE is the configuration file.
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <cstdio>
#include <optional>

#include "dsn/node.hpp"
#include "rival.hpp"

namespace bench {
namespace {

class DsnNode final : public Rival {
 public:
  DsnNode(const Settings& settings, Heard heard) : settings_(settings), heard_(std::move(heard)) {}

  bool start() override {
    dsn::NodeConfig config;
    config.file = settings_.where;
    config.node_id = "node" + std::to_string(settings_.index);
    config.credential_dir = settings_.where + "." + std::to_string(settings_.index);
    dsn::NodeCallbacks callbacks;
    callbacks.updated = [this](const dsn::Reading& reading) {
      if (reading.node == name_) return;
      if (const auto text = reading.value.as_text()) heard_(reading.key, *text);
    };
    name_ = config.node_id;
    auto node = dsn::Node::start(io_, config, callbacks);
    if (!node) std::fprintf(stderr, "dsn: %s\n", node.error().c_str());
    if (node) node_.emplace(std::move(*node));
    return node_.has_value();
  }
  void publish(std::string_view key, std::string_view value) override {
    const auto set = node_->set(std::string(key), dsn::Value::text(value));
    if (!set) std::fprintf(stderr, "dsn: %s\n", set.error().c_str());
  }
  void pause(std::chrono::nanoseconds time) override {
    if (settings_.writes() || settings_.hold) {
      io_.run_for(time);
    } else {
      io_.run();
    }
  }
  void turn() override { io_.poll(); }

 private:
  const Settings& settings_;
  Heard heard_;
  std::string name_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  std::optional<dsn::Node> node_;
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  return bench::run(argc, argv, [](const bench::Settings& settings, bench::Rival::Heard heard) {
    return std::unique_ptr<bench::Rival>(new bench::DsnNode(settings, std::move(heard)));
  });
}
