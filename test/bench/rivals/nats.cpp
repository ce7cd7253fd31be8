// SPDX-License-Identifier: Apache-2.0
// NATS core through a nats-server, whose port is WHERE. It keeps no state, so nobody can join into
// it.
#include <nats/nats.h>

#include "rival.hpp"

namespace bench {
namespace {

class Nats final : public Rival {
 public:
  Nats(const Settings& settings, Heard heard) : settings_(settings), heard_(std::move(heard)) {}

  bool start() override {
    at_once_ = connect(true);
    in_batches_ = settings_.writes() ? connect(false) : nullptr;
    if (at_once_ == nullptr) return false;
    if (settings_.writes()) return in_batches_ != nullptr;
    natsSubscription* subscription = nullptr;
    const auto hear = [](natsConnection*, natsSubscription*, natsMsg* message, void* self) {
      std::string key = natsMsg_GetSubject(message);
      key[key.find('.')] = '/';
      static_cast<Nats*>(self)->heard_(
          key,
          {natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))});
      natsMsg_Destroy(message);
    };
    if (natsConnection_Subscribe(&subscription, at_once_, ">", hear, this) != NATS_OK) return false;
    // Whoever is slow loses nothing of what it was sent before the server cuts it off.
    natsSubscription_SetPendingLimits(subscription, -1, -1);
    return true;
  }
  void publish(std::string_view key, std::string_view value) override {
    std::string subject(key);
    subject[subject.find('/')] = '.';  // what separates the words of a subject
    natsConnection_Publish(floods_ ? in_batches_ : at_once_, subject.c_str(), value.data(),
                           static_cast<int>(value.size()));
  }
  void begin_flood() override { floods_ = true; }

 private:
  natsConnection* connect(bool at_once) {
    natsOptions* options = nullptr;
    natsOptions_Create(&options);
    natsOptions_SetURL(options, ("nats://127.0.0.1:" + settings_.where).c_str());
    natsOptions_SetSendAsap(options, at_once);
    natsConnection* connection = nullptr;
    natsConnection_Connect(&connection, options);
    natsOptions_Destroy(options);
    return connection;
  }

  const Settings& settings_;
  Heard heard_;
  natsConnection* at_once_ = nullptr;
  natsConnection* in_batches_ = nullptr;
  bool floods_ = false;
};

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  return bench::run(argc, argv, [](const bench::Settings& settings, bench::Rival::Heard heard) {
    return std::unique_ptr<bench::Rival>(new bench::Nats(settings, std::move(heard)));
  });
}
