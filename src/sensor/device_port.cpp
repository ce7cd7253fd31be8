// SPDX-License-Identifier: Apache-2.0
#include "sensor/device_port.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <cerrno>

namespace dsn::sensor {
namespace {

class KernelDevices : public DevicePort {
 public:
  int open(const std::string& path) override {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    return descriptor >= 0 ? descriptor : -errno;
  }
  int control(int descriptor, unsigned long request, void* argument) override {
    const int answer = ioctl(descriptor, request, argument);
    return answer >= 0 ? answer : -errno;
  }
};

}  // namespace

std::shared_ptr<DevicePort> kernel_devices() { return std::make_shared<KernelDevices>(); }

}  // namespace dsn::sensor
