// SPDX-License-Identifier: Apache-2.0
#include "cli/setup/network_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/session/keys.hpp"
#include "crypto/psa_crypto.hpp"

namespace dsn::cli {
namespace {

NetworkRemark of_other_networks(const std::vector<Neighbour>& others) {
  const auto of_first = std::ranges::count(others, others.front().network, &Neighbour::network);
  const bool one = static_cast<std::size_t>(of_first) == others.size();
  return {fmt::format("there {} here already ({})", one ? "is a DSN network" : "are DSN networks",
                      addresses_text(others)),
          ""};
}

NetworkRemark of_nobody() {
  return {
      "no node of it answers here now; this one finds them when they are there.\n"
      "          If they are on: 'dsn status' says why not, once the agent runs",
      ""};
}

NetworkRemark of_taken_name(const Neighbour& holder, const std::string& name) {
  return {fmt::format("{} is the name of the node at {} already; another one: --name", name,
                      holder.address),
          "Take it all the same?"};
}

}  // namespace

std::vector<NetworkRemark> check_network(const Neighbours& neighbours,
                                         const std::optional<crypto::NetworkAccess>& key,
                                         const std::string& name) {
  if (!key) {
    if (neighbours.found.empty()) return {};
    NetworkRemark remark = of_other_networks(neighbours.found);
    remark.text += "; to join it: sudo dsn join";
    remark.question = "Make another one?";
    return {remark};
  }
  Result<crypto::Identity> identity = crypto::create_identity();
  if (!identity) return {};
  crypto::PsaCrypto crypto(std::move(*identity));
  const core::NetworkKeys keys(crypto, key->key, {key->authority, {}});
  std::vector<Neighbour> members;
  std::vector<Neighbour> others;
  std::ranges::partition_copy(
      neighbours.found, std::back_inserter(members), std::back_inserter(others),
      [&](const Neighbour& one) { return one.network == keys.network_id(); });
  std::vector<NetworkRemark> remarks;
  if (members.empty()) remarks.push_back(of_nobody());
  if (members.empty() && !others.empty()) remarks.push_back(of_other_networks(others));
  const std::uint64_t mark = keys.name_mark(neighbours.nonce, name);
  const auto holder = std::ranges::find_if(
      members, [&](const Neighbour& one) { return one.name_mark == mark && !one.is_here; });
  if (holder != members.end()) remarks.push_back(of_taken_name(*holder, name));
  return remarks;
}

}  // namespace dsn::cli
