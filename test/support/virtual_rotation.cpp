// SPDX-License-Identifier: Apache-2.0
// The operators of a virtual network who replace its key.
#include <utility>

#include "support/virtual_network.hpp"

namespace dsn::test {

Keyring::Verdict VirtualNetwork::rotate(std::size_t index, std::vector<NodeId> out,
                                        std::uint64_t flags) {
  const std::uint32_t epoch = epoch_of(node(index).keyring().current()->mark());
  return rotate(index, authority.rotation(epoch + 1, std::move(out), flags));
}

Keyring::Verdict VirtualNetwork::rotate(std::size_t index, const KeyRotation& rotation) {
  effects_.clear();
  const Keyring::Verdict verdict =
      machines_[index].node->rotate(now(index), rotation.message(), effects_);
  drain(index);
  return verdict;
}

}  // namespace dsn::test
