// SPDX-License-Identifier: Apache-2.0
#include "sensor/w1_bus.hpp"

#include <asio/execution_context.hpp>
#include <chrono>
#include <map>
#include <utility>

#include "sensor/attribute.hpp"
#include "sensor/w1_conversions.hpp"

namespace dsn::sensor {
namespace {

Instant now() {
  return Instant(
      std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

}  // namespace

struct W1Buses::State {
  std::map<std::string, W1Conversions> buses;  ///< by the real path of the master
};

class W1Buses::Service : public asio::execution_context::service {
 public:
  static asio::execution_context::id id;  // NOLINT: the name that Asio asks for

  explicit Service(asio::io_context& io)
      : asio::execution_context::service(io), state(std::make_shared<State>()) {}

  const std::shared_ptr<State> state;

 private:
  void shutdown() override {}
};

asio::execution_context::id W1Buses::Service::id;

W1Buses W1Buses::of(asio::io_context& io) { return W1Buses(asio::use_service<Service>(io).state); }

void W1Buses::convert(const std::string& master, const std::string& id) {
  const std::string folder = real_path(master);
  W1Conversions& bus = state_->buses[folder];
  if (!bus.is_due(id, now())) return;
  if (write_attribute(folder + "/therm_bulk_read", "trigger\n")) bus.all_converted(id, now());
}

}  // namespace dsn::sensor
