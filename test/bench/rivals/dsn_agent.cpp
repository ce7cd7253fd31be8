// SPDX-License-Identifier: Apache-2.0
// DSN through its agents: a program at each node's agent. WHERE is the folder of their sockets.
#include <cstdio>
#include <optional>

#include "dsn/client.hpp"
#include "rival.hpp"

namespace bench {
namespace {

class DsnAgent final : public Rival {
 public:
  DsnAgent(const Settings& settings, Heard heard) : settings_(settings), heard_(std::move(heard)) {}

  bool start() override {
    const std::string socket =
        settings_.where + "/node" + std::to_string(settings_.index) + ".sock";
    auto client = dsn::Client::connect(socket);
    if (!client) {
      std::fprintf(stderr, "dsn agent: %s\n", client.error().c_str());
      return false;
    }
    client_.emplace(std::move(*client));
    name_ = "node" + std::to_string(settings_.index);
    if (settings_.writes()) return true;
    return bool{client_->subscribe()};
  }
  void publish(std::string_view key, std::string_view value) override {
    const auto set = client_->set({{.key = std::string(key), .value = dsn::Value::text(value)}});
    if (!set) std::fprintf(stderr, "dsn agent: %s\n", set.error().c_str());
  }
  void pause(std::chrono::nanoseconds time) override {
    if (settings_.writes()) return Rival::pause(time);
    const auto event =
        client_->next_event(std::chrono::duration_cast<std::chrono::milliseconds>(time));
    if (!event || !event->has_value() || !(*event)->reading) return;
    const dsn::Reading& reading = *(*event)->reading;
    if (reading.node == name_) return;
    if (const auto text = reading.value.as_text()) heard_(reading.key, *text);
  }

 private:
  const Settings& settings_;
  Heard heard_;
  std::string name_;
  std::optional<dsn::Client> client_;
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  return bench::run(argc, argv, [](const bench::Settings& settings, bench::Rival::Heard heard) {
    return std::unique_ptr<bench::Rival>(new bench::DsnAgent(settings, std::move(heard)));
  });
}
