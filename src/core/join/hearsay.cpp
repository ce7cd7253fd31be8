// SPDX-License-Identifier: Apache-2.0
#include "core/join/hearsay.hpp"

#include <algorithm>

namespace dsn::core {
namespace {

constexpr unsigned kTries = 5;
// The prefix of a teller that is not on our links. Most sites have no smaller ones.
constexpr unsigned kTellerBitsIpv4 = 24;
constexpr unsigned kTellerBitsIpv6 = 64;
// A teller that says nothing more pays for nothing more.
constexpr Duration kLifetime = 60s;
constexpr Duration kUnpaidPause = 1s;

}  // namespace

bool Hearsay::is_on_link(const Endpoint& endpoint) const {
  const auto holds = [&](const Prefix& link) { return link.contains(endpoint); };
  return endpoint.is_link_local() || std::ranges::any_of(links_, holds);
}

// protocol.md [hearsay-site] [hearsay-paid]
std::optional<std::size_t> Hearsay::price_of(const Endpoint& endpoint,
                                             const Endpoint& teller) const {
  const bool ipv4 = teller.family == AddressFamily::ipv4;
  const Prefix of_teller{teller, ipv4 ? kTellerBitsIpv4 : kTellerBitsIpv6};
  if (of_teller.contains(endpoint) || is_on_link(endpoint))
    return kHelloBytes / kMovedBytesFactor + 1;
  if (endpoint.is_private()) return kHelloBytes;
  return std::nullopt;
}

// protocol.md [hearsay-share]
bool Hearsay::has_room(const NodeId& id, const Endpoint& endpoint, const Peer& teller) const {
  if (contacts_.size() >= kHearsayMax) return false;
  std::size_t at_address = 0;
  std::size_t of_teller = 0;
  for (const Contact& contact : contacts_) {
    if (contact.id == id && contact.teller == teller.id) return false;
    if (contact.endpoint.machine() == endpoint.machine()) ++at_address;
    if (contact.told_from == teller.path.endpoint.machine()) ++of_teller;
  }
  return at_address < kHearsayPerAddressMax && of_teller < kHearsayPerTellerMax;
}

void Hearsay::add(const NodeId& id, const Endpoint& endpoint, const Peer& teller, Instant now) {
  const std::optional<std::size_t> price = price_of(endpoint, teller.path.endpoint);
  const bool wanted = price && endpoint.port != 0 && !endpoint.is_multicast() &&
                      teller.hearsay_credit >= *price && !peers_.members().any_at(endpoint);
  if (!wanted) return;
  const auto held = std::ranges::find(contacts_, endpoint, &Contact::endpoint);
  if (held != contacts_.end() && can_pay(*held)) return;
  // Somebody else pays from now on.
  const unsigned tries = held == contacts_.end() ? kTries : held->tries_left;
  if (held != contacts_.end()) contacts_.erase(held);
  if (!has_room(id, endpoint, teller)) return;
  contacts_.push_back({.id = id,
                       .endpoint = endpoint,
                       .teller = teller.id,
                       .told_from = teller.path.endpoint.machine(),
                       .via = teller.name,
                       .price = *price,
                       .tries_left = tries,
                       .pause = kContactBackoffMin,
                       .due = now,
                       .expires = now + kLifetime});
  due_ = std::min(due_, now);
}

void Hearsay::drop(const Endpoint& endpoint) {
  std::erase_if(contacts_, [&](const Contact& contact) { return contact.endpoint == endpoint; });
}

void Hearsay::retry(Instant now) {
  for (Contact& contact : contacts_) contact.due = now, contact.pause = kContactBackoffMin;
  if (!contacts_.empty()) due_ = now;
}

std::optional<std::string> Hearsay::teller_of(const Endpoint& endpoint) const {
  const auto found = std::ranges::find(contacts_, endpoint, &Contact::endpoint);
  if (found == contacts_.end()) return std::nullopt;
  return found->via;
}

bool Hearsay::is_over(const Contact& contact, Instant now) const {
  const Peer* peer = peers_.find(contact.id);
  return contact.tries_left == 0 || contact.expires <= now ||
         peers_.members().any_at(contact.endpoint) ||
         (peer != nullptr && peer->reachable() && peer->path.is_proven());
}

bool Hearsay::can_pay(const Contact& contact) const {
  const Peer* teller = peers_.find(contact.teller);
  return teller != nullptr && teller->hearsay_credit >= contact.price;
}

// protocol.md [hearsay-rate]
std::optional<Endpoint> Hearsay::take_due(Instant now) {
  if (due_ > now) return std::nullopt;
  due_ = kNever;
  for (auto it = contacts_.begin(); it != contacts_.end();) {
    Contact& contact = *it;
    if (contact.due > now) {
      due_ = std::min(due_, contact.due);
    } else if (is_over(contact, now)) {
      it = contacts_.erase(it);
      continue;
    } else if (const Instant free = bucket_.available_at(now); free > now) {
      due_ = std::min(due_, free);
      return std::nullopt;
    } else if (!can_pay(contact)) {
      contact.due = now + kUnpaidPause;
      due_ = std::min(due_, contact.due);
    } else {
      (void)bucket_.take(now);
      peers_.find(contact.teller)->hearsay_credit -= contact.price;
      --contact.tries_left;
      contact.due = now + contact.pause;
      contact.pause = doubled_pause(contact.pause, random_);
      due_ = now;
      return contact.endpoint;
    }
    ++it;
  }
  return std::nullopt;
}

}  // namespace dsn::core
