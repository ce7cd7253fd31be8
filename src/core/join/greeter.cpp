// SPDX-License-Identifier: Apache-2.0
#include "core/join/greeter.hpp"

#include <algorithm>

#include "core/common/injected_bugs.hpp"

namespace dsn::core {
namespace {

constexpr std::size_t kSentKept = 64;

}  // namespace

std::size_t Greeter::answering_count() const {
  const auto answers = [](const Peer* peer) { return !peer->session.is_observer; };
  return 1 + static_cast<std::size_t>(std::ranges::count_if(peers_.members().all(), answers));
}

bool Greeter::knows_us(const Welcome& asker) const {
  const Peer* peer = peers_.find(asker.id);
  return peer != nullptr && peer->session.peer == asker.echo && peer->reachable() &&
         peer->path.proven() == asker.to.at;
}

// Nobody can choose an id that is near to the session of the next newcomer.
bool Greeter::is_nearest(const Welcome& asker) const {
  const auto distance = [&](const NodeId& id) {
    return id.prefix() ^ static_cast<std::uint64_t>(asker.echo);
  };
  return std::ranges::none_of(peers_.members().all(), [&](const Peer* peer) {
    return !peer->session.is_observer && peer->id != asker.id &&
           distance(peer->id) < distance(own_);
  });
}

// protocol.md [welcome-unicast] [welcome-multicast]
void Greeter::answer_hello(const NodeId& id, SessionId session, const Arrival& arrival,
                           const Asker& asker, Instant now, Effects& effects) {
  const Welcome welcome{id, asker, session, now, std::string(arrival.interface_name)};
  if (!arrival.multicast) {
    if (unicast_.take(now)) send(welcome, now, effects);
    return;
  }
  if (knows_us(welcome)) return;
  if (is_nearest(welcome)) return send_to_multicast(welcome, now, effects);
  if (waiting_.size() >= kWelcomesWaitingMax) return;
  // Of a thousand nodes that hear the HELLO, about three answer.
  if (random_.below(std::max<std::uint64_t>(answering_count(), 3)) >= 3) return;
  waiting_.push_back(welcome);
  waiting_.back().due = now + random_.between(Duration(0), kWelcomeDelayMax);
  due_ = std::min(due_, waiting_.back().due);
}

void Greeter::handle_timeout(Instant now, Effects& effects) {
  if (due_ > now) return;
  due_ = kNever;
  std::erase_if(waiting_, [&](const Welcome& welcome) {
    if (welcome.due > now) {
      due_ = std::min(due_, welcome.due);
      return false;
    }
    if (!knows_us(welcome)) send_to_multicast(welcome, now, effects);
    return true;
  });
}

void Greeter::send_to_multicast(const Welcome& welcome, Instant now, Effects& effects) {
  if (!multicast_.take(now)) return;
  send(welcome, now, effects);
  if (sent_.size() >= kSentKept) sent_.pop_front();
  sent_.push_back(welcome);
}

// protocol.md [answer-size] [key-answered]
void Greeter::send(const Welcome& welcome, Instant now, Effects& effects) {
  wire::Hello hello = discovery_.introduction(now);
  hello.echo = static_cast<std::uint64_t>(welcome.echo);
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_hello(out, hello);
  const bool larger = Outbox::group_bytes(out) > welcome.to.bytes_max;
  if (larger && !has_bug(InjectedBug::hello_unpadded)) return;
  outbox_.send_group(welcome.to.at, *welcome.to.key, out, effects);
}

// protocol.md [answer-size]
void Greeter::send_own_head(const StoredHead& head, const Asker& asker, Instant now,
                            Effects& effects) {
  if (!unicast_.take(now)) return;
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_own_head(out, head.view());
  if (Outbox::group_bytes(out) > asker.bytes_max) return;
  outbox_.send_group(asker.at, *asker.key, out, effects);
}

std::optional<std::string_view> Greeter::greeted_on(const Endpoint& address) const {
  const auto found =
      std::ranges::find_if(sent_, [&](const Welcome& welcome) { return welcome.to.at == address; });
  if (found == sent_.end()) return std::nullopt;
  return found->interface_name;
}

}  // namespace dsn::core
