// SPDX-License-Identifier: Apache-2.0
#include "core/join/call_answerer.hpp"

#include <algorithm>

#include "wire/call.hpp"

namespace dsn::core {

// protocol.md [call-answered] [call-cheap]
bool CallAnswerer::answer(ByteView datagram, const Endpoint& from, Instant now, Effects& effects) {
  const auto nonce = wire::decode_call(datagram);
  if (!nonce) return false;
  if (self_.is_observer() || !links_.is_on_link(from) || !answers_.take(now)) return true;
  const MutableBytes room = effects.reserve();
  if (room.empty()) return true;
  const auto bytes =
      wire::encode_call_answer({.nonce = *nonce,
                                .network = keys_.network_id(),
                                .name_mark = keys_.current()->name_mark(*nonce, self_.name())});
  std::ranges::copy(bytes, room.begin());
  effects.commit(from, bytes.size());
  return true;
}

}  // namespace dsn::core
