// SPDX-License-Identifier: Apache-2.0
#include "agent/event_log.hpp"

#include "agent/log.hpp"
#include "base/bytes.hpp"
#include "base/duration.hpp"
#include "net/socket_address.hpp"
#include "node/node_labels.hpp"
#include "node/shown_node.hpp"

namespace dsn::agent {

void EventLog::log_start(const std::string& config_file, const std::string& socket_path) const {
  for (const std::string& warning : node_.credentials().warnings) log_warning("{}", warning);
  const core::LocalNode& self = node_.core().self();
  log_info("node {} ({}) starts, run {}, api {}", self.name(), self.id().hex(),
           self.version().incarnation, socket_path);
  if (node_.local_only()) {
    log_warning(
        "no network key: running local-only; run 'dsn init' or 'dsn join', or name one in "
        "{} as aes_key_file",
        config_file);
  }
}

void EventLog::handle_event(const core::CoreEvent& event) const {
  const core::Peer* peer = node_.core().peers().find(event.origin);
  const std::string expected = node_.core().expected().name_of(event.origin);
  const std::string& other = peer != nullptr ? peer->name : expected;
  const std::string& name = other.empty() ? node_.core().self().name() : other;
  switch (event.kind) {
    case core::CoreEvent::Kind::updated:
    case core::CoreEvent::Kind::removed:
      return;
    case core::CoreEvent::Kind::joined:
      log_info("node {} {}, at {} via {}", name, event.returned ? "is back" : "joined",
               peer != nullptr ? net::address_text(peer->path.endpoint) : "",
               peer != nullptr ? node::rung_text(*peer) : "");
      return;
    case core::CoreEvent::Kind::live:
      log_info("node {} is heard again", name);
      return;
    case core::CoreEvent::Kind::late:
      log_info("node {} is late", name);
      return;
    case core::CoreEvent::Kind::gone:
      log_warning("node {} is gone", name);
      return;
    case core::CoreEvent::Kind::restarting:
      log_info("node {} is restarting", name);
      return;
    case core::CoreEvent::Kind::left:
      log_info("node {} left", name);
      return;
    case core::CoreEvent::Kind::asleep:
      if (peer == nullptr) return;
      log_info("node {} is asleep for {}", name,
               duration_text(std::chrono::milliseconds(to_ms(peer->life.silence))));
      return;
    case core::CoreEvent::Kind::conflict:
      if (peer == nullptr) return;
      log_warning("node {} turned up as {}; {} (see: dsn status)", event.origin.hex(), name,
                  node::conflict_reason(node_.core(), *peer));
      return;
    case core::CoreEvent::Kind::clone:
      if (peer != nullptr) {
        const Warning warning = node::twin_warning(*peer);
        return log_warning("{}; {}", warning.text, warning.advice);
      }
      log_error(
          "another machine runs with the identity of this node (a copied SD card?): remove "
          "{}/node.key on one of them",
          node_.credentials().directory);
      return;
  }
}

void EventLog::handle_notice(node::Notice notice) const {
  const node::StateKeeper& keeper = node_.keeper();
  switch (notice) {
    case node::Notice::online:
      log_info("network {} on port {}", to_hex(node_.core().network_id().bytes), node_.port());
      if (const auto problem = node_.port_problem(); !problem.empty()) log_warning("{}", problem);
      return;
    case node::Notice::offline:
      log_error("{}; trying again every 5 s", node_.network_problem());
      return;
    case node::Notice::not_saved:
      log_warning(
          "running on in memory{}: {}",
          keeper.identity_kept() ? "" : ", and the next start gives this node a new identity",
          keeper.problem());
      return;
    case node::Notice::saved_again:
      log_info("{} can be written again", node_.credentials().directory);
      return;
  }
}

}  // namespace dsn::agent
