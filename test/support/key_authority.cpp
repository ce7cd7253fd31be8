// SPDX-License-Identifier: Apache-2.0
#include "support/key_authority.hpp"

#include <utility>

#include "base/big_endian.hpp"
#include "support/fake_crypto.hpp"

namespace dsn::test {

using namespace core;

KeyAuthority::KeyAuthority() : KeyAuthority(std::make_unique<FakeCrypto>(0xa0'7408'1171)) {}

KeyringContents KeyAuthority::invite(const EpochKey& key) {
  KeyringContents contents;
  contents.authority = key_hash(*crypto_, crypto_->public_key());
  contents.keys = {key};
  return contents;
}

KeyRotation KeyAuthority::rotation(std::uint32_t epoch, std::vector<NodeId> out,
                                   std::uint64_t flags) {
  KeyRotation made;
  made.key.epoch = epoch;
  put_big_endian(made.key.key.mutable_view().first<8>(), 0x5ec2'e700 + ++keys_made_);
  KeyStatement statement;
  statement.network = NetworkKeys(*crypto_, made.key, {invite({}).authority, {}}).network_id();
  statement.epoch = epoch;
  statement.key_hash = key_hash(*crypto_, made.key.key.view());
  statement.out = std::move(out);
  statement.flags = flags;
  made.statement = sign_statement(*crypto_, statement).value();
  return made;
}

KeyRotation KeyAuthority::forged(std::uint32_t epoch) {
  KeyRotation made = rotation(epoch);
  made.statement.signature[10] ^= 1;
  return made;
}

KeyMark KeyAuthority::mark_of(const EpochKey& key) { return NetworkKeys(*crypto_, key, {}).mark(); }

}  // namespace dsn::test
