// SPDX-License-Identifier: Apache-2.0
// The system calls on devices, so that tests can stand in for the kernel.
#pragma once

#include <memory>
#include <string>

namespace dsn::sensor {

/// Each call returns what the system call returns, or -errno if it failed. The loop and threads of
/// the worker use it.
class DevicePort {
 public:
  virtual ~DevicePort() = default;
  /// A descriptor that is closed on exec, for reading and writing.
  virtual int open(const std::string& path) = 0;
  virtual int control(int descriptor, unsigned long request, void* argument) = 0;
};

[[nodiscard]] std::shared_ptr<DevicePort> kernel_devices();

}  // namespace dsn::sensor
