// SPDX-License-Identifier: Apache-2.0
#include "core/session/pair_opener.hpp"

#include <gtest/gtest.h>

#include "support/fake_crypto.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

class PairOpenerTest : public testing::Test {
 protected:
  PairOpenerTest() { session_.receive.label = 77; }
  Bytes seal(std::uint64_t sequence, std::uint64_t label = 77) {
    Bytes datagram(kDatagramBytesMax);
    const FrameHeader header{FrameClass::pair, kFirstKeyEpoch, sequence, label};
    datagram.resize(seal_frame(crypto_, session_.receive.key, header, as_bytes("hello"), datagram));
    return datagram;
  }
  bool opens(ByteView frame) {
    return opener_.open(session_, *decode_frame_header(frame), frame).has_value();
  }

  FakeCrypto crypto_{1};
  Counters counters_;
  Session session_;
  PairOpener opener_{crypto_, counters_};
};

// protocol.md [drop-replay]
TEST_F(PairOpenerTest, OpensAFrameUntilItIsTaken) {
  const Bytes frame = seal(5);
  EXPECT_TRUE(opens(frame));
  EXPECT_TRUE(opens(frame)) << "it marks nothing by itself";
  session_.accept(5);
  EXPECT_FALSE(opens(frame));
  EXPECT_EQ(counters_[Counter::drop_replayed], 1U);
  EXPECT_TRUE(opens(seal(6)));
}

TEST_F(PairOpenerTest, OpensNothingOfASessionThatHasEnded) {
  session_.ended = true;
  EXPECT_FALSE(opens(seal(5)));
  EXPECT_EQ(counters_[Counter::drop_replayed], 1U);
}

// protocol.md [drop-forged]
TEST_F(PairOpenerTest, OpensNothingThatIsAlteredOrHasAnotherLabel) {
  Bytes altered = seal(5);
  altered.back() ^= 1;
  EXPECT_FALSE(opens(altered));
  EXPECT_FALSE(opens(seal(5, 78)));
  EXPECT_EQ(counters_[Counter::drop_forged], 2U);
}

}  // namespace

}  // namespace dsn::test
