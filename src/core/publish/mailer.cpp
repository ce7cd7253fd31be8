// SPDX-License-Identifier: Apache-2.0
#include "core/publish/mailer.hpp"

#include <algorithm>

namespace dsn::core {
namespace {

// Of a MAIL without its entries and deletions: nine numbers and heads, of which two may be large.
constexpr std::size_t kMailHeadBytesMax = 48;

// The pairs of the map, in as few maps of at most so many bytes as it takes.
std::vector<wire::ChangeMap> split(const wire::ChangeMap& changes, std::size_t bytes_max) {
  std::vector<wire::ChangeMap> maps;
  wire::CborReader in(changes.encoded);
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t count = 0;
  const auto close = [&] { maps.push_back({count, changes.encoded.subspan(begin, end - begin)}); };
  for (std::size_t i = 0; i < changes.count; ++i) {
    wire::next_change(in);
    if (count > 0 && in.offset() - begin > bytes_max) {
      close();
      begin = end;
      count = 0;
    }
    end = in.offset();
    ++count;
  }
  close();
  return maps;
}

}  // namespace

void Mailer::incarnation_raised(Instant now) {
  announce_ = true;
  pump_due_ = now;
}

void Mailer::handle_timeout(Instant now, Effects& effects) {
  if (pump_due_ <= now) pump(now, effects);
}

// protocol.md [mail-once] [mail-round]
void Mailer::begin_round(Instant now) {
  next_round_ = now + pause_;
  announce_ = false;
  order_.clear();
  position_ = 0;
  for (const auto& peer : peers_.all()) {
    if (peer->reachable()) order_.push_back(peer->id);
  }
  random_.shuffle(std::span<NodeId>(order_));
  round_from_ = round_to_;
  round_to_ = self_.state().version();
}

void Mailer::pump(Instant now, Effects& effects) {
  pump_due_ = kNever;
  while (round_under_way() || has_news()) {
    pump_due_ = bucket_.available_at(now);
    if (!round_under_way()) pump_due_ = std::max(pump_due_, next_round_);
    if (pump_due_ > now) return;
    if (!round_under_way()) begin_round(now);
    // Composed anew after each pause: the ages in it refer to the clock that its frames tell.
    compose(now);
    while (round_under_way()) {
      if (!send_to_next(now, effects)) return;
    }
    pump_due_ = kNever;
  }
}

// All parts of an update go out in one call, with one clock.
bool Mailer::send_to_next(Instant now, Effects& effects) {
  const auto frames = static_cast<double>(mails_.size());
  pump_due_ = bucket_.available_at(now, frames);
  if (pump_due_ > now || effects.room() < mails_.size()) return false;
  Peer* peer = peers_.find(order_[position_++]);
  if (peer == nullptr || !peer->reachable() || !bucket_.take(now, frames)) return true;
  const auto sent = [&](const wire::CborWriter& mail) {
    return outbox_.send(*peer, mail, effects);
  };
  if (std::ranges::all_of(mails_, sent)) counters_.add(Counter::updates_out);
  return true;
}

// protocol.md [mail-too-large] [mail-checkpoint]
void Mailer::compose(Instant now) {
  mails_.clear();
  OwnState& state = self_.state();
  if (state.can_update_from(round_from_)) {
    wire::Update update = state.changes_since(round_from_, now);
    update.incarnation = self_.raised_incarnation();
    const StateVersion from{self_.version().incarnation, round_from_};
    update.flags = self_.signed_version() == from ? 1 : 0;
    if (encode(update) || encode_parts(update)) return;
    mails_.clear();
  }
  // Too much to be sent to everybody: say that there is news, and let each peer pull at its own
  // moment.
  wire::Update update;
  update.incarnation = self_.raised_incarnation();
  update.from = update.to = state.version();
  encode(update);
}

bool Mailer::encode(const wire::Update& update) {
  const std::size_t index = mails_.size();
  if (index == buffers_.size()) buffers_.emplace_back(wire::kPlaintextBytesMax);
  wire::CborWriter& mail = mails_.emplace_back(buffers_[index]);
  wire::encode_update(mail, wire::MessageType::mail, update);
  if (!mail.ok()) mails_.pop_back();
  return index < mails_.size();
}

// protocol.md [mail-parts]
bool Mailer::encode_parts(const wire::Update& update) {
  const std::size_t taken = kMailHeadBytesMax + update.deleted.encoded.size();
  if (taken > wire::kPlaintextBytesMax / 2) return false;
  const auto maps = split(update.entries, wire::kPlaintextBytesMax - taken);
  if (maps.size() > wire::kMailPartsMax) return false;
  for (std::size_t i = 0; i < maps.size(); ++i) {
    wire::Update part = update;
    part.entries = maps[i];
    part.part = i;
    part.parts = maps.size();
    if (i > 0) part.deleted = {};
    if (!encode(part)) return false;
  }
  return true;
}

}  // namespace dsn::core
