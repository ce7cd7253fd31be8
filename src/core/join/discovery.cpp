// SPDX-License-Identifier: Apache-2.0
#include "core/join/discovery.hpp"

#include <algorithm>

#include "core/common/injected_bugs.hpp"

namespace dsn::core {
namespace {

// A name may stand for several addresses (IPv4, IPv6, aliases); more than these are not tried.
constexpr std::size_t kAddressesPerBootstrapMax = 8;

}  // namespace

void Discovery::start(Instant now, std::size_t bootstrap_count) {
  begin_interval(now, kTrickleMin);
  // Not at the very moment in which a whole house gets its power back.
  trickle_due_ = now + random_.between(Duration(0), kFirstHelloDelayMax);
  set_bootstraps(bootstrap_count, now);
}

void Discovery::set_bootstraps(std::size_t count, Instant now) {
  bootstraps_.assign(count, Bootstrap{kContactBackoffMin, now});
  bootstrap_addresses_.clear();
  if (count > 0) contacts_due_ = now;
}

void Discovery::network_changed(Instant now) {
  // Changes may come faster than HELLOs: they must not put off the one that is due.
  const Instant due = trickle_due_;
  begin_interval(now, kTrickleMin);
  trickle_due_ = std::min(trickle_due_, due);
  for (auto& [endpoint, contact] : contacts_) contact.due = now, contact.pause = kContactBackoffMin;
  for (Bootstrap& bootstrap : bootstraps_) bootstrap = {kContactBackoffMin, now};
  hearsay_.retry(now);
  contacts_due_ = now;
}

void Discovery::announce(Instant now) {
  network_changed(now);
  trickle_due_ = now;
}

void Discovery::say_hello(Instant now) {
  trickle_due_ = now;
  heard_consistent_ = 0;
}

// protocol.md [trickle]
void Discovery::begin_interval(Instant now, Duration length) {
  interval_ = length;
  heard_consistent_ = 0;
  trickle_due_ = now + random_.between(length / 2, length);
  interval_end_ = now + length;
}

// The first one who has heard nothing for long enough speaks, and all others begin to count anew.
// protocol.md [hello-at-rest]
void Discovery::rest() {
  interval_end_ = kNever;
  heard_consistent_ = 0;
  trickle_due_ = last_consistent_ + random_.between(kRestMin, kRestMax);
}

// RFC 6206, section 4.2, step 6.
void Discovery::reset_trickle(Instant now) {
  if (interval_ > kTrickleMin) begin_interval(now, kTrickleMin);
}

void Discovery::note_membership(std::uint64_t sum, bool multicast, Instant now) {
  if (sum != membership().sum) return reset_trickle(now);
  if (!multicast) return;
  ++heard_consistent_;
  last_consistent_ = now;
  if (is_at_rest()) rest();
}

void Discovery::membership_changed(Instant now) { reset_trickle(now); }

Membership Discovery::membership() const {
  const Membership& others = peers_.members().membership();
  return {others.sum + own_hash_, others.count + 1};
}

// protocol.md [contact-limit]
void Discovery::add_contact(const Endpoint& endpoint, Rung rung, const std::string& via,
                            unsigned tries, Instant now) {
  if (endpoint.port == 0 || peers_.members().any_at(endpoint)) return;
  if (contacts_.size() >= kContactsMax && !contacts_.contains(endpoint)) return;
  Contact& contact = contacts_[endpoint];
  if (contact.tries_left > 0) {  // being tried already, but perhaps not for long enough
    contact.tries_left = std::max(contact.tries_left, tries);
    return;
  }
  contact = {rung, via, tries, kContactBackoffMin, now, false};
  contacts_due_ = std::min(contacts_due_, now);
}

// protocol.md [silent-greeted]
void Discovery::call_member(const Endpoint& endpoint, Instant now) {
  if (endpoint.port == 0 || contacts_.size() >= kContactsMax || contacts_.contains(endpoint))
    return;
  contacts_[endpoint] = {Rung::remembered, "", 1, kContactBackoffMin, now, true};
  contacts_due_ = now;
}

std::optional<Discovery::ContactSource> Discovery::origin_of(const Endpoint& endpoint) const {
  if (const auto found = bootstrap_addresses_.find(endpoint); found != bootstrap_addresses_.end()) {
    return found->second.source;
  }
  if (const auto found = contacts_.find(endpoint); found != contacts_.end()) {
    return ContactSource{found->second.rung, found->second.via};
  }
  if (const auto teller = hearsay_.teller_of(endpoint)) return ContactSource{Rung::gossip, *teller};
  return std::nullopt;
}

void Discovery::note_answer(const Endpoint& endpoint, const NodeId& node, Instant now) {
  const auto found = bootstrap_addresses_.find(endpoint);
  if (found != bootstrap_addresses_.end()) found->second.answer = BootstrapAnswer{node, now};
}

std::optional<Discovery::BootstrapAnswer> Discovery::bootstrap_answer(
    const Endpoint& endpoint) const {
  const auto found = bootstrap_addresses_.find(endpoint);
  return found == bootstrap_addresses_.end() ? std::nullopt : found->second.answer;
}

void Discovery::handle_resolved(std::size_t index, const std::string& host,
                                const std::vector<Endpoint>& endpoints, Instant now,
                                Effects& effects) {
  if (index >= bootstraps_.size() || endpoints.empty()) return;
  std::erase_if(bootstrap_addresses_, [&](const auto& known) {
    return known.second.source.via == host && known.first.port == endpoints.front().port &&
           std::ranges::find(endpoints, known.first) == endpoints.end();
  });
  for (std::size_t i = 0; i < endpoints.size() && i < kAddressesPerBootstrapMax; ++i) {
    bootstrap_addresses_[endpoints[i]].source = {Rung::bootstrap, host};
    if (!peers_.members().any_at(endpoints[i])) send_hello_to(endpoints[i], now, effects);
  }
}

void Discovery::handle_timeout(Instant now, Effects& effects) {
  if (trickle_due_ <= now) {
    // A full call sends it in the next one.
    trickle_due_ = effects.full() ? now : kNever;
    if (heard_consistent_ < kTrickleRedundancy) send_multicast_hello(now, effects);
    if (is_at_rest() && trickle_due_ == kNever) rest();
  }
  if (interval_end_ <= now) {
    interval_ < kTrickleMax ? begin_interval(now, interval_ * 2) : rest();
  }
  if (contacts_due_ <= now) try_contacts(now, effects);
  while (!effects.full()) {
    const std::optional<Endpoint> told = hearsay_.take_due(now);
    if (!told) break;
    send_hello_to(*told, now, effects);
  }
}

// protocol.md [contacts]
void Discovery::try_contacts(Instant now, Effects& effects) {
  contacts_due_ = kNever;
  for (std::size_t i = 0; i < bootstraps_.size(); ++i) {
    Bootstrap& bootstrap = bootstraps_[i];
    if (bootstrap.due <= now) {
      effects.resolve(i);
      bootstrap.due = now + bootstrap.pause;
      bootstrap.pause = doubled_pause(bootstrap.pause, random_);
    }
    contacts_due_ = std::min(contacts_due_, bootstrap.due);
  }
  for (auto it = contacts_.begin(); it != contacts_.end();) {
    auto& [endpoint, contact] = *it;
    if (contact.due <= now) {
      const bool is_met = !contact.is_member && peers_.members().any_at(endpoint);
      if (contact.tries_left == 0 || is_met) {
        it = contacts_.erase(it);
        continue;
      }
      if (effects.full() || !contact_bucket_.take(now)) {
        contacts_due_ = std::min(contacts_due_, now + Duration(20ms));
        return;
      }
      send_hello_to(endpoint, now, effects);
      --contact.tries_left;
      contact.due = now + contact.pause;
      contact.pause = doubled_pause(contact.pause, random_);
    }
    contacts_due_ = std::min(contacts_due_, contact.due);
    ++it;
  }
}

wire::Hello Discovery::introduction(Instant now) {
  const Membership members = membership();
  wire::Hello hello;
  hello.head = self_.signed_head(now);
  hello.public_key = self_.public_key();
  hello.member_sum = members.sum;
  hello.member_count = members.count;
  return hello;
}

// protocol.md [hello-padded]
wire::CborWriter Discovery::compose_hello(Instant now) {
  const wire::Hello hello = introduction(now);
  wire::CborWriter bare = outbox_.plaintext();
  wire::encode_hello(bare, hello);
  // The padding's own head takes up to three bytes.
  const std::size_t bytes = Outbox::group_bytes(bare) + 3;
  if (has_bug(InjectedBug::hello_unpadded)) return bare;
  wire::CborWriter padded = outbox_.plaintext();
  wire::encode_hello(padded, hello, bytes < kHelloBytes ? kHelloBytes - bytes : 1);
  return padded;
}

// protocol.md [key-announced]
void Discovery::send_multicast_hello(Instant now, Effects& effects) {
  last_consistent_ = now;
  if (!multicast_) return;
  const wire::CborWriter hello = compose_hello(now);
  outbox_.multicast_group(*keys_.current(), hello, effects);
  for (const KeyHandle& former : key_spreader_.announced_former(now)) {
    outbox_.multicast_group(*former, hello, effects);
  }
}

// protocol.md [key-announced]
bool Discovery::send_hello_to(const Endpoint& endpoint, Instant now, Effects& effects) {
  const wire::CborWriter hello = compose_hello(now);
  const bool sent = outbox_.send_group(endpoint, *keys_.current(), hello, effects);
  for (const KeyHandle& former : key_spreader_.announced_former(now)) {
    outbox_.send_group(endpoint, *former, hello, effects);
  }
  return sent;
}

}  // namespace dsn::core
