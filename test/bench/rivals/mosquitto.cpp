// SPDX-License-Identifier: Apache-2.0
// MQTT through a mosquitto broker. WHERE is its port; HOW is qos0, qos1, or psk-KEY (QoS 1 by TLS).
#include <mosquitto.h>

#include <cstdlib>

#include "rival.hpp"

namespace bench {
namespace {

class Mosquitto final : public Rival {
 public:
  Mosquitto(const Settings& settings, Heard heard)
      : settings_(settings), heard_(std::move(heard)), qos_(settings.how == "qos0" ? 0 : 1) {}

  bool start() override {
    mosquitto_lib_init();
    client_ = mosquitto_new(nullptr, true, this);
    mosquitto_int_option(client_, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_max_inflight_messages_set(client_, 0);
    if (settings_.how.starts_with("psk-")) {
      mosquitto_tls_psk_set(client_, settings_.how.substr(4).c_str(), "bench", nullptr);
    }
    mosquitto_message_callback_set(client_, [](mosquitto*, void* self, const mosquitto_message* m) {
      static_cast<Mosquitto*>(self)->heard_(m->topic, {static_cast<const char*>(m->payload),
                                                       static_cast<std::size_t>(m->payloadlen)});
    });
    mosquitto_connect_callback_set(client_, [](mosquitto*, void* self, int failed) {
      if (failed == 0) static_cast<Mosquitto*>(self)->subscribe();
    });
    const int port = std::atoi(settings_.where.c_str());
    if (mosquitto_connect(client_, "127.0.0.1", port, 60) != MOSQ_ERR_SUCCESS) return false;
    while (!connected_) {
      if (mosquitto_loop(client_, 10, 1) != MOSQ_ERR_SUCCESS) return false;
    }
    return true;
  }
  void publish(std::string_view key, std::string_view value) override {
    mosquitto_publish(client_, nullptr, std::string(key).c_str(), static_cast<int>(value.size()),
                      value.data(), qos_, settings_.hold);
  }
  void pause(std::chrono::nanoseconds time) override {
    const auto end = std::chrono::steady_clock::now() + time;
    while (true) {
      const auto left = end - std::chrono::steady_clock::now();
      if (left <= left.zero()) return;
      const auto whole = static_cast<int>(left / std::chrono::milliseconds(1));
      mosquitto_loop(client_, whole, 1);
      if (whole == 0) return Rival::pause(end - std::chrono::steady_clock::now());
    }
  }
  void turn() override { mosquitto_loop(client_, 0, 1); }

 private:
  void subscribe() {
    connected_ = true;
    if (!settings_.writes()) mosquitto_subscribe(client_, nullptr, "#", qos_);
  }

  const Settings& settings_;
  Heard heard_;
  int qos_;
  mosquitto* client_ = nullptr;
  bool connected_ = false;
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  return bench::run(argc, argv, [](const bench::Settings& settings, bench::Rival::Heard heard) {
    return std::unique_ptr<bench::Rival>(new bench::Mosquitto(settings, std::move(heard)));
  });
}
