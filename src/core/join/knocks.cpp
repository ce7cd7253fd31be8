// SPDX-License-Identifier: Apache-2.0
#include "core/join/knocks.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/common/injected_bugs.hpp"

namespace dsn::core {
namespace {

// protocol.md [knock]
constexpr Duration kKnockInterval = 300ms;
constexpr Duration kKnockLifetime = 10s;
// RUN with the longest name, and what seals it.
constexpr std::size_t kKnockFrameBytesMax = 160;

}  // namespace

bool Knocks::is_under_way(const NodeId& id, SessionId session, const Endpoint& to) const {
  return std::ranges::any_of(knocks_, [&](const Pending& knock) {
    return knock.id == id && knock.session.peer == session && knock.to == to;
  });
}

void Knocks::begin(Pending knock, std::size_t bytes, Instant now) {
  make_room(knock.id);
  // protocol.md [knock-size]
  knock.bytes_left = kMovedBytesFactor * bytes;
  knock.due = now;
  knock.expires = now + kKnockLifetime;
  due_ = now;
  knocks_.push_back(std::move(knock));
}

// Whoever gives way is drawn by lot, so that nobody can push out a certain one.
// protocol.md [knock-room]
void Knocks::make_room(const NodeId& id) {
  std::vector<std::size_t> may_go;
  for (std::size_t i = 0; i < knocks_.size(); ++i) {
    if (knocks_[i].id == id) may_go.push_back(i);
  }
  if (may_go.size() < kKnocksPerNodeMax) {
    if (knocks_.size() < kKnocksMax) return;
    may_go.clear();
    for (std::size_t i = 0; i < knocks_.size(); ++i) {
      if (peers_.find(knocks_[i].id) == nullptr) may_go.push_back(i);
    }
  }
  const std::size_t index =
      may_go.empty() ? random_.below(knocks_.size()) : may_go[random_.below(may_go.size())];
  knocks_.erase(knocks_.begin() + static_cast<std::ptrdiff_t>(index));
}

const ProposedSession* Knocks::find_label(std::uint64_t label) const {
  const auto found = std::ranges::find_if(knocks_, [&](const Pending& knock) {
    return !knock.is_move && knock.session.receive.label == label;
  });
  return found == knocks_.end() ? nullptr : &*found;
}

const SharedSecret* Knocks::secret_of(const NodeId& id) const {
  const auto found = std::ranges::find_if(
      knocks_, [&](const Pending& knock) { return knock.id == id && !knock.is_move; });
  return found == knocks_.end() ? nullptr : &found->secret;
}

void Knocks::accepted(const NodeId& id) {
  std::erase_if(knocks_, [&](const Pending& knock) { return knock.id == id; });
}

void Knocks::handle_timeout(Instant now, Effects& effects) {
  if (due_ > now) return;
  due_ = kNever;
  std::erase_if(knocks_, [&](const Pending& knock) { return knock.expires <= now; });
  for (Pending& knock : knocks_) {
    if (knock.due <= now) {
      // A full call is no reason to give up.
      const bool goes_on = effects.full() || send(knock, now, effects);
      knock.due = goes_on ? now + kKnockInterval : kNever;
    }
    due_ = std::min({due_, knock.due, knock.expires});
  }
}

// It goes in a KNOCK, so that it counts whichever of the two arrives first.
// protocol.md [bye-knocked]
bool Knocks::say_bye(const wire::Bye& bye, Instant now, Effects& effects) {
  for (Pending& knock : knocks_) {
    if (!knock.is_said || knock.is_move) continue;
    if (effects.full()) return false;
    send(knock, now, effects, &bye);
    knock.is_said = false;
  }
  return true;
}

// False when no more may be sent.
bool Knocks::send(Pending& knock, Instant now, Effects& effects, const wire::Bye* bye) {
  Peer* peer = peers_.find(knock.id);
  if (knock.is_move) {
    const bool current = peer != nullptr && peer->session.peer == knock.session.peer;
    if (!current || peer->answers_at(knock.to, now)) return false;
  }
  std::array<std::uint8_t, kKnockFrameBytesMax> plain;
  wire::CborWriter run(plain);
  wire::encode_run(run, self_.run());
  if (bye != nullptr) wire::encode_bye(run, *bye);
  std::array<std::uint8_t, kKnockFrameBytesMax> frame;
  Session& session = knock.is_move ? peer->session : knock.session;
  const std::size_t size = outbox_.seal_pair(session, run.written(), frame);
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_knock(out, {self_.public_key(), static_cast<std::uint64_t>(session.peer),
                           ByteView(frame).first(size)});
  const std::size_t bytes = Outbox::group_bytes(out);
  if (has_bug(InjectedBug::knocks_unbounded)) knock.bytes_left = bytes;
  if (size == 0 || bytes > knock.bytes_left) return false;
  knock.bytes_left -= bytes;
  knock.is_said = true;
  return outbox_.send_group(knock.to, *knock.network_key, out, effects);
}

}  // namespace dsn::core
