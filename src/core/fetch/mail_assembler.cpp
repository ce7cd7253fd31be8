// SPDX-License-Identifier: Apache-2.0
#include "core/fetch/mail_assembler.hpp"

#include <algorithm>
#include <utility>

#include "core/common/limits.hpp"

namespace dsn::core {
namespace {

bool same_update(const wire::Update& a, const wire::Update& b) {
  return a.incarnation == b.incarnation && a.from == b.from && a.to == b.to && a.flags == b.flags &&
         a.parts == b.parts;
}

// As in one map of a message.
bool keys_ascend(const wire::ChangeMap& entries) {
  wire::CborReader in(entries.encoded);
  std::string_view before;
  for (std::size_t i = 0; i < entries.count; ++i) {
    const std::string_view key = wire::next_change(in).key;
    if (i > 0 && !wire::CborTextLess{}(before, key)) return false;
    before = key;
  }
  return true;
}

}  // namespace

std::optional<wire::Update> MailAssembler::add(const Peer& peer, const wire::Update& part,
                                               const ClockReading& clock) {
  Assembly& assembly = assembly_of(peer, part, clock);
  Part& slot = assembly.parts[part.part];
  if (slot.here) return std::nullopt;
  slot.here = true;
  slot.count = part.entries.count;
  slot.entries.assign(part.entries.encoded.begin(), part.entries.encoded.end());
  if (part.deleted.count > 0) {
    assembly.deleted_count = part.deleted.count;
    assembly.deleted.assign(part.deleted.encoded.begin(), part.deleted.encoded.end());
  }
  if (!std::ranges::all_of(assembly.parts, &Part::here)) return std::nullopt;
  return complete(assembly);
}

// Another update of the same peer takes the place of what is there. Ages in it refer to the clock
// that its frames tell, so parts that tell another one are those of another update.
MailAssembler::Assembly& MailAssembler::assembly_of(const Peer& peer, const wire::Update& part,
                                                    const ClockReading& clock) {
  const auto found = std::ranges::find(assemblies_, peer.id, &Assembly::origin);
  if (found != assemblies_.end()) {
    const bool same = found->session == peer.session.peer && same_update(found->update, part) &&
                      found->clock.clock_ms == clock.clock_ms;
    if (same) return *found;
    assemblies_.erase(found);
  }
  std::erase_if(assemblies_, [&](const Assembly& old) {
    return clock.at - old.clock.at > kMailAssemblyLifetime;
  });
  if (assemblies_.size() == kMailAssembliesMax) assemblies_.erase(assemblies_.begin());
  Assembly fresh{.origin = peer.id, .session = peer.session.peer, .update = part, .clock = clock};
  fresh.update.entries = {};
  fresh.update.deleted = {};
  fresh.parts.resize(part.parts);
  return assemblies_.emplace_back(std::move(fresh));
}

std::optional<wire::Update> MailAssembler::complete(Assembly& assembly) {
  wire::Update whole = assembly.update;
  entries_.clear();
  for (const Part& part : assembly.parts) {
    entries_.insert(entries_.end(), part.entries.begin(), part.entries.end());
    whole.entries.count += part.count;
  }
  deleted_ = std::move(assembly.deleted);
  whole.entries.encoded = entries_;
  whole.deleted = {assembly.deleted_count, deleted_};
  whole.part = 0;
  whole.parts = 1;
  assemblies_.erase(assemblies_.begin() + (&assembly - assemblies_.data()));
  if (!keys_ascend(whole.entries)) return std::nullopt;
  return whole;
}

}  // namespace dsn::core
