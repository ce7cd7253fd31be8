// SPDX-License-Identifier: Apache-2.0
// How fast this machine is.
#pragma once

#include "core/session/crypto_port.hpp"

namespace dsn::crypto {

/// How many ECDHs or verifications fit into a tenth of one core's time, from 1 to 1000 in a second.
/// Measures one verification, which takes 1 ms on a PC and 20 ms on the smallest boards.
[[nodiscard]] double public_key_operations_per_second(core::CryptoPort& crypto);

}  // namespace dsn::crypto
