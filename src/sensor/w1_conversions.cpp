// SPDX-License-Identifier: Apache-2.0
#include "sensor/w1_conversions.hpp"

namespace dsn::sensor {

bool W1Conversions::is_due(const std::string& id, Instant now) {
  known_.insert(id);
  const bool is_first = read_.insert(id).second;
  if (is_first && now - converted_ < kFreshFor) return false;
  return known_.size() > 1;
}

void W1Conversions::all_converted(const std::string& id, Instant now) {
  read_ = {id};
  converted_ = now;
}

}  // namespace dsn::sensor
