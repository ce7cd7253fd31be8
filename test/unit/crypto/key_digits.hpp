// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dsn::test {

/// A network key as its file holds it.
inline constexpr const char* kDigits = "000102030405060708090a0b0c0d0e0f";

}  // namespace dsn::test
