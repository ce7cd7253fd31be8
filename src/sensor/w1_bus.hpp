// SPDX-License-Identifier: Apache-2.0
// One conversion for all thermometers of a 1-wire bus (w1_therm's therm_bulk_read, Linux 5.8), so
// that twenty of them take a second and not fifteen.
#pragma once

#include <asio/io_context.hpp>
#include <memory>
#include <string>

namespace dsn::sensor {

/// The buses of this machine, as the readers of one io_context share them. Only one thread at a
/// time uses them: that of the lane of 1-wire. It may outlive the io_context.
class W1Buses {
 public:
  [[nodiscard]] static W1Buses of(asio::io_context& io);

  /// Before each reading of the chip `id` on the bus that has the folder `master`. If others were
  /// read there before, all convert at once, and the readings of the others that follow within the
  /// next seconds have their numbers already. Waits for the conversion. Where the kernel or its
  /// rights do not allow it, nothing is done, and each chip converts when it is read.
  void convert(const std::string& master, const std::string& id);

 private:
  struct State;
  explicit W1Buses(std::shared_ptr<State> state) : state_(std::move(state)) {}

  class Service;
  std::shared_ptr<State> state_;
};

}  // namespace dsn::sensor
