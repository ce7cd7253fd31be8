// SPDX-License-Identifier: Apache-2.0
#include "sensor/device_port.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

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

Descriptor::~Descriptor() {
  if (descriptor_ >= 0) close(descriptor_);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

int Descriptor::release() { return std::exchange(descriptor_, -1); }

}  // namespace dsn::sensor
