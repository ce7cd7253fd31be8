// SPDX-License-Identifier: Apache-2.0
// What a value is, for readers that show it: the names of Home Assistant's device classes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dsn::inline base {

inline constexpr std::size_t kDeviceClassBytesMax = 32;
/// Decimals to which a value may be said to be rounded.
inline constexpr std::uint32_t kPrecisionMax = 9;

/// 1 to kDeviceClassBytesMax of a-z, 0-9 and '_', a letter first. Home Assistant adds classes with
/// each version, so there is no list.
[[nodiscard]] bool is_device_class(std::string_view text);

}  // namespace dsn::inline base
