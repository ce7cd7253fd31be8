// SPDX-License-Identifier: Apache-2.0
// Goal: any datagram from a stranger is counted and dropped, and its header, if it has one, is read
// as it would be written; what is sealed opens, and not when a bit of it differs; the network tag
// is of the header and the tag.
#include "core/session/frame_codec.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "core/node.hpp"
#include "core/session/keys.hpp"
#include "fuzz/input.hpp"
#include "support/fake_crypto.hpp"

namespace dsn::fuzz {

using namespace core;
using namespace wire;

namespace {

// The tag of the fake is no secret to a fuzzer that watches comparisons, and a stranger has none.
class NoTagMatches : public test::FakeCrypto {
 public:
  using FakeCrypto::FakeCrypto;
  bool open(const AeadKey&, std::span<const std::uint8_t, kAeadNonceBytes>, ByteView, ByteView,
            MutableBytes) override {
    return false;
  }
};

void check_envelope(CryptoPort& crypto, const FrameHeader& header, ByteView datagram) {
  DSN_CHECK(datagram.size() <= kDatagramBytesMax && header.sequence <= kSequenceMax);
  const ByteView text =
      datagram.subspan(header.size(), datagram.size() - header.size() - kFrameTagBytes);
  const AeadKey key{};
  Bytes sealed(datagram.size());
  DSN_CHECK(seal_frame(crypto, key, header, text, sealed) == sealed.size());
  DSN_CHECK(
      std::ranges::equal(ByteView(sealed).first(header.size()), datagram.first(header.size())));
  Bytes buffer(kDatagramBytesMax);
  const auto opened = open_frame(crypto, key, header, sealed, buffer);
  DSN_CHECK(opened && std::ranges::equal(*opened, text));
  sealed[header.size()] ^= 1;
  DSN_CHECK(!open_frame(crypto, key, header, sealed, buffer));
}

// The network tag of a GROUP frame is that of its header and tag, and of nothing else.
void check_network_tag(CryptoPort& crypto, ByteView datagram) {
  const NetworkKeys keys(crypto, Secret<16>());
  Bytes changed(datagram.begin(), datagram.end());
  const std::size_t tag = changed.size() - kNetworkTagBytes - kFrameTagBytes;
  changed[kGroupHeaderBytes] ^= 1;
  changed.back() ^= 1;
  DSN_CHECK(keys.tag_of(changed) == keys.tag_of(datagram));
  changed[tag] ^= 1;
  DSN_CHECK(keys.tag_of(changed) != keys.tag_of(datagram));
  changed[tag] ^= 1;
  changed[0] ^= 1;
  DSN_CHECK(keys.tag_of(changed) != keys.tag_of(datagram));
}

}  // namespace
}  // namespace dsn::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dsn;
  using namespace dsn::fuzz;
  const ByteView datagram(data, size);
  test::FakeCrypto crypto(1);
  if (const auto header = decode_frame_header(datagram)) {
    check_envelope(crypto, *header, datagram);
    if (header->frame_class == FrameClass::group) check_network_tag(crypto, datagram);
  }
  NoTagMatches strangers(1);
  NodeOptions options;
  options.name = "attic";
  options.session = SessionId{0x1111};
  const Instant now{1s};
  Node node(strangers, options, now);
  Effects effects;
  node.start(now, effects);
  effects.clear();
  const Arrival stranger{Endpoint::ipv4({192, 0, 2, 1}, 17373), false, "eth0"};
  node.handle_datagram(now, stranger, datagram, effects);
  // Without the network key nothing is authentic, nothing is answered and nobody is met.
  DSN_CHECK(node.counters()[Counter::frames_in] == 0);
  DSN_CHECK(effects.datagrams().empty() && effects.events().empty());
  DSN_CHECK(node.peers().count() == 0);
  return 0;
}
