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

/// Whether everybody whom the encoded statement puts out is in `by` as well.
bool is_covered(const SignedStatement& statement, const KeyStatement& by) {
  const auto decoded = decode_statement(statement.encoded);
  return !decoded || std::ranges::all_of(decoded->out, [&](const NodeId& id) {
    return std::ranges::find(by.out, id) != by.out.end();
  });
}

wire::KeyMessage key_message(const SignedStatement& statement, const EpochKey& key) {
  return {statement.encoded, statement.signature, statement.authority, key.key.view()};
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

// protocol.md [second-key]
bool Keyring::is_ours(const NetworkId& network) const {
  return std::ranges::any_of(keys_,
                             [&](const KeyHandle& key) { return key->network_id() == network; });
}

KeyHandle Keyring::find(std::uint8_t frame_epoch, ByteView frame, std::uint64_t tag) const {
  for (const KeyHandle& key : keys_) {
    if (key->frame_epoch() != frame_epoch) continue;
    if (key->tag_of(frame) == tag || has_bug(InjectedBug::tag_unchecked)) return key;
  }
  return nullptr;
}

// A node that has no statement of its key shows that too, and gets one. Without an authority the
// second key is shown, so that all know who opens it.
KeyMark Keyring::mark() const {
  if (!contents_.authority) {
    return former().empty() ? KeyMark::none : key_mark(0, hash_in(former().front()->mark()));
  }
  const KeyMark full = current()->mark();
  return has_statement() ? full : key_mark(epoch_of(full), 0);
}

wire::KeyMessage Keyring::message() const {
  return key_message(contents_.statement, contents_.keys.front());
}

std::vector<wire::KeyMessage> Keyring::overtaken_messages() const {
  std::vector<wire::KeyMessage> all;
  for (const OvertakenKey& one : contents_.overtaken) {
    all.push_back(key_message(one.statement, one.key));
  }
  return all;
}

// A statement that is full may leave out who was put out long before.
bool Keyring::may_be_known_outside() const {
  const auto current = decode_statement(contents_.statement.encoded);
  return !contents_.overtaken.empty() &&
         !(current && current->out.size() == wire::kOutPerStatementMax);
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
  const bool newer = std::tie(statement->epoch, statement->key_hash) > std::tie(epoch, hash) ||
                     has_bug(InjectedBug::older_statement_taken);
  const bool takes = newer || (same && !has_statement());
  if (!takes && !has_room_for_out(*statement)) return Verdict::known;
  const auto is_this = [&](const KeyHandle& key) { return key->hash() == statement->key_hash; };
  if (newer && std::ranges::any_of(keys_, is_this)) return Verdict::refused;
  if (std::ranges::find(statement->out, self) != statement->out.end()) return Verdict::refused;
  return takes ? Verdict::taken : Verdict::joined;
}

// protocol.md [out-joined]
bool Keyring::has_room_for_out(const KeyStatement& statement) const {
  if (contents_.out.size() >= kOutMax || has_bug(InjectedBug::overtaken_ignored)) return false;
  return std::ranges::any_of(statement.out, [&](const NodeId& id) {
    return std::ranges::find(contents_.out, id) == contents_.out.end();
  });
}

// protocol.md [key-checked] [out-joined]
Keyring::Verdict Keyring::take(const wire::KeyMessage& message, const NodeId& self) {
  const Verdict verdict = examine(message, self);
  if (verdict != Verdict::taken && verdict != Verdict::joined) return verdict;
  SignedStatement signed_by = signed_statement(message);
  if (!verify_statement(crypto_, signed_by) && !has_bug(InjectedBug::statement_unverified)) {
    return Verdict::forged;
  }
  const KeyStatement statement = decode_statement(message.statement).value();
  add_out(statement.out);
  const EpochKey key{statement.epoch, Secret<16>(message.key.first<wire::kNetworkKeyBytes>())};
  if (verdict == Verdict::joined) {
    keep_overtaken({key, std::move(signed_by)});
    return verdict;
  }
  if (has_statement() && !is_covered(contents_.statement, statement)) {
    keep_overtaken({contents_.keys.front(), std::move(contents_.statement)});
  }
  drop_covered(statement);
  contents_.statement = std::move(signed_by);
  puts_out_ = !statement.out.empty();
  make_current(key, statement);
  return verdict;
}

void Keyring::make_current(const EpochKey& key, const KeyStatement& statement) {
  const KeyOwner owner{contents_.authority, own_session_};
  if (statement.key_hash != current()->hash()) {
    keys_.insert(keys_.begin(), std::make_shared<NetworkKeys>(crypto_, key, owner));
    contents_.keys.insert(contents_.keys.begin(), key);
  }
  const std::size_t kept = statement.drops_former() ? 1 : kNetworkKeysMax;
  keys_.resize(std::min(keys_.size(), kept));
  contents_.keys.resize(std::min(contents_.keys.size(), kept));
}

// protocol.md [out-kept]
void Keyring::add_out(const std::vector<NodeId>& ids) {
  for (const NodeId& id : ids) {
    const bool known = std::ranges::find(contents_.out, id) != contents_.out.end();
    if (!known && contents_.out.size() < kOutMax) contents_.out.push_back(id);
  }
}

// protocol.md [out-overtaken]
void Keyring::keep_overtaken(OvertakenKey key) {
  if (has_bug(InjectedBug::overtaken_ignored)) return;
  contents_.overtaken.push_back(std::move(key));
  if (contents_.overtaken.size() > kOvertakenMax)
    contents_.overtaken.erase(contents_.overtaken.begin());
}

void Keyring::drop_covered(const KeyStatement& statement) {
  std::erase_if(contents_.overtaken,
                [&](const OvertakenKey& one) { return is_covered(one.statement, statement); });
}

}  // namespace dsn::core
