// SPDX-License-Identifier: Apache-2.0
// The words of the API for the enumerations of include/dsn.
#pragma once

#include <cstddef>

#include "base/enum_words.hpp"
#include "dsn/client.hpp"
#include "dsn/reading.hpp"

namespace dsn::local {

/// The table of an enumeration: kWords<Freshness>.find("late") is Freshness::late.
template <typename Enum>
inline constexpr std::nullptr_t kWords = nullptr;

template <>
inline constexpr auto kWords<Freshness> = enum_words<Freshness>({
    {Freshness::ok, "ok"},
    {Freshness::late, "late"},
    {Freshness::node_late, "node late"},
    {Freshness::node_gone, "node gone"},
    {Freshness::error, "error"},
    {Freshness::conflict, "conflict"},
    {Freshness::stale, "stale"},
    {Freshness::on_demand, "on demand"},
});

template <>
inline constexpr auto kWords<NodeState> = enum_words<NodeState>({
    {NodeState::self, "self"},
    {NodeState::live, "live"},
    {NodeState::late, "late"},
    {NodeState::gone, "gone"},
    {NodeState::restarting, "restarting"},
    {NodeState::left, "left"},
    {NodeState::asleep, "asleep"},
});

template <>
inline constexpr auto kWords<NodeRole> = enum_words<NodeRole>({
    {NodeRole::node, "node"},
    {NodeRole::observer, "observer"},
});

template <>
inline constexpr auto kWords<NodeEvent::Kind> = enum_words<NodeEvent::Kind>({
    {NodeEvent::Kind::updated, "updated"},
    {NodeEvent::Kind::removed, "removed"},
    {NodeEvent::Kind::joined, "joined"},
    {NodeEvent::Kind::live, "live"},
    {NodeEvent::Kind::late, "late"},
    {NodeEvent::Kind::gone, "gone"},
    {NodeEvent::Kind::restarting, "restarting"},
    {NodeEvent::Kind::left, "left"},
    {NodeEvent::Kind::asleep, "asleep"},
    {NodeEvent::Kind::conflict, "conflict"},
    {NodeEvent::Kind::clone, "clone"},
    {NodeEvent::Kind::snapshot, "snapshot"},
    {NodeEvent::Kind::back, "back"},
});

template <>
inline constexpr auto kWords<Delivery> = enum_words<Delivery>({
    {Delivery::delivered, "delivered"},
    {Delivery::nobody_listens, "nobody listens"},
    {Delivery::refused, "refused"},
    {Delivery::busy, "busy"},
    {Delivery::unanswered, "unanswered"},
    {Delivery::restarted, "restarted"},
    {Delivery::unreachable, "unreachable"},
    {Delivery::no_reply, "no reply"},
    {Delivery::failed, "failed"},
});

template <>
inline constexpr auto kWords<ForgetOutcome> = enum_words<ForgetOutcome>({
    {ForgetOutcome::nothing, "nothing"},
    {ForgetOutcome::forgotten, "forgotten"},
    {ForgetOutcome::name_moved, "name moved"},
});

}  // namespace dsn::local
