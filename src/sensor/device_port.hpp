// SPDX-License-Identifier: Apache-2.0
// The system calls on devices that are no files, so that tests can stand in for the kernel.
#pragma once

#include <memory>
#include <string>

namespace dsn::sensor {

/// Each call answers what the system call does, but -errno where it failed. It is used from the
/// loop and from threads of the worker.
class DevicePort {
 public:
  virtual ~DevicePort() = default;
  /// A descriptor that is closed on exec, for reading and writing.
  virtual int open(const std::string& path) = 0;
  virtual int control(int descriptor, unsigned long request, void* argument) = 0;
};

[[nodiscard]] std::shared_ptr<DevicePort> kernel_devices();

}  // namespace dsn::sensor
