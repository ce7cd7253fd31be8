// SPDX-License-Identifier: Apache-2.0
#include "crypto/entropy.hpp"

#include <psa/crypto.h>
#include <sys/random.h>

#include <cerrno>

#include "base/check.hpp"

namespace dsn::crypto {

bool entropy_ready() {
  std::uint8_t probe = 0;
  // Only EAGAIN means unseeded. On a kernel without the call the library has other sources.
  return ::getrandom(&probe, sizeof probe, GRND_NONBLOCK) >= 0 || errno != EAGAIN;
}

Result<void> initialise_crypto() {
  if (!entropy_ready()) {
    return Error{"the kernel's random generator is not seeded yet: keys must wait for it"};
  }
  const psa_status_t status = psa_crypto_init();
  if (status == PSA_SUCCESS) return {};
  return Error{"cannot start mbed TLS: psa_crypto_init failed with status " +
               std::to_string(status)};
}

void random_bytes(MutableBytes output) {
  DSN_CHECK(psa_generate_random(output.data(), output.size()) == PSA_SUCCESS);
}

}  // namespace dsn::crypto
