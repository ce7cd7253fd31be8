// SPDX-License-Identifier: Apache-2.0
// Whether a browser means this machine. A page of elsewhere whose name was made to lead here (DNS
// rebinding) names another host.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dsn::web {

class HostCheck {
 public:
  /// `hosts` are further names, besides localhost, addresses, and the machine's host name with and
  /// without `.local`.
  explicit HostCheck(const std::vector<std::string>& hosts);

  /// Whether the header `Host` of a request names this machine; it may have a port.
  [[nodiscard]] bool admits(std::string_view host) const;

 private:
  std::vector<std::string> names_;
};

}  // namespace dsn::web
