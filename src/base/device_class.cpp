// SPDX-License-Identifier: Apache-2.0
#include "base/device_class.hpp"

#include <algorithm>

namespace dsn::inline base {

bool is_device_class(std::string_view text) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto fits = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && text.size() <= kDeviceClassBytesMax && is_letter(text.front()) &&
         std::ranges::all_of(text, fits);
}

}  // namespace dsn::inline base
