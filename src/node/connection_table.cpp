// SPDX-License-Identifier: Apache-2.0
#include "node/connection_table.hpp"

#include <fstream>

namespace dsn::node {
namespace {

std::optional<std::uint64_t> number_in(const std::string& path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  return file >> number ? std::optional(number) : std::nullopt;
}

}  // namespace

std::optional<ConnectionTable> connection_table(const std::string& root) {
  const std::string folder = root + "proc/sys/net/netfilter/";
  const auto count = number_in(folder + "nf_conntrack_count");
  const auto max = number_in(folder + "nf_conntrack_max");
  if (!count || !max) return std::nullopt;
  return ConnectionTable{*count, *max};
}

}  // namespace dsn::node
