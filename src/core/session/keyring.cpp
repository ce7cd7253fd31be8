// SPDX-License-Identifier: Apache-2.0
#include "core/session/keyring.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/check.hpp"
#include "core/common/injected_bugs.hpp"
#include "core/common/limits.hpp"

namespace dsn::core {
namespace {

SignedStatement signed_statement(const wire::KeyMessage& message) {
  SignedStatement statement;
  statement.encoded.assign(message.statement.begin(), message.statement.end());
  std::ranges::copy(message.signature, statement.signature.begin());
  std::ranges::copy(message.authority, statement.authority.begin());
  return statement;
}

}  // namespace

Keyring::Keyring(CryptoPort& crypto, KeyringContents contents, SessionId own_session)
    : crypto_(crypto), contents_(std::move(contents)), own_session_(own_session) {
  DSN_CHECK(!contents_.keys.empty());
  keys_.reserve(kNetworkKeysMax + 1);
  for (const EpochKey& key : contents_.keys) {
    keys_.push_back(
        std::make_shared<NetworkKeys>(crypto_, key, KeyOwner{contents_.authority, own_session_}));
  }
  const auto statement = decode_statement(contents_.statement.encoded);
  puts_out_ = statement && !statement->out.empty();
}

bool Keyring::has_epoch(std::uint8_t frame_epoch) const {
  return std::ranges::any_of(
      keys_, [&](const KeyHandle& key) { return key->frame_epoch() == frame_epoch; });
}

KeyHandle Keyring::find(std::uint8_t frame_epoch, ByteView frame, std::uint64_t tag) const {
  for (const KeyHandle& key : keys_) {
    if (key->frame_epoch() != frame_epoch) continue;
    if (key->tag_of(frame) == tag || has_bug(InjectedBug::tag_unchecked)) return key;
  }
  return nullptr;
}

// A node that has no statement of its key shows that too, and gets one.
KeyMark Keyring::mark() const {
  if (!contents_.authority) return KeyMark::none;
  const KeyMark full = current()->mark();
  return has_statement() ? full : key_mark(epoch_of(full), 0);
}

wire::KeyMessage Keyring::message() const {
  return {contents_.statement.encoded, contents_.statement.signature, contents_.statement.authority,
          contents_.keys.front().key.view()};
}

// protocol.md [out-refused]
bool Keyring::is_out(const NodeId& id) const {
  return std::ranges::find(contents_.out, id) != contents_.out.end() &&
         !has_bug(InjectedBug::out_list_ignored);
}

// protocol.md [key-checked]
Keyring::Verdict Keyring::examine(const wire::KeyMessage& message, const NodeId& self) const {
  if (!contents_.authority || key_hash(crypto_, message.authority) != *contents_.authority) {
    return Verdict::refused;
  }
  const auto statement = decode_statement(message.statement);
  if (!statement || statement->network != network_id() ||
      statement->key_hash != key_hash(crypto_, message.key)) {
    return Verdict::refused;
  }
  const std::uint32_t epoch = contents_.keys.front().epoch;
  const KeyHash& hash = current()->hash();
  const bool same = std::tie(statement->epoch, statement->key_hash) == std::tie(epoch, hash);
  const bool newer = std::tie(statement->epoch, statement->key_hash) > std::tie(epoch, hash);
  if (!newer && !(same && !has_statement())) return Verdict::known;
  const auto is_this = [&](const KeyHandle& key) { return key->hash() == statement->key_hash; };
  if (newer && std::ranges::any_of(keys_, is_this)) return Verdict::refused;
  if (std::ranges::find(statement->out, self) != statement->out.end()) return Verdict::refused;
  return Verdict::taken;
}

// protocol.md [key-checked]
Keyring::Verdict Keyring::take(const wire::KeyMessage& message, const NodeId& self) {
  if (const Verdict verdict = examine(message, self); verdict != Verdict::taken) return verdict;
  SignedStatement signed_by = signed_statement(message);
  if (!verify_statement(crypto_, signed_by) && !has_bug(InjectedBug::statement_unverified)) {
    return Verdict::forged;
  }
  const KeyStatement statement = decode_statement(message.statement).value();
  contents_.statement = std::move(signed_by);
  puts_out_ = !statement.out.empty();
  add_out(statement.out);
  EpochKey key{statement.epoch, Secret<16>(message.key.first<wire::kNetworkKeyBytes>())};
  const KeyOwner owner{contents_.authority, own_session_};
  if (statement.key_hash != current()->hash()) {
    keys_.insert(keys_.begin(), std::make_shared<NetworkKeys>(crypto_, key, owner));
    contents_.keys.insert(contents_.keys.begin(), key);
  }
  const std::size_t kept = statement.drops_former() ? 1 : kNetworkKeysMax;
  keys_.resize(std::min(keys_.size(), kept));
  contents_.keys.resize(std::min(contents_.keys.size(), kept));
  return Verdict::taken;
}

// protocol.md [out-kept]
void Keyring::add_out(const std::vector<NodeId>& ids) {
  for (const NodeId& id : ids) {
    const bool known = std::ranges::find(contents_.out, id) != contents_.out.end();
    if (!known && contents_.out.size() < kOutMax) contents_.out.push_back(id);
  }
}

}  // namespace dsn::core
