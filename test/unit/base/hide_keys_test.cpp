// SPDX-License-Identifier: Apache-2.0
#include "base/hide_keys.hpp"

#include <gtest/gtest.h>

namespace dsn::test {
namespace {

constexpr char kHidden[] = "... (looks like a key, so it is not shown)";

TEST(HideKeys, ShowsNoKeyInAnyForm) {
  for (const std::string key :
       {"DSN1-XZSB-0F3K-9QRT-22WM-ABCD-EFGH-JKMN-PQRS", "dsn1-xzsb-0f3k-9qrt-22wm-abcd-efgh",
        "DSN1XZSB0F3K9QRT22WMABCDEFGHJKMNPQRS", "XZSB-0F3K-9QRT-22WM-ABCD-EFGH-JKMN-PQRS",
        "00112233445566778899aabbccddeeff", "00112233445566778899AABBCCDDEEFF0011",
        "0011223344556677"}) {
    EXPECT_TRUE(looks_like_key(key)) << key;
    EXPECT_EQ(hide_keys("not expected: " + key), std::string("not expected: ") + kHidden);
    EXPECT_EQ(hide_keys("'" + key + "': no"), std::string("'") + kHidden + "': no");
    EXPECT_EQ(hide_keys("cannot open /etc/dsn/" + key + "/x"),
              std::string("cannot open /etc/dsn/") + kHidden + "/x");
    EXPECT_EQ(hide_keys("--name=" + key), std::string("--name=") + kHidden);
  }
}

TEST(HideKeys, LeavesOtherWords) {
  for (const std::string_view text :
       {"", "no node 'attic~9ea6'; known: attic cellar", "DSN1-", "dsn1-garage-north",
        "/etc/dsn/keys/k1.key", "2b1e6c4e-9a1c-4c53-8f7e-1c0f5d1f9b7a", "door-left-rear-lock",
        "28-00000a1b2c9e: CRC NO (3 of last 5)"}) {
    EXPECT_EQ(hide_keys(text), text);
  }
}

}  // namespace
}  // namespace dsn::test
