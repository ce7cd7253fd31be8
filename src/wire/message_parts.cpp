// SPDX-License-Identifier: Apache-2.0
#include "wire/message_parts.hpp"

namespace dsn::wire {
namespace {

// Levels in the unknown elements of later versions; the protocol itself needs fewer.
constexpr std::size_t kProtocolDepthMax = 4;

}  // namespace

void begin_message(CborWriter& out, MessageType type, std::size_t elements) {
  out.array(elements + 1);
  out.uint(static_cast<std::uint64_t>(type));
}

void require_elements(CborReader& in, const MessageStart& start, std::size_t elements) {
  if (start.elements < elements) in.fail();
}

void skip_later_elements(CborReader& in, const MessageStart& start, std::size_t known) {
  for (std::size_t i = known; i < start.elements && in.ok(); ++i) in.item(kProtocolDepthMax);
}

void write_version(CborWriter& out, const StateVersion& version) {
  out.uint(version.incarnation);
  out.uint(version.version);
}

StateVersion read_version(CborReader& in) {
  StateVersion version;
  version.incarnation = static_cast<std::uint32_t>(in.uint_at_most(0xffffffff));
  version.version = in.uint();
  return version;
}

}  // namespace dsn::wire
