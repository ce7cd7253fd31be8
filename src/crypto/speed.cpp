// SPDX-License-Identifier: Apache-2.0
#include "crypto/speed.hpp"

#include <algorithm>
#include <ctime>

namespace dsn::crypto {
namespace {

constexpr double kShareOfACore = 0.1;

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

}  // namespace

double public_key_operations_per_second(core::CryptoPort& crypto) {
  const ByteView message = as_bytes("how fast is this machine?");
  core::Signature signature{};
  if (!crypto.sign(message, signature)) return 1;
  const double begin = processor_seconds();
  if (!crypto.verify(crypto.public_key(), message, signature)) return 1;
  const double seconds = std::max(processor_seconds() - begin, 1e-6);
  return std::clamp(kShareOfACore / seconds, 1.0, 1000.0);
}

}  // namespace dsn::crypto
