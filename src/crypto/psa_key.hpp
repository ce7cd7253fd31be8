// SPDX-License-Identifier: Apache-2.0
// A key in a slot of PSA. For the sources of this folder only, because it includes PSA.
#pragma once

#include <psa/crypto.h>

#include "base/bytes.hpp"

namespace dsn::crypto {

struct PsaKeyUse {
  psa_key_type_t type;
  psa_key_usage_t usage;
  psa_algorithm_t algorithm;
};

inline psa_key_attributes_t psa_attributes(const PsaKeyUse& use) {
  psa_key_attributes_t attributes = psa_key_attributes_init();
  psa_set_key_type(&attributes, use.type);
  psa_set_key_usage_flags(&attributes, use.usage);
  psa_set_key_algorithm(&attributes, use.algorithm);
  return attributes;
}

/// A key in one of PSA's slots for as long as this object lives. No key is kept between operations,
/// because Debian's mbedTLS 2.28 has 32 slots, too few for a hundred peers.
class PsaKey {
 public:
  PsaKey(const PsaKeyUse& use, ByteView material) {
    const psa_key_attributes_t attributes = psa_attributes(use);
    status_ = psa_import_key(&attributes, material.data(), material.size(), &id_);
  }
  PsaKey(const PsaKey&) = delete;
  PsaKey& operator=(const PsaKey&) = delete;
  /// After a failed import it destroys the null key, which does nothing.
  ~PsaKey() { psa_destroy_key(id_); }

  [[nodiscard]] bool valid() const { return status_ == PSA_SUCCESS; }
  [[nodiscard]] mbedtls_svc_key_id_t id() const { return id_; }

 private:
  mbedtls_svc_key_id_t id_{};
  psa_status_t status_ = PSA_ERROR_BAD_STATE;
};

}  // namespace dsn::crypto
