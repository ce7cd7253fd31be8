// SPDX-License-Identifier: Apache-2.0
#include "sensor/w1_bus.hpp"

#include <asio/execution_context.hpp>
#include <chrono>
#include <map>
#include <set>
#include <utility>

#include "sensor/attribute.hpp"

namespace dsn::sensor {
namespace {

using Clock = std::chrono::steady_clock;

// What is converted must be read soon: later it says how warm it was. Twenty chips are read within
// a second.
constexpr std::chrono::seconds kFreshFor{3};

}  // namespace

struct W1Buses::State {
  struct Bus {
    std::set<std::string> known;      ///< chips that were read
    std::set<std::string> converted;  ///< and not read since
    Clock::time_point converted_at;
  };
  std::map<std::string, Bus> buses;  ///< by the real path of the master
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
  State::Bus& bus = state_->buses[folder];
  bus.known.insert(id);
  const bool is_fresh = Clock::now() - bus.converted_at < kFreshFor;
  if (bus.converted.erase(id) > 0 && is_fresh) return;
  if (bus.known.size() < 2) return;
  if (!write_attribute(folder + "/therm_bulk_read", "trigger\n")) return;
  bus.converted = bus.known;
  bus.converted.erase(id);
  bus.converted_at = Clock::now();
}

}  // namespace dsn::sensor
